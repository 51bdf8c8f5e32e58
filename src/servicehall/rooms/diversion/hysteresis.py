"""When a rule fires and when it is over: pure rules over moments and values. No clock, no database.

A measure has to stay at or beyond the threshold for a while before the rule fires, and at or on the calm side of
the lower one for a while before it is over. Between the two nothing happens: that is what keeps it from flapping.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

GAP = timedelta(minutes=2)
"""Nobody looked for longer than this: what was beyond or calm before says nothing about now."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on it is too much, from when on it is over, and how long each has to last."""

    threshold: float
    over_at: float
    hold: timedelta
    calm: timedelta
    less_is_worse: bool = False

    def is_beyond(self, value: float) -> bool:
        """At the threshold or beyond it."""
        return value <= self.threshold if self.less_is_worse else value >= self.threshold

    def is_calm(self, value: float) -> bool:
        """At the lower threshold or on its calm side."""
        return value >= self.over_at if self.less_is_worse else value <= self.over_at


@dataclass(frozen=True, slots=True)
class Watched:
    """How far a rule's measure has come. ``is_on``: it has fired and is not over."""

    is_on: bool = False
    beyond_since: datetime | None = None
    calm_since: datetime | None = None
    seen_at: datetime | None = None


ALL_WEEK = 0b111_1111
"""Weekdays as bits, the lowest is Monday: all of them."""


def day_of(local: datetime, from_time: time | None, to_time: time | None) -> date:
    """The date to which a moment of the wall clock belongs: hours that go past midnight belong to where they began."""
    is_past_midnight = (
        from_time is not None and to_time is not None and to_time < from_time and local.time() < to_time
    )
    return local.date() - timedelta(days=is_past_midnight)


def falls_on(day: date, weekdays: int) -> bool:
    """Whether a date is one of these weekdays (bits, the lowest is Monday)."""
    return bool(weekdays >> day.weekday() & 1)


def applies(local: time, from_time: time | None, to_time: time | None) -> bool:
    """Whether the rule holds at that time of the wall clock; ``to_time`` before ``from_time`` is past midnight."""
    if from_time is None or to_time is None:
        return True
    if from_time <= to_time:
        return from_time <= local < to_time
    return local >= from_time or local < to_time


def step(before: Watched, value: float | None, limits: Limits, at: datetime) -> Watched:
    """The next state after a look at ``at``; a value that is not known changes nothing."""
    if value is None:
        return before
    stale = before.seen_at is not None and at - before.seen_at > GAP
    act = _on if before.is_on else _off
    return act(before, value, limits, at, stale=stale)


def _off(before: Watched, value: float, limits: Limits, at: datetime, *, stale: bool) -> Watched:
    if not limits.is_beyond(value):
        return Watched()
    since = at if stale or before.beyond_since is None else before.beyond_since
    if at - since >= limits.hold:
        return Watched(is_on=True)
    return Watched(beyond_since=since, seen_at=at)


def _on(before: Watched, value: float, limits: Limits, at: datetime, *, stale: bool) -> Watched:
    if not limits.is_calm(value):
        return Watched(is_on=True)
    since = at if stale or before.calm_since is None else before.calm_since
    if at - since >= limits.calm:
        return Watched()
    return replace(before, calm_since=since, beyond_since=None, seen_at=at)
