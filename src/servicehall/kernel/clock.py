"""The one clock. Time is UTC inside; a business day belongs to a site's zone and closing hour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

YEARS = range(1970, 2200)
"""Those that dates and moments may lie in. The ends of the calendar have no name in other zones."""
_set: ContextVar[datetime | None] = ContextVar("servicehall_clock", default=None)


def now() -> datetime:
    """The moment, aware, in UTC; a virtual one inside :func:`at`."""
    return _set.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at ``moment`` (aware) in this context: for replays, simulation and tests."""
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)


def is_virtual() -> bool:
    """Whether the clock is being held."""
    return _set.get() is not None


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name."""
    return ZoneInfo(name)


def local(moment: datetime, zone_name: str) -> datetime:
    """``moment`` on the wall clock of the zone."""
    return moment.astimezone(zone(zone_name))


def business_day(moment: datetime, zone_name: str, day_ends: time = time(0)) -> date:
    """The business day that ``moment`` falls in.

    ``day_ends`` is the wall-clock hour at which a day is closed (04:00 for a hall that
    serves past midnight); a day on which the clock is moved is one hour longer or shorter.
    It begins once, at its :func:`moment_of`, even where that hour comes twice or not at all.
    """
    wall = local(moment, zone_name)
    day = wall.date() - timedelta(days=1) if wall.time() < day_ends else wall.date()
    if moment < moment_of(day, day_ends, zone_name):
        return day - timedelta(days=1)
    after = day + timedelta(days=1)
    return after if moment >= moment_of(after, day_ends, zone_name) else day


def moment_of(day: date, wall: time, zone_name: str) -> datetime:
    """The UTC moment of a wall-clock time on a day.

    A time that does not exist (the clock was moved forward over it) becomes the same
    distance after the gap; one that exists twice is the first of the two (PEP 495).
    """
    return datetime.combine(day, wall, zone(zone_name)).astimezone(UTC)


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00Z."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_micros(value: int) -> datetime:
    """The inverse of :func:`micros`."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
