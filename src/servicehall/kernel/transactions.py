"""The only way to write: one transaction in a site's line, its events written last.

Writers of a site stand in one line. On SQLite the line is the whole database: a lock within
the process, then a lock on a file among processes (SQLite's own waiting sleeps and is
unfair: p99 over a second against 64 ms with this gate), then ``BEGIN IMMEDIATE``. On
PostgreSQL it is the row of the site's log, so other sites go on at the same time. Because the
line is held to the commit, a site's events are numbered without gaps, in the order of their
commits: a reader that has seen ``seq`` has seen everything before it.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic

from . import sql, wake

if TYPE_CHECKING:
    from .events import PendingEvent

INSTALLATION = UUID(int=0)
"""The log of what belongs to no site (organisations, staff)."""


class _Open(threading.local):
    site_id: UUID | None = None
    pending: list[PendingEvent]
    memory: dict[Any, Any]
    afterwards: list[Callable[[], None]]


_open = _Open()
_gates: dict[UUID, threading.Lock] = {}
_gates_lock = threading.Lock()
_file: tuple[str, int] | None = None


class OutsideTransaction(RuntimeError):
    """An event was recorded, or a row locked, outside :func:`transaction`."""


class OtherSite(RuntimeError):
    """A transaction in one site's line tried to write in another's."""


class InsideTransaction(RuntimeError):
    """Something that waits for others was begun inside of a transaction."""


def _gate_for(site_id: UUID) -> threading.Lock:
    key = site_id if sql.is_postgresql() else INSTALLATION
    with _gates_lock:
        return _gates.setdefault(key, threading.Lock())


def _gate_file() -> int | None:
    """A descriptor of the lock file beside the SQLite database; None in memory."""
    global _file
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:
        return None
    path = f"{name}.gate"
    if _file is None or _file[0] != path:
        if _file is not None:
            os.close(_file[1])
        _file = (path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    return _file[1]


@contextmanager
def _gate(site_id: UUID) -> Iterator[None]:
    with _gate_for(site_id):
        handle = None if sql.is_postgresql() else _gate_file()
        if handle is None:
            yield
            return
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _enter_line(site_id: UUID) -> None:
    if not sql.is_postgresql():
        return
    if not sql.rows("SELECT last FROM kernel_sitelog WHERE site_id = %s FOR UPDATE", site_id):
        sql.run("INSERT INTO kernel_sitelog (site_id, last) VALUES (%s, 0) ON CONFLICT DO NOTHING", site_id)
        sql.rows("SELECT last FROM kernel_sitelog WHERE site_id = %s FOR UPDATE", site_id)


def is_open() -> bool:
    """Whether this thread holds a line."""
    return _open.site_id is not None


def pending() -> list[PendingEvent]:
    """The events recorded so far in the open transaction.

    Raises:
        OutsideTransaction: there is none.
    """
    if _open.site_id is None:
        raise OutsideTransaction
    return _open.pending


def memory() -> dict[Any, Any]:
    """What was found out in the open transaction and holds until its end.

    Raises:
        OutsideTransaction: there is none.
    """
    if _open.site_id is None:
        raise OutsideTransaction
    return _open.memory


def afterwards(act: Callable[[], None]) -> None:
    """Do something of its own when this thread's transaction has ended, whichever way; at once without one."""
    if _open.site_id is None:
        act()
    else:
        _open.afterwards.append(act)


def demand_none() -> None:
    """For acts that wait for another system: the line of a site must not wait with them.

    Raises:
        InsideTransaction: a transaction is open in this thread, ours or one of Django's own.
    """
    # A test that undoes everything at its end is no transaction of the product's; Django marks it so for itself.
    opened = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    if _open.site_id is not None or opened:
        raise InsideTransaction


@contextmanager
def transaction(site_id: UUID = INSTALLATION) -> Iterator[None]:
    """Write in the site's line; joins the transaction that is already open for that site.

    Everything is undone when the block raises. After the commit the readers of the log are
    woken.

    Raises:
        OtherSite: a transaction of another site is open in this thread.
    """
    from .events import write

    if _open.site_id is not None:
        if _open.site_id != site_id:
            raise OtherSite
        yield
        return
    later: list[Callable[[], None]] = []
    try:
        with _gate(site_id):
            _open.site_id, _open.pending, _open.memory, _open.afterwards = site_id, [], {}, later
            try:
                with atomic():
                    _enter_line(site_id)
                    yield
                    written = write(site_id, _open.pending)
            finally:
                _open.site_id, _open.pending, _open.memory = None, [], {}
    finally:
        for act in later:
            act()
    if written:
        wake.changed()
