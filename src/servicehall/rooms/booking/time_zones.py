"""VTIMEZONE (RFC 5545, 3.6.5) of a zone: its changes of the clock within some years, from the system's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import icalendar

from servicehall.kernel import clock

_DAY = timedelta(days=1)


def component(zone: str, first: datetime, last: datetime) -> icalendar.Timezone:
    """The zone from a moment to another; what held at the first moment stands at its beginning.

    An onset is on the wall clock before it (TZOFFSETFROM), as the standard says and some libraries do not.
    """
    made = icalendar.Timezone()
    made.add("tzid", zone)
    start = datetime(first.year, 1, 1, tzinfo=UTC)
    made.add_component(_span(zone, start, _offset(zone, start)))
    for moment, before in _changes(zone, start, last + _DAY):
        made.add_component(_span(zone, moment, before))
    return made


def _span(zone: str, moment: datetime, before: timedelta) -> icalendar.Component:
    wall = clock.local(moment, zone)
    is_summer = bool(wall.dst())
    made = icalendar.TimezoneDaylight() if is_summer else icalendar.TimezoneStandard()
    made.add("dtstart", (moment + before).replace(tzinfo=None))
    made.add("tzoffsetfrom", before)
    made.add("tzoffsetto", _offset(zone, moment))
    made.add("tzname", wall.tzname() or zone)
    return made


def _changes(zone: str, first: datetime, last: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """Each change's moment, to the minute, and the offset before it."""
    at, offset = first, _offset(zone, first)
    while at < last:
        after = at + _DAY
        if _offset(zone, after) != offset:
            low, high = at, after
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                middle = middle.replace(second=0, microsecond=0)
                if middle <= low:
                    middle = low + timedelta(minutes=1)
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            yield high, offset
            offset = _offset(zone, high)
        at = after


def _offset(zone: str, moment: datetime) -> timedelta:
    return clock.local(moment, zone).utcoffset() or timedelta()
