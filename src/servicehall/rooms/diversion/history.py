"""What a past day's lines looked like at each minute, and when a rule would have fired. Pure.

A ticket counts as waiting from when it was taken until it had waited all that it waited in all its stages: for
services of one stage that is exact, for others the parts are pushed together.
"""

from __future__ import annotations

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


def load_at(waits: Sequence[Waited], at: datetime) -> Load:
    """The lines at that moment."""
    lines: dict[UUID, Line] = {}
    for one in waits:
        if not one.since <= at < one.until:
            continue
        before, waited = lines.get(one.service, Line()), (at - one.since).total_seconds() / 60
        lines[one.service] = Line(
            before.waiting + 1,
            before.over_target + (waited > one.target_minutes),
            max(before.longest_minutes, waited),
        )
    return Load(lines)


def loads(waits: Sequence[Waited], start: datetime, end: datetime) -> Iterator[tuple[datetime, Load]]:
    """The lines at each minute from ``start`` to ``end``; only those who may wait then are looked at."""
    rest, index, present = sorted(waits, key=lambda one: one.since), 0, []
    at = start
    while at <= end:
        while index < len(rest) and rest[index].since <= at:
            present.append(rest[index])
            index += 1
        present = [one for one in present if one.until > at]
        yield at, load_at(present, at)
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
