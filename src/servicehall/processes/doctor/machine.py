"""Checks of the machine: Python, packages, data folder, clock, voices."""

from __future__ import annotations

import os
import platform
import re
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from .findings import Finding, ok, problem, warning

SQLITE_AT_LEAST = (3, 35, 0)  # RETURNING
MEGABYTE = 1024 * 1024
SPACE_NEEDED = 200 * MEGABYTE
SPACE_COMFORTABLE = 1024 * MEGABYTE
FILES_COMFORTABLE = 4096
NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p"}


def python() -> Iterator[Finding]:
    version = platform.python_version()
    if sys.version_info < (3, 11):  # noqa: UP036 - that is what is checked
        yield problem(
            f"Python {version} is too old", "Install Python 3.11 or newer and run `make setup` again."
        )
    else:
        yield ok(f"Python {version}")
    if sqlite3.sqlite_version_info < SQLITE_AT_LEAST:
        yield problem(
            f"SQLite {sqlite3.sqlite_version} is too old",
            "Use a Python that is built with SQLite 3.35 or newer, or set DATABASE_URL to a PostgreSQL.",
        )


def packages(requirements: Path) -> Iterator[Finding]:
    """Whether the packages are there, and in the versions that were tested (``requirements`` may be missing)."""
    missing, other = [], []
    for requirement in metadata.requires("servicehall") or []:
        name = re.split(r"[\s\[;<>=!~(]", requirement, maxsplit=1)[0]
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if requirements.exists():
        for name, pinned in re.findall(
            r"^([\w.-]+)==([\w.]+)", requirements.read_text(encoding="utf-8"), re.MULTILINE
        ):
            try:
                if (there := metadata.version(name)) != pinned:
                    other.append(f"{name} {there} (tested with {pinned})")
            except metadata.PackageNotFoundError:
                missing.append(name)
    if missing:
        yield problem(f"Packages are missing: {', '.join(sorted(set(missing)))}", "Run `make setup`.")
    elif other:
        yield warning(
            f"Packages in other versions: {', '.join(other)}", "Run `make setup` to get the tested ones."
        )
    else:
        yield ok("Packages are complete and in the tested versions")


def data_folder(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield warning(f"Data folder {folder} is not there yet", "The first `servicehall run` makes it.")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield problem(
            f"Data folder {folder} cannot be written by this user",
            f"Run as its owner, or: sudo chown -R $(id -un) {folder}",
        )
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        yield problem(f"Data folder {folder} is open to other users ({mode:04o})", f"chmod 700 {folder}")
    else:
        yield ok(f"Data folder {folder} is its owner's alone")
    yield from _space(folder)
    yield from _secret(folder / "secret.key")
    kind = _filesystem(folder)
    if kind in NETWORK_FILESYSTEMS and not os.environ.get("DATABASE_URL"):
        yield problem(
            f"Data folder is on a network drive ({kind}); SQLite may lose data there",
            "Use a local folder (--data DIR), or set DATABASE_URL to a PostgreSQL.",
        )


def _space(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    said = f"{free // MEGABYTE:,} MB free for data"
    if free < SPACE_NEEDED:
        yield problem(said, "Make room, or move the data folder to a larger disk.")
    elif free < SPACE_COMFORTABLE:
        yield warning(said, "Make room soon: when the disk is full, no ticket can be issued.")
    else:
        yield ok(said)


def _secret(path: Path) -> Iterator[Finding]:
    if os.environ.get("SERVICEHALL_SECRET"):
        return
    if not path.exists():
        yield warning("No signing key yet", "The first `servicehall run` makes it.")
    elif path.stat().st_size < 32:
        yield problem(
            f"{path} is too short to sign anything", f"Remove it; the next start makes a new one: rm {path}"
        )
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield problem(f"{path} can be read by other users", f"chmod 600 {path}")
    else:
        yield ok("Signing key is readable by its owner only")


def _filesystem(folder: Path) -> str:
    """The kind of file system a folder is on, as /proc/mounts names it; empty when unknown."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    over = [(len(point), kind) for point, kind in mounts if folder.is_relative_to(point)]
    return max(over)[1] if over else ""


def limits() -> Iterator[Finding]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES_COMFORTABLE:
        yield warning(
            f"At most {hard} open files: so many phones and boards can be live at once",
            "Raise it for many customers: `ulimit -Hn 65536`, or LimitNOFILE= in the service's unit.",
        )


def clock() -> Iterator[Finding]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        yield problem(
            "No time zone data", "Run `make setup` (the package tzdata), or: sudo apt-get install tzdata"
        )
    else:
        yield ok("Time zone data is there")
    if (synchronised := _synchronised()) is False:
        yield warning(
            "This machine's clock is not kept right by the network",
            "Waiting times need a right clock: sudo timedatectl set-ntp true",
        )
    elif synchronised:
        yield ok("Clock is kept right by the network")


def _synchronised() -> bool | None:
    """Whether systemd says so; None where it cannot say."""
    try:
        said = subprocess.run(
            ["timedatectl", "show", "-p", "NTPSynchronized", "--value"],
            capture_output=True, text=True, timeout=5, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(said.stdout.strip())


def voices() -> Iterator[Finding]:
    if os.environ.get("SERVICEHALL_VOICE_COMMAND"):
        yield ok("Voice: a command of your own (SERVICEHALL_VOICE_COMMAND)")
        return
    if not shutil.which("espeak-ng"):
        yield warning(
            "espeak-ng is not installed; boards show calls silently", "sudo apt-get install espeak-ng"
        )
        return
    said = subprocess.run(
        ["espeak-ng", "--voices"], capture_output=True, text=True, timeout=10, check=False
    ).stdout
    languages = {line.split()[1] for line in said.splitlines()[1:] if len(line.split()) > 1}
    missing = []
    if not languages & {"cmn", "zh", "zh-cmn"}:
        missing.append("Chinese")
    if not any(code.startswith("en") for code in languages):
        missing.append("English")
    if missing:
        yield warning(
            f"espeak-ng has no {' and no '.join(missing)} voice",
            "sudo apt-get install --reinstall espeak-ng-data",
        )
    else:
        yield ok("Voices: espeak-ng speaks Chinese and English")
