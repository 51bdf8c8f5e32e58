"""Rules for the tree as a whole that no checker knows: sizes, names, openings, what is pinned."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
ONE_FILE_ON_PURPOSE = "verify_evidence.py"
"""People take it away and run it alone."""
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def tracked(*patterns: str) -> list[Path]:
    """The repository's files (also those about to be added), without what is ignored."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


SOURCES = [p for p in tracked("*.py") if "migrations" not in p.parts]
PAGES = tracked("src/*.html")
ASSETS = [*PAGES, *tracked("src/*.js", "src/*.css")]


def breaches(files: list[Path], keeps_the_rule: Callable[[Path], object]) -> list[str]:
    return [str(p.relative_to(ROOT)) for p in files if not keeps_the_rule(p)]


def test_a_file_can_be_read_at_one_go() -> None:
    files = [p for p in (*SOURCES, *ASSETS) if p.name != ONE_FILE_ON_PURPOSE]
    assert breaches(files, lambda p: len(p.read_text("utf-8").splitlines()) <= LONGEST_FILE) == []


def test_a_file_opens_with_what_lives_in_it() -> None:
    filled = [p for p in SOURCES if p.stat().st_size]
    assert breaches(filled, lambda p: ast.get_docstring(ast.parse(p.read_text("utf-8")))) == []


def test_a_module_has_a_name_of_the_field() -> None:
    ours = [p for p in SOURCES if p.is_relative_to(ROOT / "src")]
    assert (
        breaches(ours, lambda p: not {p.stem, *p.relative_to(ROOT).parts[:-1]} & NAMES_THAT_SAY_NOTHING) == []
    )


def test_a_page_has_no_inline_script_or_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style\b|\sstyle=|\son(?:click|load|change|submit|input)="
    )
    assert breaches(PAGES, lambda p: not inline.search(p.read_text("utf-8"))) == []


def test_pages_load_nothing_from_elsewhere() -> None:
    elsewhere = re.compile(r"""(?:src|href|url|import|from)\s*[=(]?\s*["'(]?https?://(?!www\.w3\.org/)""")
    assert breaches(ASSETS, lambda p: not elsewhere.search(p.read_text("utf-8"))) == []


def test_everything_that_is_installed_is_pinned_by_its_hash() -> None:
    for name, least in (("runtime", 10), ("development", 10), ("bench", 1)):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        pins = re.findall(r"^[\w.-]+==[\w.]+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
        lines = [line for line in text.splitlines() if re.match(r"[\w.-]+", line)]
        assert len(pins) == len(lines) > least
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("integrity" in entry for name, entry in lock.items() if name)


def test_the_two_requirement_files_agree() -> None:
    runtime, development = (
        dict(
            re.findall(
                r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements" / f"{n}.txt").read_text(), re.MULTILINE
            )
        )
        for n in ("runtime", "development")
    )
    assert {n: v for n, v in development.items() if n in runtime} == {
        n: v for n, v in runtime.items() if n in development
    }


def test_nothing_pinned_names_the_place_it_came_from() -> None:
    for path in (
        *tracked("requirements/*"),
        ROOT / "package-lock.json",
        ROOT / "package.json",
        ROOT / ".npmrc",
    ):
        assert not re.search(r"file:/|--index[-]url|--find-links|\"resolved\"", path.read_text()), path.name


def test_packages_of_pages_are_free_to_use() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    licences = {entry["license"] for name, entry in lock.items() if name}
    assert licences <= {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MPL-2.0",
        "OFL-1.1",
    }
