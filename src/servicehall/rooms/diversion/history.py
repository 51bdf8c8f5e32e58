"""What a past day's lines looked like at each minute, and when a rule would have fired. Pure.

A ticket counts as waiting from when it was taken until it had waited all that it waited in all its stages: for
services of one stage that is exact, for others the parts are pushed together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from .hysteresis import Limits, Watched, step
from .measures import Line, Load, value_of

STEP = timedelta(minutes=1)
MEASURES = frozenset({"longest", "waiting", "share"})
"""What the day's tickets tell; who was free when, they do not."""


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait: for which service, from when to when, and what was promised (minutes)."""

    service: UUID
    since: datetime
    until: datetime
    target_minutes: float


@dataclass(frozen=True, slots=True)
class Fired:
    """When a rule would have fired, on what value, and when it would have been over (None: not on that day)."""

    began: datetime
    value: float
    over: datetime | None


class _Queue:
    """Those who waited for one service, asked about at one moment after the other."""

    def __init__(self, waits: Sequence[Waited]) -> None:
        self._came = sorted((one.since, one.until) for one in waits)
        self._began = [since for since, _until in self._came]
        self._ended = sorted(one.until for one in waits)
        late = [(promised, one.until) for one in waits if (promised := _promised(one)) < one.until]
        self._late = sorted(promised for promised, _until in late)
        self._late_ended = sorted(until for _promised, until in late)
        self._oldest = 0

    def line(self, at: datetime) -> Line:
        """The line at a moment that is not before the last one that was asked about."""
        waiting = bisect_right(self._began, at) - bisect_right(self._ended, at)
        if not waiting:
            return Line()
        while self._came[self._oldest][1] <= at:
            self._oldest += 1
        longest = (at - self._came[self._oldest][0]).total_seconds() / 60
        return Line(waiting, bisect_left(self._late, at) - bisect_right(self._late_ended, at), longest)


def _promised(one: Waited) -> datetime:
    return one.since + timedelta(minutes=one.target_minutes)


def loads(waits: Sequence[Waited], start: datetime, end: datetime) -> Iterator[tuple[datetime, Load]]:
    """The lines at each minute from ``start`` to ``end``. Nobody is looked at twice: thousands may wait on a day."""
    by_service: dict[UUID, list[Waited]] = defaultdict(list)
    for one in waits:
        if one.since < one.until:
            by_service[one.service].append(one)
    queues = {service: _Queue(found) for service, found in by_service.items()}
    at = start
    while at <= end:
        lines = {service: queue.line(at) for service, queue in queues.items()}
        yield at, Load({service: line for service, line in lines.items() if line.waiting})
        at += STEP


def would_fire(
    measure: str,
    services: Collection[UUID],
    limits: Limits,
    seen: Sequence[tuple[datetime, Load]],
    holds: Collection[datetime] | None = None,
) -> list[Fired]:
    """When the rule would have fired over a series of moments; ``holds``: those at which it applies (None: all)."""
    found: list[Fired] = []
    state = Watched()
    for at, load in seen:
        value = value_of(measure, load, services) or 0.0
        after = step(state, value, limits, at) if holds is None or at in holds else Watched()
        if after.is_on and not state.is_on:
            found.append(Fired(at, value, None))
        elif state.is_on and not after.is_on:
            found[-1] = Fired(found[-1].began, found[-1].value, at)
        state = after
    return found
