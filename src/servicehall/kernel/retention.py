"""How long data is kept: each room registers its kinds; a timer removes what is older, once a day.

A kind says how many rows are older than a moment, and removes some of them. The days can be changed in the
back office. `servicehall retention --dry-run` says what would go and touches nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from . import clock
from .events import fact, record
from .rights import SYSTEM
from .timers import Due, at_start, set_timer, timer
from .transactions import afterwards, transaction

log = logging.getLogger(__name__)
AT_ONCE = 200
HOUR = time(3, 17)


@fact("retention.applied")
@dataclass(frozen=True, slots=True)
class RetentionApplied:
    """Rows of a kind were removed or emptied because they were older than their days."""

    data: str
    days: int
    count: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data: how long it is kept unless a rule says otherwise, what is older, how it goes."""

    name: str
    days: int
    count: Callable[[datetime], int]
    remove: Callable[[datetime, int], int]


@dataclass(frozen=True, slots=True)
class Finding:
    """What of a kind is older than its days."""

    kind: str
    days: int
    before: datetime
    count: int


_kinds: dict[str, Kind] = {}


def keep(
    name: str, *, days: int, count: Callable[[datetime], int], remove: Callable[[datetime, int], int]
) -> None:
    """Register a kind of data.

    Args:
        count: how many rows are older than a moment.
        remove: takes away at most so many of them in transactions of its own; returns how many it took.
    """
    _kinds[name] = Kind(name, days, count, remove)


def kinds() -> dict[str, Kind]:
    """Every registered kind."""
    return dict(_kinds)


def look(*, at: datetime | None = None) -> list[Finding]:
    """What would go now."""
    from .models import RetentionRule

    moment = at or clock.now()
    days = {name: kind.days for name, kind in _kinds.items()}
    days |= dict(RetentionRule.objects.filter(kind__in=days).values_list("kind", "days"))
    found = []
    for name, kind in sorted(_kinds.items()):
        before = moment - timedelta(days=days[name])
        found.append(Finding(name, days[name], before, kind.count(before)))
    return found


def apply(*, at: datetime | None = None) -> list[Finding]:
    """Remove what is older than its days, a few at a time; returns how much of each kind went."""
    gone = []
    for one in look(at=at):
        total = 0
        while count := _kinds[one.kind].remove(one.before, AT_ONCE):
            total += count
        if total:
            with transaction():
                record(RetentionApplied(one.kind, one.days, total), actor=SYSTEM, at=clock.now())
        gone.append(Finding(one.kind, one.days, one.before, total))
    return gone


def _tomorrow() -> datetime:
    now = datetime.now(UTC)
    today = datetime.combine(now.date(), HOUR, UTC)
    return today if today > now else today + timedelta(days=1)


@timer("kernel.retention")
def apply_daily(due: Due) -> None:
    """Apply the rules when this timer's own transaction has ended, and come again tomorrow."""
    set_timer(due.kind, due.key, _tomorrow())
    afterwards(_apply_logged)


def _apply_logged() -> None:
    for one in apply():
        log.info("retention.applied kind=%s days=%s count=%s", one.kind, one.days, one.count)


@at_start
def _start() -> None:
    with transaction():
        set_timer("kernel.retention", "all", _tomorrow())
