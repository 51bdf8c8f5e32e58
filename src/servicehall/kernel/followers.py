"""Followers of the log: each event at least once, in order per site, with a kept cursor.

A follower's own rows and its cursor change in one transaction, so a follower that only writes
to the database sees each event exactly once, however often the worker dies.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from . import clock, events, sql
from .transactions import INSTALLATION, transaction

Handler = Callable[[list[events.StoredEvent]], None]
log = logging.getLogger(__name__)
_BATCH = 200
_BATCHES_A_ROUND = 5
"""A follower with a long way to go lets the others have their turn in between."""


@dataclass(frozen=True, slots=True)
class Follower:
    """A named reader of some kinds of events; ``pace`` seconds lie between two of its turns at least.

    ``erases``: it has a part in erasing persons, so it also runs at the end of a restore, before the hall opens.
    """

    name: str
    kinds: frozenset[str]
    handle: Handler
    pace: float = 0.0
    erases: bool = False


_registered: dict[str, Follower] = {}
_resting: dict[str, float] = {}
"""Until when (monotonic) a follower with a pace rests, in this process."""


def follower(
    name: str, *, kinds: tuple[str, ...], pace: float = 0.0, erases: bool = False
) -> Callable[[Handler], Handler]:
    """Register a function that is given the site's new events of ``kinds``, a batch at a time.

    It runs inside the transaction of its cursor, in the site's line; ``kinds`` may end in
    ``*``. When it raises, the batch is given again later, one event at a time. A follower that
    nobody waits for takes a ``pace``: it gathers events for so long, so that writers stand
    behind fewer transactions.
    """

    def register(handle: Handler) -> Handler:
        _registered[name] = Follower(name, frozenset(kinds), handle, pace, erases)
        return handle

    return register


def registered() -> dict[str, Follower]:
    """Who follows what."""
    return dict(_registered)


def forget(name: str) -> None:
    """Let a follower rest for the life of this process: for measurements."""
    _registered.pop(name, None)


def behind(name: str, sites: Collection[UUID]) -> dict[UUID, datetime]:
    """When the oldest event happened that the follower has not taken in yet, by site (one query).

    Sites whose log it has read to the end are left out.
    """
    if not sites:
        return {}
    found = sql.rows(
        "SELECT l.site_id, e.at FROM kernel_sitelog l"
        " LEFT JOIN kernel_cursor c ON c.site_id = l.site_id AND c.follower = %s"
        " JOIN kernel_event e ON e.site_id = l.site_id AND e.seq = coalesce(c.seq, 0) + 1"
        f" WHERE l.site_id IN ({sql.placeholders(len(sites))})",
        name,
        *sites,
    )
    return {sql.uuid(site) or INSTALLATION: events.moment(at) for site, at in found}


def position(name: str, site_id: UUID) -> int:
    """The number of the last event of a site that the follower has taken in (0: none)."""
    found = sql.row("SELECT seq FROM kernel_cursor WHERE follower = %s AND site_id = %s", name, site_id)
    return int(found[0]) if found else 0


def _wanted(one: Follower, kind: str) -> bool:
    return kind in one.kinds or "*" in one.kinds or f"{kind.split('.', maxsplit=1)[0]}.*" in one.kinds


def _step(one: Follower, site_id: UUID, limit: int) -> int:
    """Give the follower its next events; returns how many the cursor moved by."""
    with transaction(site_id):
        sql.run(
            "INSERT INTO kernel_cursor (follower, site_id, seq, failures) VALUES (%s, %s, 0, 0) ON CONFLICT DO NOTHING",
            one.name,
            site_id,
        )
        found = sql.row(
            "SELECT seq FROM kernel_cursor WHERE follower = %s AND site_id = %s", one.name, site_id
        )
        batch = events.after(site_id, int(found[0]) if found else 0, limit)
        if not batch:
            return 0
        wanted = [event for event in batch if _wanted(one, event.kind)]
        if wanted:
            one.handle(wanted)
        sql.run(
            "UPDATE kernel_cursor SET seq = %s, failures = 0, retry_at = NULL WHERE follower = %s AND site_id = %s",
            batch[-1].seq,
            one.name,
            site_id,
        )
        return len(batch)


def _failed(one: Follower, site_id: UUID) -> None:
    now = clock.now()
    with transaction(site_id):
        found = sql.row(
            "SELECT failures FROM kernel_cursor WHERE follower = %s AND site_id = %s", one.name, site_id
        )
        failures = int(found[0]) + 1 if found else 1
        sql.run(
            "INSERT INTO kernel_cursor (follower, site_id, seq, failures, retry_at) VALUES (%s, %s, 0, %s, %s)"
            " ON CONFLICT (follower, site_id) DO UPDATE SET failures = excluded.failures, retry_at = excluded.retry_at",
            one.name,
            site_id,
            failures,
            now + timedelta(seconds=min(300, 2**failures)),
        )


def run_pending(*, paced: bool = False, erasing: bool = False) -> int:
    """Give every follower what is new; returns how many events were passed on.

    A follower that fails waits (2, 4, … 300 s) and holds up nobody else. With ``paced`` followers
    keep their pace; else everybody is given everything. ``erasing``: only those that have a part in that.
    """
    from .models import Cursor

    cursors = {(c.follower, c.site_id): c for c in Cursor.objects.all()}
    moved, now, began = 0, clock.now(), time.monotonic()
    awake = [
        one
        for one in _registered.values()
        if (one.erases or not erasing) and (not paced or _resting.get(one.name, 0.0) <= began)
    ]
    for site_id, head in events.heads().items():
        for one in awake:
            cursor = cursors.get((one.name, site_id))
            if cursor and (cursor.seq >= head or (cursor.retry_at and cursor.retry_at > now)):
                continue
            if paced and one.pace:
                _resting[one.name] = began + one.pace
            moved += _take_turn(one, site_id, 1 if cursor and cursor.failures else _BATCH)
    return moved


def _take_turn(one: Follower, site_id: UUID, limit: int) -> int:
    moved = 0
    try:
        for _ in range(_BATCHES_A_ROUND):
            step = _step(one, site_id, limit)
            moved += step
            if step < limit:
                break
    except Exception:
        log.exception("follower.failed name=%s site=%s", one.name, site_id)
        _failed(one, site_id)
    return moved


def rested_in() -> float | None:
    """Seconds until a follower that keeps its pace may go on; None: nobody rests."""
    now = time.monotonic()
    return min((until - now for until in _resting.values() if until > now), default=None)


def not_taken_in(name: str, sites: Collection[UUID] | None, limit: int) -> list[events.StoredEvent]:
    """The newest events that the follower has not taken in yet, of some sites or all (one query)."""
    if sites is not None and not sites:
        return []
    within = "" if sites is None else f" AND e.site_id IN ({sql.placeholders(len(sites))})"
    columns = ", ".join(f"e.{column.strip()}" for column in events.COLUMNS.split(","))
    return events.stored(
        sql.rows(
            f"SELECT {columns} FROM kernel_event e"
            " LEFT JOIN kernel_cursor c ON c.site_id = e.site_id AND c.follower = %s"
            f" WHERE e.seq > coalesce(c.seq, 0){within} ORDER BY e.id DESC LIMIT %s",
            name,
            *(sites or ()),
            limit,
        )
    )
