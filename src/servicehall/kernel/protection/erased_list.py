"""Whose keys were destroyed, in a file outside of the database: ids and moments, nothing else.

A backup that is older than an erasure still holds the person's wrapped key. Whoever restores it has to erase
again, and the database that knew whom is what was lost. A line a person, ``id moment``; twice is once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from servicehall.kernel import key_files
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower

from . import keys

NAME = "erased.list"
_HEAD = "# Who was erased, by id, and when. Keep it apart from the database: restoring an older backup needs it.\n"


class NotAList(Exception):
    """The file is not a list of erased persons; the message says which."""


def path() -> Path:
    """Where the living list is (setting SERVICEHALL_ERASED_LIST)."""
    return Path(settings.ERASED_LIST)


@follower("protection.erased-list", kinds=("protection.key-destroyed",), pace=0.4)
def note(batch: list[StoredEvent]) -> None:
    """Add to the list; what is given twice after a crash stands there twice."""
    place = path()
    lines = "".join(f"{event.data['owner']} {event.at.astimezone(UTC).isoformat()}\n" for event in batch)
    with _alone(place) as file:
        held = file.read()
        whole = held.rfind(b"\n") + 1  # a line that a crash cut short is given again
        file.seek(whole)
        file.truncate()
        file.write(((_HEAD if not whole else "") + lines).encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    if not held:
        key_files.sync_folder(place.parent)


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[IO[bytes]]:
    """The file, made if it is missing, while nobody else adds to it.

    Workers do for several organisations at once, and a backup writes the list anew that lies beside it, which may be
    the living one. Who waited for a file that was replaced meanwhile begins again with the new one.
    """
    while True:
        with os.fdopen(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            with contextlib.suppress(OSError):  # a disk that knows no locks: a list all the same
                fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(place, file):
                yield file
                return


def _is_at(place: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), place.stat())
    except FileNotFoundError:
        return False


def read(place: Path) -> dict[UUID, datetime]:
    """Who stands in a file, and when they were erased first; the last line may be cut short by a crash.

    Raises:
        NotAList: it cannot be read, or a line makes no sense.
    """
    found: dict[UUID, datetime] = {}
    try:
        lines = place.read_text(encoding="ascii").split("\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise NotAList(f"{place} cannot be read: {problem}") from problem
    for number, line in enumerate(lines, 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        try:
            owner, at = words
            found.setdefault(UUID(owner), datetime.fromisoformat(at))
        except ValueError:
            if number < len(lines):
                raise NotAList(f"{place} is not a list of erased persons (line {number}).") from None
    return found


def write(place: Path, more: Mapping[UUID, datetime]) -> int:
    """Add persons to a file, written anew; returns how many stand there.

    Raises:
        NotAList: what stands there now is none.
    """
    with _alone(place):
        known = dict(more) | read(place)
        key_files.put_closed(place, text_of(known))
    return len(known)


def text_of(known: Mapping[UUID, datetime]) -> str:
    """A list as it stands in a file."""
    entries = sorted(known.items(), key=_when)
    return _HEAD + "".join(f"{owner} {at.astimezone(UTC).isoformat()}\n" for owner, at in entries)


def _when(entry: tuple[UUID, datetime]) -> datetime:
    return entry[1]


def of_database() -> dict[UUID, datetime]:
    """Who is known to be erased by the database and by the living list together.

    Raises:
        NotAList: the living list is none.
    """
    return keys.destroyed() | (read(path()) if path().exists() else {})
