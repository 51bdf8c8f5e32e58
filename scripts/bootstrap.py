"""Sets up what running and testing need, on a machine that has only Python 3.11 and Debian packages.

Standard library only: this runs before anything is installed. It does what is missing and remembers
what it did (`.venv/.installed.json`), so that a second call costs a fraction of a second.

    python3.11 scripts/bootstrap.py run     what the product needs
    python3.11 scripts/bootstrap.py test    the same and what checks and tests need
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / ".installed.json"
LEXICON = ROOT / "build" / "pinyin" / "lexicon.txt"
EDITOR = ROOT / "build" / "editor"
POSTGRESQL_AT_LEAST = 15


class SetupFailed(Exception):
    """Something that a person has to do first; the message says what."""


@dataclass(frozen=True)
class Need:
    """A program of the system, how to see whether it is there, and what a missing one means."""

    packages: tuple[str, ...]
    present: Callable[[], bool]
    purpose: str
    required: bool


def postgresql_programs() -> list[Path]:
    """Folders with PostgreSQL's server programs, newest version first."""
    versions = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()]
    return sorted(versions, key=lambda p: int(p.parent.name), reverse=True)


def _chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


NODE = Need(
    ("nodejs", "npm"),
    lambda: bool(shutil.which("npm")),
    "npm fetches the pages' scripts and icons",
    required=True,
)
VOICE = Need(
    ("espeak-ng",),
    lambda: bool(shutil.which("espeak-ng")),
    "espeak-ng speaks the calls; without it the hall runs and the board is silent",
    required=False,
)
FOR_TESTS = (
    Need(
        ("chromium",), lambda: bool(shutil.which("chromium")), "Chromium for the browser tests", required=True
    ),
    Need(
        ("chromium-headless-shell",),
        lambda: bool(shutil.which("chromium-headless-shell")),
        "the browser tests are done in half the time with it",
        required=False,
    ),
    Need(
        ("chromium-driver",),
        lambda: bool(shutil.which("chromedriver")),
        "its driver, for tools that drive Chromium from outside",
        required=False,
    ),
    Need(
        ("postgresql",),
        lambda: any(int(p.parent.name) >= POSTGRESQL_AT_LEAST for p in postgresql_programs()),
        "PostgreSQL's programs, for the tests on the second database",
        required=True,
    ),
    Need(
        ("nginx",),
        lambda: bool(shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")),
        "nginx, for the tests of the recipe with a proxy in front; without it the recipe is only read",
        required=False,
    ),
    Need(("fonts-noto-cjk",), _chinese_font, "a Chinese font for the browser tests", required=True),
)


def say(text: str) -> None:
    print(f"servicehall setup: {text}", file=sys.stderr, flush=True)


def fingerprint(*names: str) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in names:
        digest.update(name.encode() + (ROOT / name).read_bytes())
    return digest.hexdigest()


def recorded() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def record(step: str, value: str) -> None:
    STAMP.write_text(json.dumps(recorded() | {step: value}, indent=1), encoding="utf-8")


def execute(command: Sequence[str | Path], *, problem: str) -> None:
    done = subprocess.run([str(c) for c in command], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SetupFailed(problem)


# --- Programs of the system ----------------------------------------------------------------------


def apt_command() -> list[str] | None:
    """The start of an apt-get call that may install, or None where this machine or user cannot."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo"):
        return ["sudo", "apt-get"] if sys.stdin.isatty() else ["sudo", "-n", "apt-get"]
    return None


def apt_install(packages: list[str]) -> bool:
    apt = apt_command()
    if apt is None:
        return False
    say(f"installing {' '.join(packages)} (apt)")
    install = [*apt, "install", "-y", "--no-install-recommends", "-qq", *packages]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # sudo may ask for its password, so the terminal stays connected there.
    source = None if apt[0] == "sudo" else subprocess.DEVNULL
    for command in (install, [*apt, "update", "-qq"], install):
        done = subprocess.run(command, env=quiet, stdin=source, stdout=sys.stderr, check=False)
        if command is install and done.returncode == 0:
            return True
    return False


def ensure_programs(needs: Sequence[Need]) -> None:
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    packages = [package for need in missing for package in need.packages]
    if apt_install(packages) and all(need.present() for need in missing):
        return
    required = [package for need in missing if need.required for package in need.packages]
    if required and required != packages:  # one that apt does not know holds up all
        apt_install(required)
    missing = [need for need in missing if not need.present()]
    for need in missing:
        say(f"missing: {' '.join(need.packages)} ({need.purpose})")
    if any(need.required for need in missing):
        names = " ".join(p for need in missing for p in need.packages)
        raise SetupFailed(
            f"could not install by itself. Please run: sudo apt-get update && sudo apt-get install {names}"
        )


# --- Packages ------------------------------------------------------------------------------------


def ensure_environment() -> None:
    if PYTHON.exists() and (ENVIRONMENT / "bin" / "pip").exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        ensure_programs(
            [Need(("python3-venv",), lambda: False, "Python's own environments (venv)", required=False)]
        )
    say("making the Python environment in .venv")
    execute(
        [sys.executable, "-m", "venv", "--clear", ENVIRONMENT],
        problem="python could not make an environment. On Debian: sudo apt-get install python3-venv",
    )


def ensure_python_packages(*, tests: bool) -> None:
    wanted = ["requirements/runtime.txt"] + (["requirements/development.txt"] if tests else [])
    done = recorded()
    for name in wanted:
        mark = fingerprint(name)
        if done.get(name) == mark:
            continue
        say(f"installing Python packages of {name} (once, about half a minute)")
        execute(
            [
                PYTHON,
                "-m",
                "pip",
                "install",
                "-qq",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                name,
            ],
            problem=f"pip could not install {name}; its last lines say why (often: no network)",
        )
        record(name, mark)
    mark = fingerprint("pyproject.toml")
    if done.get("servicehall") != mark or not (ENVIRONMENT / "bin" / "servicehall").exists():
        execute(
            [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps",
             "--no-build-isolation", "-e", "."],
            problem="pip could not install servicehall itself; its last lines say why",
        )  # fmt: skip
        record("servicehall", mark)


def ensure_page_packages(*, tests: bool) -> None:
    mark = fingerprint("package.json", "package-lock.json", ".npmrc")
    installed = (ROOT / "node_modules" / ".package-lock.json").exists()
    levels = ("all",) if tests else ("all", "run")
    if installed and recorded().get("npm") in {f"{level} {mark}" for level in levels}:
        return
    ensure_programs([NODE])
    say("installing the pages' packages (npm, once)")
    execute(
        ["npm", "ci", "--silent", "--omit=optional", *([] if tests else ["--omit=dev"])],
        problem="npm could not install the pages' packages; its last lines say why (often: no network)",
    )
    record("npm", f"{'all' if tests else 'run'} {mark}")


def ensure_lexicon() -> None:
    """What the kiosk's keyboard looks pinyin up in, made from two of the pages' packages."""
    mark = fingerprint("package-lock.json", "scripts/lexicon.mjs", "scripts/names.mjs")
    if LEXICON.exists() and recorded().get("lexicon") == mark:
        return
    ensure_programs([NODE])
    execute(
        ["node", "scripts/lexicon.mjs", LEXICON],
        problem="the keyboard's Chinese words could not be put together; the lines above say why",
    )
    record("lexicon", mark)


def ensure_editor() -> None:
    """The text editor's modules, which import one another by addresses instead of packages' names."""
    mark = fingerprint("package-lock.json", "scripts/editor.mjs")
    if EDITOR.is_dir() and recorded().get("editor") == mark:
        return
    ensure_programs([NODE])
    execute(
        ["node", "scripts/editor.mjs", EDITOR],
        problem="the text editor's modules could not be laid out; the lines above say why",
    )
    record("editor", mark)


def main(arguments: Sequence[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - this script is what tells people with an older one
        say("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
        return 1
    tests = list(arguments) == ["test"]
    if not tests and list(arguments) != ["run"]:
        print(__doc__)
        return 2
    try:
        ensure_environment()
        ensure_python_packages(tests=tests)
        ensure_page_packages(tests=tests)
        ensure_lexicon()
        ensure_editor()
        ensure_programs([VOICE, *FOR_TESTS] if tests else [VOICE])
        execute(
            [PYTHON, ROOT / "scripts" / "messages.py", "compile"],
            problem="the translations could not be built; the lines above name the file",
        )
    except SetupFailed as problem:
        say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
