"""What must not stand in our source: constructs that run, parse or trust what others sent."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.test_tree import ROOT, tracked

pytestmark = pytest.mark.one_database
OURS = [p for p in tracked("src/*.py", "tools/*.py") if "migrations" not in p.parts]
SCRIPTS = tracked("src/*.js")
PAGES = tracked("src/*.html")
RUNS = {"eval", "exec", "compile", "__import__", "input"}
MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "ldap3", "telnetlib", "ftplib"}
# Where text is taken as markup that is made by us; each with its reason beside it.
MARKS_SAFE = {"channels/ops/parts.py", "channels/look/icons.py", "channels/look/templatetags/look.py"}
# YAML is composed into nodes without tags and anchors; nothing of it becomes an object.
# Plans of a day are read by the safe loader, without anchors, and written by the command that prints one.
READS_YAML = {
    *("rooms/services/language/source.py", "rooms/services/language/rewriting.py"),
    *("rooms/simulation/day/reading.py", "cli/simulate_command.py"),
}
# Answers of CalDAV servers, without a document type: with one they are refused before they are read.
READS_XML = {"rooms/booking/fetching.py"}


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Every node of the source with the name of its file; parsed once."""
    return [
        (str(path.relative_to(ROOT)).removeprefix("src/servicehall/"), node)
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call | ast.Import | ast.ImportFrom)
    ]


def found(of: Callable[[ast.AST], object], *, but: Collection[str] = ()) -> list[str]:
    """Where the source does that."""
    return [f"{name}:{getattr(node, 'lineno', 0)}" for name, node in nodes() if name not in but and of(node)]


def called(node: ast.AST) -> str:
    """The dotted name of what is called; empty for anything else."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield node.module or ""


def test_nothing_that_was_sent_is_run_as_code() -> None:
    assert found(lambda node: called(node) in RUNS) == []


def test_no_command_goes_through_a_shell() -> None:
    def shell(node: ast.AST) -> bool:
        asked = isinstance(node, ast.Call) and any(
            k.arg == "shell" and ast.unparse(k.value) != "False" for k in node.keywords
        )
        return asked or called(node) in {"os.system", "os.popen", "subprocess.getoutput", "pty.spawn"}

    assert found(shell) == []


def test_no_format_is_read_that_can_make_objects_or_fetch_entities() -> None:
    assert (
        found(
            lambda node: {name.partition(".")[0] for name in imported(node)} & MODULES,
            but=READS_YAML | READS_XML,
        )
        == []
    )


def test_text_is_taken_as_markup_only_where_we_made_it() -> None:
    assert found(lambda node: called(node).endswith(("mark_safe", "SafeString")), but=MARKS_SAFE) == []
    assert [str(p) for p in PAGES if re.search(r"\|\s*safe\b|autoescape\s+off", p.read_text("utf-8"))] == []


def test_templates_are_files_and_never_made_of_what_was_sent() -> None:
    assert found(lambda node: called(node).split(".")[-1] in {"Template", "from_string"}) == []


def test_secrets_come_from_the_systems_own_randomness() -> None:
    # Spreading load and making up demo visits is all that the other generator does here.
    spreads = {f"channels/live/{name}.py" for name in ("streams", "answers", "program")}
    demo = {"rooms/simulation/demo.py", "rooms/simulation/day/arrivals.py"}
    assert found(lambda node: called(node).startswith("random."), but=spreads | demo) == []


def test_weak_digests_secure_nothing() -> None:
    # SHA-1 only as the list of breached passwords is indexed by it, and as WeChat Pay tells the digest of a
    # statement, in an answer that it signs (and its simulator does so).
    weak = {"hashlib.md5", "hashlib.sha1", "hashes.MD5", "hashes.SHA1", "modes.ECB"}
    assert (
        found(
            lambda node: called(node) in weak,
            but={
                "rooms/people/passwords.py",
                "kernel/protection/known_answers.py",
                "rooms/payments/providers/wechat.py",
                "processes/payment_simulator/wechat.py",
            },
        )
        == []
    )


def test_requests_of_ours_follow_no_redirects() -> None:
    assert found(lambda node: called(node).endswith(("urlopen", "build_opener"))) == []


def test_scripts_of_pages_run_nothing_that_they_were_told() -> None:
    running = re.compile(
        r"\beval\(|new Function|document\.write|insertAdjacentHTML|outerHTML\s*=|set(?:Timeout|Interval)\(\s*[\"'`]"
        r"|addEventListener\(\s*[\"']message|\.postMessage\(|srcdoc|javascript:"
    )
    assert [str(p) for p in SCRIPTS if running.search(p.read_text("utf-8"))] == []


def test_scripts_take_over_markup_only_from_pages_of_the_same_place() -> None:
    # What these put in was parsed from an answer of our own pages, in which the server has escaped all texts.
    known = {"ops.js", "kiosk.js", "services.js"}
    takes = re.compile(r"\.innerHTML\s*=(?!=)")
    assert {p.name for p in SCRIPTS if takes.search(p.read_text("utf-8"))} <= known


def test_scripts_make_no_object_from_names_that_were_sent() -> None:
    # Names of properties come from our own lists; only display preferences, which the browser itself kept, are
    # poured into an object, whose known names alone are read.
    known = {
        "announcer.js": {"Object.assign(this,"}, "feed.js": {"Object.assign(this,"},
        "slot.js": {"Object.assign(document.createElement("}, "early.js": {"Object.assign(saved,"},
        "prefs.js": {"prefs[name] =", "root.dataset[name] ="}, "passkey.js": {"response[name] ="},
    }  # fmt: skip
    writes = re.compile(
        r"__proto__|\.prototype\b|setPrototypeOf|fromEntries|Object\.assign\((?:[\w.]+[,(])?"
        r"|[\w.]+\[[A-Za-z_][\w.]*\] =(?!=)"
    )
    unknown = {
        (path.name, one)
        for path in SCRIPTS
        for one in writes.findall(path.read_text("utf-8"))
        if one not in known.get(path.name, set())
    }
    assert unknown == set()


def test_pages_keep_nothing_of_anybody_in_the_browser() -> None:
    # Only display preferences and which calls a board has spoken.
    stores = re.compile(r"(?:local|session)Storage|indexedDB|document\.cookie|caches\.open")
    known = {"board.js", "early.js", "prefs.js", "kiosk.js", "back-office-alpine.js"}  # the last: a sidebar
    assert {p.name for p in SCRIPTS if stores.search(p.read_text("utf-8"))} <= known


def test_no_secret_stands_in_the_repository() -> None:
    secret = re.compile(
        r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*\n[A-Za-z0-9+/=]{20}|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{36}\b|\bsh_[\w-]{43}\b"
    )
    files = [
        p
        for p in tracked()
        if p.suffix in {".py", ".md", ".toml", ".txt", ".json", ".js", ".html", ".yml", ""}
    ]
    assert [
        str(p.relative_to(ROOT)) for p in files if secret.search(p.read_text("utf-8", errors="ignore"))
    ] == []


def test_the_repositorys_own_folder_is_not_among_what_is_served() -> None:
    from django.conf import settings

    served = [
        Path(settings.STATIC_ROOT),
        Path(settings.MEDIA_ROOT),
        *(Path(d) for _p, d in settings.STATICFILES_DIRS),
    ]
    assert not [folder for folder in served if (folder / ".git").exists()]
    assert not settings.DEBUG
