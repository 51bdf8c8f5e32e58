"""Durable timers: a row with a due moment, set in the same transaction as what starts it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from . import clock, sql
from .transactions import INSTALLATION, transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A timer whose moment has come."""

    kind: str
    key: str
    site_id: UUID
    due_at: datetime
    data: dict[str, Any]


Handler = Callable[[Due], None]
_handlers: dict[str, Handler] = {}
_erasing: set[str] = set()


def timer(kind: str, *, erases: bool = False) -> Callable[[Handler], Handler]:
    """Register what to do when a timer of this kind is due (inside the site's transaction).

    ``erases``: it has a part in erasing persons, see :func:`run_erasing`.
    """

    def register(handle: Handler) -> Handler:
        _handlers[kind] = handle
        if erases:
            _erasing.add(kind)
        return handle

    return register


_starters: list[Callable[[], None]] = []
_started = False


def at_start(starter: Callable[[], None]) -> Callable[[], None]:
    """Register what sets the timers that must always be there; run once by each worker."""
    _starters.append(starter)
    return starter


def set_timer(
    kind: str, key: str, due_at: datetime, *, site_id: UUID = INSTALLATION, data: dict[str, Any] | None = None
) -> None:
    """Set the timer (kind, key), or move it when it is set already."""
    sql.run(
        "INSERT INTO kernel_timer (kind, key, site_id, due_at, data, failures) VALUES (%s, %s, %s, %s, %s, 0)"
        " ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, data = excluded.data, failures = 0",
        kind,
        key,
        site_id,
        due_at,
        json.dumps(data or {}),
    )


def cancel(kind: str, key: str) -> None:
    """Take the timer back; nothing happens when it is not set."""
    sql.run("DELETE FROM kernel_timer WHERE kind = %s AND key = %s", kind, key)


def _ring(kind: str, key: str, site_id: UUID, now: datetime) -> bool:
    """Do one due timer, unless somebody else did it since it was listed."""
    from .models import Timer

    with transaction(site_id):
        found = Timer.objects.filter(kind=kind, key=key, due_at__lte=now).first()
        if found is None:
            return False
        found.delete()
        _handlers[kind](Due(kind, key, site_id, found.due_at, dict(found.data)))
        return True


def ring(kind: str, key: str, site_id: UUID) -> bool:
    """Do a timer that is due now, in this process, without waiting for a worker; whether it was there to be done.

    One that fails stays set: a worker tries it again.
    """
    return _ring(kind, key, site_id, clock.now())


def run_due(limit: int = 100) -> int:
    """Do what is due; returns how many. One that fails is tried again, later each time."""
    from .models import Timer

    global _started
    if not _started:
        _started = True
        for starter in _starters:
            starter()
    now, done = clock.now(), 0
    listed = Timer.objects.filter(due_at__lte=now, kind__in=list(_handlers)).order_by("due_at")[:limit]
    for one in list(listed):
        try:
            done += _ring(one.kind, one.key, one.site_id, now)
        except Exception:
            log.exception("timer.failed kind=%s key=%s", one.kind, one.key)
            delay = timedelta(seconds=min(3600, 5 * 2**one.failures))
            with transaction(one.site_id):
                Timer.objects.filter(pk=one.pk).update(due_at=clock.now() + delay, failures=one.failures + 1)
    return done


def run_erasing() -> int:
    """Do now, due or not, what has a part in erasing persons; returns how many. For the end of a restore.

    What fails is raised: nobody may believe that it was done.
    """
    from .models import Timer

    listed = list(Timer.objects.filter(kind__in=_erasing).order_by("due_at"))
    return sum(_ring(one.kind, one.key, one.site_id, max(clock.now(), one.due_at)) for one in listed)


def next_due() -> datetime | None:
    """When the next timer is due."""
    from .models import Timer

    return (
        Timer.objects.filter(kind__in=list(_handlers))
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
