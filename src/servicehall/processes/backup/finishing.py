"""What a restored database needs before its hall may open: newer tables, erasures again, the evidence looked at."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from servicehall.processes import preparation

from . import database
from .refusals import BackupRefused
from .restoring import DATABASE, ROOT_KEYS, Stage
from .taking import ERASED

Progress = Callable[[int, int], object]
MOST_ROUNDS = 50


@dataclass(slots=True)
class Finished:
    """How a restored hall was found."""

    migrated: int = 0
    erased_again: int = 0
    leaves: int = 0
    lists: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    known: dict[UUID, datetime] = field(default_factory=dict)


def settings_for(stage: Stage, environment: dict[str, str]) -> dict[str, str]:
    """What Django has to be told so that it works on the folder beside, with the root keys of the usual place."""
    return {
        "SERVICEHALL_DATA": str(stage.folder),
        "SERVICEHALL_ROOT_KEY_FILE": environment.get("SERVICEHALL_ROOT_KEY_FILE")
        or str(stage.data / ROOT_KEYS),
        "SERVICEHALL_ERASED_LIST": environment.get("SERVICEHALL_ERASED_LIST") or str(stage.data / ERASED),
    }


def finish(
    stage: Stage, lists: Collection[Path], *, progress: Progress = lambda _done, _all: None
) -> Finished:
    """Ready the database. On SQLite it is still beside its place; PostgreSQL's is filled here.

    Raises:
        BackupRefused: the database knows migrations that this product does not, is not empty, or needs root keys
            that are not at hand. Nothing was changed.
        NotAList: a list of erased persons is none.
    """
    _demand_known(stage)
    _demand_root_keys(stage)
    done = Finished()
    _read_lists(stage, lists, done)
    if stage.kind == "sqlite":
        _ready(done, progress)
        return done
    _fill(stage)
    try:
        _ready(done, progress)
    except BaseException:
        database.drop_all()  # half a hall is nobody's
        raise
    return done


def _ready(done: Finished, progress: Progress) -> None:
    """Newer tables, erasures, evidence, of the database at hand."""
    from django.db import connection

    from servicehall.kernel.protection import keys
    from servicehall.rooms.trust import actions as trust
    from servicehall.rooms.trust import queries as evidence

    before = set(database.applied())
    preparation.migrate()
    done.migrated = len(set(database.applied()) - before)
    for sample in keys.samples():
        keys.check_sample(sample)
    emptied = _erase_again(done)
    trust.make_checkpoint()
    found = evidence.audit(progress)
    done.leaves = found.size
    done.faults += found.faults
    done.known |= keys.destroyed()
    if emptied:
        database.write_anew()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _demand_known(stage: Stage) -> None:
    unknown = {(app, name) for app, name in stage.head["migrations"]} - database.known()
    if unknown:
        app, name = min(unknown)
        raise BackupRefused(
            f"The backup's tables are newer than this product ({app} {name}). Update first.",
            f"备份中的数据表比当前版本新（{app} {name}）。请先升级。",
        )


def _demand_root_keys(stage: Stage) -> None:
    """Before anything is touched: the personal data in this backup can be read with the root keys at hand."""
    from servicehall.kernel.protection import keys, root_keys
    from servicehall.kernel.protection.refusals import CannotStart, Unreadable

    samples = stage.head["root_keys"]
    try:
        if samples:
            _demand_file()
        for sample in samples:
            keys.check_sample(sample)
    except (CannotStart, Unreadable) as problem:
        wanted = ", ".join(str(sample["root"]) for sample in samples)
        raise BackupRefused(
            f"The root keys of this hall (number {wanted}) are needed and are in no backup: put them back from"
            f" their safe copy, {root_keys.path()} or the settings SERVICEHALL_ROOT_KEY…  ({problem})",
            f"恢复需要本服务厅的根密钥（编号 {wanted}），而备份中从不包含它。请从安全副本放回 {root_keys.path()}，"
            "或设置 SERVICEHALL_ROOT_KEY…。",
        ) from problem


def _demand_file() -> None:
    """Where root keys come from a file, none is made now."""
    from servicehall.kernel.protection import root_keys
    from servicehall.kernel.protection.refusals import CannotStart

    if root_keys.source() == "file" and not root_keys.path().exists():
        raise CannotStart(f"{root_keys.path()} is missing")


def _read_lists(stage: Stage, lists: Collection[Path], done: Finished) -> None:
    """Who was erased: lists that were named or lie where lists lie, and the database that is replaced."""
    from servicehall.kernel.protection import erased_list, keys

    for place in dict.fromkeys([*lists, erased_list.path(), stage.folder / ERASED]):
        if place.exists():
            done.known |= erased_list.read(place)
            if place.parent != stage.folder:
                done.lists.append(str(place))
    living = stage.data / DATABASE
    if stage.kind == "sqlite" and living.exists():
        with contextlib.suppress(sqlite3.Error):  # it is replaced, perhaps because it is broken
            done.known |= _destroyed_in(living)
            done.lists.append(str(living))
    elif stage.kind == "postgresql" and stage.replace and not database.is_empty():
        from django.db import DatabaseError

        with contextlib.suppress(DatabaseError):
            done.known |= keys.destroyed()
            done.lists.append("the database that is replaced")


def _destroyed_in(file: Path) -> dict[UUID, datetime]:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as handle:
        rows = handle.execute(
            "SELECT owner_id, destroyed_at FROM kernel_datakey WHERE destroyed_at IS NOT NULL"
        )
        return {UUID(owner): datetime.fromisoformat(at).replace(tzinfo=UTC) for owner, at in rows}


def _fill(stage: Stage) -> None:
    if not database.is_empty():
        if not stage.replace:
            raise BackupRefused(
                "The database is not empty. Choose an empty one, or say --replace: all its tables then go for good.",
                "数据库不是空的。请另选空数据库，或加 --replace：其中所有数据表将被永久删除。",
            )
        database.drop_all()
    head = stage.head
    sequences = {table: (column, last) for table, (column, last) in head["sequences"].items()}
    found = database.Snapshot("postgresql", head["migrations"], head["columns"], sequences=sequences)
    try:
        database.load(found, stage.folder)
        _compare(stage.counts)
    except BaseException:
        database.drop_all()
        raise


def _compare(counts: dict[str, int]) -> None:
    there = database.counts()
    if wrong := [table for table, count in counts.items() if there.get(table) != count]:
        raise BackupRefused(
            f"Not all rows of {wrong[0]} could be restored.", f"数据表 {wrong[0]} 未能完整恢复。"
        )


def _erase_again(done: Finished) -> bool:
    """Who was erased after the backup is erased again, with everything that follows from it; nothing else follows.

    What still had to follow from erasures before it follows too. Returns whether anything may have been emptied.
    """
    from servicehall.kernel import followers, timers
    from servicehall.kernel.models import Cursor
    from servicehall.kernel.protection import keys
    from servicehall.rooms.customers import actions as customers

    still = done.known.keys() - keys.destroyed().keys()
    done.erased_again = customers.erase_again(still)
    acted = len(still)
    for _round in range(MOST_ROUNDS):
        while moved := followers.run_pending(erasing=True):
            acted += moved
        if not (rung := timers.run_erasing()):
            break
        acted += rung
    else:
        done.faults.append("what follows from erasing does not come to an end; the worker goes on with it")
    names = [one.name for one in followers.registered().values() if one.erases]
    for cursor in Cursor.objects.filter(follower__in=names, failures__gt=0):
        done.faults.append(f"{cursor.follower} does not get past event {cursor.seq} of site {cursor.site_id}")
    return acted > 0
