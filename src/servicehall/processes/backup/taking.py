"""Making a backup, while the hall works. The file appears whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from servicehall import __version__

from . import database, keys, parts, sealing
from .refusals import BackupRefused

HEAD = "head"
ERASED = "erased.list"
MEDIA = "media/"
ROOM, LOCK = ".backup-", "backup.lock"
SMALL = ("evidence.key", "secret.key")
"""Files of the data folder that a hall cannot go on without. Never the root keys, nor the backup keys."""
OUTSIDE = ("SERVICEHALL_SECRET", "SERVICEHALL_EVIDENCE_KEY", "SERVICEHALL_EVIDENCE_ORIGIN")
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was made."""

    file: Path
    made: datetime
    size: int
    counts: dict[str, int]
    media: int
    key: int
    new_key_file: Path | None
    outside: tuple[str, ...]
    """Settings of the environment that belong to the hall and are in no backup."""


def take(
    target: Path, data: Path, *, progress: Progress = lambda _done, _all: None, at: datetime | None = None
) -> Taken:
    """Write a backup of the installation at hand to a file, which must not be there yet.

    Raises:
        BackupRefused: the file is there, or cannot be written.
        UnusableKey: the backup keys cannot be had.
    """
    from servicehall.kernel import clock
    from servicehall.kernel.protection import suites

    if target.exists():
        raise BackupRefused(f"{target} is there already.", f"{target} 已存在。")
    number, secret, made_key = keys.newest(data)
    moment = at or clock.now()
    with _aside(target) as (file, finish):
        sealer = sealing.Sealer(file, suites.chosen(), (number, secret), made=moment, product=__version__)
        counts, media = _pack(sealer, data, moment, progress)
        sealer.finish()
        size = file.tell()
        finish()
    return Taken(target, moment, size, counts, media, number, made_key, tuple(_outside()))


def _outside() -> list[str]:
    """Settings of the environment that belong to the hall; what they say is in no backup."""
    return [name for name in OUTSIDE if os.environ.get(name)]


@contextlib.contextmanager
def _aside(target: Path) -> Iterator[tuple[IO[bytes], Callable[[], None]]]:
    """A file under another name, and what puts it on disk under its own."""
    from servicehall.kernel import key_files

    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as problem:
        raise BackupRefused(
            f"{target} cannot be written: {problem.strerror}.", f"无法写入 {target}：{problem.strerror}。"
        ) from problem
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:

            def finish() -> None:
                file.flush()
                os.fsync(file.fileno())
                target.hardlink_to(draft)  # unlike a rename it takes nobody's place
                key_files.sync_folder(target.parent)

            yield file, finish
    except OSError as problem:
        raise BackupRefused(
            f"{target} could not be written: {problem.strerror}.", f"写入 {target} 失败：{problem.strerror}。"
        ) from problem
    finally:
        draft.unlink(missing_ok=True)


def _pack(
    sealer: sealing.Sealer, data: Path, made: datetime, progress: Progress
) -> tuple[dict[str, int], int]:
    """All parts, in the order in which a restore wants to know them; rows, and files of media."""
    from django.conf import settings
    from django.db import connection

    done, files = 0, list(_media(Path(settings.MEDIA_ROOT)))
    whole = sum(path.stat().st_size for path in files)

    def moved(count: int) -> None:
        nonlocal done
        done += count
        progress(done, max(done, whole))

    packer = parts.Packer(sealer, moved)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            whole += cursor.fetchone()[0]
        with database.snapshot() as (found, cursor):
            packer.put_json(HEAD, _head(found, made))
            for table, columns in found.columns.items():
                packer.put(database.TABLE + table, database.rows_of(table, columns, cursor))
    else:
        with _room(data) as room:
            copy = room / database.FILE
            database.copy_sqlite(Path(connection.settings_dict["NAME"]), copy)
            whole += copy.stat().st_size
            found = database.held_by(copy)
            packer.put_json(HEAD, _head(found, made))
            packer.put(database.FILE, _blocks(copy))
    # After the rows: what they name is there by then. What went meanwhile is named no more. And who is erased
    # meanwhile stands in the list, although the rows are of before.
    for name in SMALL:
        if (data / name).is_file():
            packer.put(name, _blocks(data / name))
    media = 0
    for path in files:
        with contextlib.suppress(FileNotFoundError):
            packer.put(MEDIA + path.relative_to(settings.MEDIA_ROOT).as_posix(), _blocks(path))
            media += 1
    packer.put(ERASED, [_erased()])
    packer.finish({"counts": found.counts, "made": made.isoformat(), "product": __version__})
    return found.counts, media


def _head(found: database.Snapshot, made: datetime) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "made": made.isoformat(),
        "migrations": found.migrations,
        "columns": found.columns,
        "sequences": found.sequences,
        "product": __version__,
        "root_keys": found.root_keys,
        "outside": _outside(),
    }


def _erased() -> bytes:
    from servicehall.kernel.protection import erased_list

    return erased_list.text_of(erased_list.of_database()).encode()


def _media(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(parts.BLOCK):
            yield block


@contextlib.contextmanager
def _room(data: Path) -> Iterator[Path]:
    """A folder for the copy of the database, beside the database and gone afterwards.

    One backup after another, so that what is there already is known to be of one that was killed: an open copy,
    in which everybody lives on who is erased later.
    """
    with (data / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in data.glob(f"{ROOM}*"):
            shutil.rmtree(left, ignore_errors=True)
        room = Path(tempfile.mkdtemp(prefix=ROOM, dir=data))
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)
