"""The root keys: outside of the database, numbered, and the newest wraps what is made now.

They come from one of three places: a file in the data folder (made at the first start, readable by its
owner only), the environment, or the output of a command (a key service, a hardware module). All have the
same form: a line a key, ``number secret``, the secret 64 hexadecimal digits; ``#`` opens a comment.
"""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from servicehall.kernel import key_files

from .refusals import CannotStart, Unreadable
from .suites import Suite

WHAT = "root keys"
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
    try:
        if kind == "environment":
            text = settings.PROTECTION_ROOT_KEY.replace(",", "\n")
            return Ring(key_files.numbered(text, "SERVICEHALL_ROOT_KEY", WHAT))
        if kind == "command":
            text = key_files.output_of(settings.PROTECTION_ROOT_KEY_COMMAND, WHAT)
            return Ring(key_files.numbered(text, "SERVICEHALL_ROOT_KEY_COMMAND", WHAT))
        return _of_file()
    except key_files.UnusableKey as problem:
        raise CannotStart(str(problem)) from problem


def _of_file() -> Ring:
    place = path()
    if not place.exists():
        _make(place)
    text, found = key_files.closed_text(
        place,
        WHAT,
        advice=" – and, if somebody may have read it, run `servicehall keys rotate-root` afterwards.",
    )
    return Ring(key_files.numbered(text, str(place), WHAT), (found.st_mtime_ns, found.st_ino))


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
    key_files.put_closed(path(), key_files.written(_HEAD, keys), anew=anew)
