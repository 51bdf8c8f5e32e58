"""The root keys: outside of the database, numbered, and the newest wraps what is made now.

They come from one of three places: a file in the data folder (made at the first start, readable by its
owner only), the environment, or the output of a command (a key service, a hardware module). All have the
same form: a line a key, ``number secret``, the secret 64 hexadecimal digits; ``#`` opens a comment.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import stat
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from .refusals import CannotStart, Unreadable
from .suites import Suite

_HEAD = (
    "# Root keys of Servicehall. Without them no personal data in the database can be read: keep a copy in a\n"
    "# safe place, apart from backups of the database. Nobody but the hall's own user may read this file.\n"
)
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Ring:
    """The root keys by number; ``stamp`` tells whether the file is still the one that was read."""

    secrets: dict[int, bytes] = field(repr=False)
    stamp: tuple[int, int] = (0, 0)

    @property
    def newest(self) -> int:
        """The number of the key that wraps now."""
        return max(self.secrets)

    def key(self, version: int, suite: Suite) -> bytes:
        """The wrapping key of that number.

        Raises:
            Unreadable: there is none.
        """
        if version not in self.secrets:
            raise Unreadable("unknown-root-version")
        return suite.derived(self.secrets[version], "root key")


_ring: Ring | None = None


def source() -> str:
    """Where the root keys come from: file, environment or command."""
    if settings.PROTECTION_ROOT_KEY:
        return "environment"
    return "command" if settings.PROTECTION_ROOT_KEY_COMMAND else "file"


def path() -> Path:
    """The file of root keys, where one is used."""
    return Path(settings.PROTECTION_ROOT_KEY_FILE)


def ring(*, needs: int | None = None) -> Ring:
    """The root keys, read again when the file was changed or a number is unknown.

    Raises:
        CannotStart: they cannot be had, or others can read them.
    """
    global _ring
    held = _ring
    if held is None or _stamp() != held.stamp or (needs is not None and needs not in held.secrets):
        with _lock:
            held = _ring = _read()
    return held


def check() -> None:
    """See that the keys, where there are any yet, can be used.

    Raises:
        CannotStart: others can read the file, or what it holds are not keys.
    """
    if source() != "file" or path().exists():
        ring()


def forget() -> None:
    """Read the keys anew at the next use."""
    global _ring
    _ring = None


def add() -> int:
    """Put a new key into the file; returns its number.

    Raises:
        CannotStart: the keys do not come from a file; whoever looks after them adds it there.
    """
    if source() != "file":
        raise CannotStart(
            f"The root keys come from the {source()}: add a line with the next number there, then run this again"
            " with --added."
        )
    with _lock:
        known = dict(_read().secrets)
        number = max(known) + 1
        _write(known | {number: os.urandom(32)})
    forget()
    return number


def drop(version: int) -> None:
    """Take a key out of the file. What is still wrapped by it is lost: ask :func:`keys.counts` first."""
    with _lock:
        _write({number: secret for number, secret in _read().secrets.items() if number != version})
    forget()


def _stamp() -> tuple[int, int]:
    if source() != "file":
        return (0, 0)
    try:
        found = path().stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)


def _read() -> Ring:
    kind = source()
    if kind == "environment":
        return Ring(_parsed(settings.PROTECTION_ROOT_KEY.replace(",", "\n"), "SERVICEHALL_ROOT_KEY"))
    if kind == "command":
        return Ring(_parsed(_output(settings.PROTECTION_ROOT_KEY_COMMAND), "SERVICEHALL_ROOT_KEY_COMMAND"))
    return _of_file()


def _of_file() -> Ring:
    place = path()
    if not place.exists():
        _make(place)
    try:
        with place.open(encoding="utf-8") as file:
            found = os.fstat(file.fileno())
            _only_ours(place, found)
            text = file.read()
    except OSError as problem:
        raise CannotStart(f"The root keys in {place} cannot be read: {problem.strerror}.") from problem
    return Ring(_parsed(text, str(place)), (found.st_mtime_ns, found.st_ino))


def _only_ours(place: Path, found: os.stat_result) -> None:
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CannotStart(
            f"Others may read or change the root keys in {place} (mode {stat.S_IMODE(found.st_mode):04o})."
            f" Close it: chmod 600 {shlex.quote(str(place))} – and, if somebody may have read it, run"
            " `servicehall keys rotate-root` afterwards."
        )
    if found.st_uid not in {os.geteuid(), 0}:
        raise CannotStart(
            f"The root keys in {place} belong to another user. Give the file to the hall's own user."
        )


def _make(place: Path) -> None:
    """The first key. Never where data is already wrapped by a key that is missing here."""
    from servicehall.kernel.models import DataKey

    if DataKey.objects.exists():
        raise CannotStart(
            f"The file of root keys {place} is missing, and the database holds data that needs it."
            " Put it back from its safe copy."
        )
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write({1: secrets.token_bytes(32)}, anew=True)


def _write(keys: dict[int, bytes], *, anew: bool = False) -> None:
    """Whole or not at all, on disk before anything is wrapped by it; ``anew``: whoever is first stays."""
    place = path()
    handle, name = tempfile.mkstemp(prefix=".root-keys-", dir=place.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_HEAD + "".join(f"{number} {secret.hex()}\n" for number, secret in keys.items()))
            file.flush()
            os.fsync(file.fileno())
        if anew:
            with contextlib.suppress(FileExistsError):
                Path(place).hardlink_to(name)
        else:
            Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)
    folder = os.open(place.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _output(command: str) -> str:
    try:
        done = subprocess.run(
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        raise CannotStart(
            f"The command that gives the root keys failed ({type(problem).__name__}). Try it by hand."
        ) from problem
    return done.stdout


def _parsed(text: str, where: str) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for line in text.splitlines():
        words = line.split("#")[0].replace(":", " ").split()
        if not words:
            continue
        number = int(words[0]) if len(words) == 2 and words[0].isdecimal() else 0
        secret = _digits(words[-1])
        if not 0 < number < 2**31 or number in found or len(secret) != 32:
            raise CannotStart(f"{where} does not hold root keys: each is a number and 64 hexadecimal digits.")
        found[number] = secret
    if not found:
        raise CannotStart(f"{where} holds no root key.")
    return found


def _digits(word: str) -> bytes:
    try:
        return bytes.fromhex(word)
    except ValueError:
        return b""
