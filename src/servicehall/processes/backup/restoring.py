"""Opening a backup: all of it is read and found right beside its place before anything there is touched.

This half needs no Django, because Django's settings depend on what is in the backup. The other half is in
``finishing``; the command calls both.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from servicehall import __version__
from servicehall.processes import runlock

from . import database, keys, parts, sealing, taking
from .refusals import BackupRefused, Damaged

DATABASE = "servicehall.sqlite3"
ROOT_KEYS = "root.keys"
KEPT = {ROOT_KEYS, keys.NAME, taking.ERASED, runlock.NAME}
"""What may be in an empty data folder: the keys that are kept apart from backups, and who was erased."""

REBUILT = ("-wal", "-shm", ".gate")
STAGE = ".restore-"
Progress = Callable[[int, int], object]


@dataclass(slots=True)
class Stage:
    """A backup that was opened and found whole, in a folder beside its place."""

    folder: Path
    data: Path
    head: dict[str, Any]
    counts: dict[str, int]
    made: datetime
    replace: bool
    replaced: Path | None = None
    media: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.head["kind"])

    def put_in_place(self) -> None:
        """Move everything into the data folder, the database last; what was there is kept aside."""
        names = [taking.MEDIA.rstrip("/"), *taking.SMALL, DATABASE]
        old = [*names, *(DATABASE + end for end in REBUILT)] if self.replace else []
        for name in old:
            if (self.data / name).exists():
                if self.replaced is None:
                    self.replaced = self.data / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
                    self.replaced.mkdir(mode=0o700)
                (self.data / name).rename(self.replaced / name)
        for name in names:
            if (self.folder / name).exists():
                (self.folder / name).rename(self.data / name)
        _sync(self.data)


@contextlib.contextmanager
def opened(
    file: Path, data: Path, *, replace: bool = False, progress: Progress = lambda _done, _all: None
) -> Iterator[Stage]:
    """Open a backup for a data folder. When the block ends, the folder beside is gone, whatever happened.

    Raises:
        BackupRefused: the folder is in use or not empty, the backup is damaged, newer than this product, of
            another kind of database, or sealed with another key. Nothing was changed.
        UnusableKey: the backup keys cannot be had.
    """
    is_new = not data.exists()
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _held(data):
            for left in data.glob(f"{STAGE}*"):  # of one that was killed: a whole hall, open
                shutil.rmtree(left, ignore_errors=True)
            _demand_room(data, replace=replace)
            stage = data / f"{STAGE}{os.getpid()}"
            stage.mkdir(mode=0o700)
            try:
                yield _unpack(file, stage, data, replace=replace, progress=progress)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
    except OSError as problem:
        raise BackupRefused(
            f"{problem.filename or file}: {problem.strerror}.",
            f"{problem.filename or file}：{problem.strerror}。",
        ) from problem
    finally:
        if is_new and data.is_dir() and {path.name for path in data.iterdir()} <= {runlock.NAME}:
            shutil.rmtree(data, ignore_errors=True)


@contextlib.contextmanager
def _held(data: Path) -> Iterator[None]:
    try:
        with runlock.hold(data, note=f"restore, pid {os.getpid()}"):
            yield
    except runlock.AlreadyRunning:
        raise BackupRefused(
            f"A hall is running on {data}. Stop it first.", f"{data} 上有服务厅正在运行，请先停止。"
        ) from None


def _demand_room(data: Path, *, replace: bool) -> None:
    more = sorted(path.name for path in data.iterdir() if path.name not in KEPT)
    if more and not replace:
        raise BackupRefused(
            f"{data} is not empty ({', '.join(more[:3])}). Choose an empty folder, or say --replace: what is there"
            " is then kept aside.",
            f"{data} 不是空目录（{', '.join(more[:3])}）。请另选空目录，或加 --replace：原有内容会移到一旁保留。",
        )


def _unpack(file: Path, stage: Path, data: Path, *, replace: bool, progress: Progress) -> Stage:
    held, whole = keys.known(data), file.stat().st_size
    head: dict[str, Any] = {}
    manifest: dict[str, Any] = {}
    media = 0
    with file.open("rb") as sealed:
        opener = sealing.Opener(sealed, held)
        _demand_version(opener.head.product)
        unpacker = parts.Unpacker(opener)
        for name, blocks in unpacker.parts():
            if name == taking.HEAD:
                head = _json(blocks)
                _demand_kind(head)
            elif name == parts.MANIFEST:
                manifest = _json(blocks)
            else:
                media += name.startswith(taking.MEDIA)
                with os.fdopen(_made(_place(stage, name)), "wb") as out:
                    for block in blocks:
                        out.write(block)
                        progress(sealed.tell(), whole)
                    out.flush()
                    os.fsync(out.fileno())
        unpacker.finish(manifest)
        opener.finish()
        progress(whole, whole)
    if not head:
        raise Damaged("The backup says nothing of itself.", "备份缺少自身说明。")
    missing = [name for name in head.get("outside", []) if not os.environ.get(name)]
    return Stage(
        stage, data, head, dict(manifest["counts"]), opener.head.made, replace, media=media, missing=missing
    )


def _made(path: Path) -> int:
    """A new file for its owner's eyes only."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _json(blocks: Iterator[bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(blocks))
    return found


def _place(stage: Path, name: str) -> Path:
    """Where a part is put. Names come out of an authenticated file; one that leads elsewhere is refused all the same."""
    path = stage / (DATABASE if name == database.FILE else name)
    known = name in {database.FILE, taking.ERASED, *taking.SMALL}
    if not (known or name.startswith((taking.MEDIA, database.TABLE))) or ".." in path.parts or "\0" in name:
        raise Damaged(f"The backup has a part of an unknown name: {name!r}.", f"备份中有未知内容：{name!r}。")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _demand_version(product: str) -> None:
    if _version(product) > _version(__version__):
        raise BackupRefused(
            f"The backup is of Servicehall {product}, and this is {__version__}. Update first.",
            f"该备份来自 Servicehall {product}，而当前版本是 {__version__}。请先升级。",
        )


def _demand_kind(head: dict[str, Any]) -> None:
    parts_of = urlsplit(os.environ.get("DATABASE_URL", ""))
    ours = "postgresql" if parts_of.scheme in {"postgres", "postgresql"} else "sqlite"
    if head["kind"] != ours or (ours == "sqlite" and parts_of.path):
        wanted = (
            "DATABASE_URL to an empty PostgreSQL database"
            if head["kind"] == "postgresql"
            else "no DATABASE_URL: the database is put into the data folder"
        )
        raise BackupRefused(
            f"The backup is of a hall on {head['kind']}. Set {wanted}.",
            f"该备份来自使用 {head['kind']} 的服务厅。请"
            + (
                "将 DATABASE_URL 设为一个空的 PostgreSQL 数据库。"
                if ours == "sqlite"
                else "取消 DATABASE_URL 设置。"
            ),
        )


def _sync(folder: Path) -> None:
    from servicehall.kernel import key_files

    key_files.sync_folder(folder)
