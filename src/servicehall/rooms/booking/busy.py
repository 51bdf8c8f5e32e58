"""Busy times of a calendar that somebody else wrote: entries with their repetitions, or busy times as they are.

Pure: no clock, no database, no network. What is wrong is named by a word, with the entry's UID, and nothing of it is
used: half a calendar would leave times open that are taken.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
from dateutil.rrule import rrule, rruleset, rrulestr
from icalendar.timezone import tzp

from servicehall.kernel import clock

from .spans import joined

MOST_ENTRIES = 20_000
MOST_TIMES = 5_000
"""Times of one repetition in the span that is looked at."""
OLDEST = 1970
"""Of a repetition's first time: each day since then has to be counted."""
MOST_COUNTED = 1_000_000
"""Days that are gone through for all repetitions of a calendar: some seconds."""
OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_OFTEN_A_DAY = 24
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
_SELDOM = 10
"""By months and years days are gone through so many times faster."""
_A_DAY = timedelta(days=1)
_CALENDAR = timedelta(days=146_097)

Span = tuple[datetime, datetime]
_reading = threading.Lock()


class FaultyCalendar(Exception):
    """It cannot be read; ``reason`` is one of: not-a-calendar, no-time, wrong-time, wrong-repetition, too-much."""

    def __init__(self, reason: str, entry: str = "") -> None:
        super().__init__(reason)
        self.reason, self.entry = reason, entry


@dataclass(slots=True)
class _Window:
    first: datetime
    last: datetime
    zone: str
    counted: int = 0

    def count(self, days: int, one: icalendar.Component) -> None:
        """Before days are gone through."""
        self.counted += days
        if self.counted > MOST_COUNTED:
            raise FaultyCalendar("too-much", _uid(one))


@dataclass(frozen=True, slots=True)
class _Repeated:
    """An entry that repeats: its first time and the span that is looked at, on the wall clock of its own zone."""

    entry: icalendar.Component
    wall: datetime
    first: datetime
    last: datetime
    zone: Any
    window: _Window

    def on_wall(self, given: date | datetime) -> datetime:
        if not isinstance(given, datetime):
            return datetime.combine(given, time(0))
        return _moment(given, self.window.zone, self.entry).astimezone(self.zone).replace(tzinfo=None)


def spans(text: bytes | str, first: datetime, last: datetime, zone: str) -> list[Span]:
    """The busy times from a moment to another, in UTC, joined where they touch.

    Args:
        zone: for dates and times that name no zone of their own.

    Raises:
        FaultyCalendar: it cannot be read.
    """
    calendars = _read(text)
    window, found = _Window(first, last, zone), []
    for calendar in calendars:
        found += list(_of_calendar(calendar, window))
        if len(found) > MOST_ENTRIES:
            raise FaultyCalendar("too-much")
    cut = [(max(begin, first), min(end, last)) for begin, end in found if end > first and begin < last]
    return list(joined(cut))


def _read(text: bytes | str) -> list[icalendar.Calendar]:
    try:
        with _reading:
            # The library keeps zones that calendars define under their names; another's may mean another one by it.
            tzp.use_default()
            calendars = icalendar.Calendar.from_ical(text, multiple=True)
    # A zone's name is looked for as a file: there are names that are none.
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OSError, OverflowError) as problem:
        raise FaultyCalendar("not-a-calendar") from problem
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise FaultyCalendar("not-a-calendar")
    return calendars


def _of_calendar(calendar: icalendar.Calendar, window: _Window) -> Iterator[Span]:
    for one in calendar.walk("VFREEBUSY"):
        yield from _free_busy(one)
    events = list(calendar.walk("VEVENT"))
    if len(events) > MOST_ENTRIES:
        raise FaultyCalendar("too-much")
    # What stands for one time of a repetition takes its place.
    instead: dict[str, set[datetime]] = {}
    for one in events:
        if "RECURRENCE-ID" in one:
            replaced = _moment(_value(one, "RECURRENCE-ID"), window.zone, one)
            instead.setdefault(str(one.get("UID", "")), set()).add(replaced)
    for one in events:
        left_out = set() if "RECURRENCE-ID" in one else instead.get(str(one.get("UID", "")), set())
        yield from _of_event(one, left_out, window)


def _free_busy(one: icalendar.Component) -> Iterator[Span]:
    given = one.get("FREEBUSY", [])
    for line in given if isinstance(given, list) else [given]:
        if str(line.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        for period in line if isinstance(line, list) else [line]:
            begin, end = period.start, period.end
            if not isinstance(begin, datetime) or begin.tzinfo is None or end <= begin:
                raise FaultyCalendar("wrong-time")
            yield begin.astimezone(UTC), end.astimezone(UTC)


def _of_event(one: icalendar.Component, left_out: set[datetime], window: _Window) -> Iterator[Span]:
    if str(one.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT":
        return
    if str(one.get("STATUS", "")).upper() == "CANCELLED":
        return
    start = _value(one, "DTSTART")
    begin = _moment(start, window.zone, one)
    length = _length(one, start, begin, window)
    if length <= timedelta():
        return
    try:
        for at in _times(one, start, begin, length, window):
            if at not in left_out:
                yield at, _end(at, length, start, window)
    except OverflowError as problem:
        raise FaultyCalendar("wrong-time", _uid(one)) from problem


def _value(one: icalendar.Component, name: str) -> date | datetime:
    try:
        found: Any = one.decoded(name, None)
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise FaultyCalendar("wrong-time", _uid(one)) from problem
    if found is None:
        raise FaultyCalendar("no-time", _uid(one))
    if not isinstance(found, date):
        raise FaultyCalendar("wrong-time", _uid(one))
    # A zone that nobody knows and the calendar does not define: it could be any hour.
    if isinstance(found, datetime) and found.tzinfo is None and "TZID" in one[name].params:
        raise FaultyCalendar("wrong-time", _uid(one))
    return found


def _moment(given: date | datetime, zone: str, one: icalendar.Component) -> datetime:
    try:
        if not isinstance(given, datetime):
            return clock.moment_of(given, time(0), zone)
        return (given if given.tzinfo else given.replace(tzinfo=clock.zone(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise FaultyCalendar("wrong-time", _uid(one)) from problem


def _length(one: icalendar.Component, start: date | datetime, begin: datetime, window: _Window) -> timedelta:
    is_whole_day = not isinstance(start, datetime)
    if "DTEND" in one:
        end = _value(one, "DTEND")
        if is_whole_day and not isinstance(end, datetime):
            return end - start
        return _moment(end, window.zone, one) - begin
    if "DURATION" in one:
        given = one.decoded("DURATION", None)
        if not isinstance(given, timedelta):
            raise FaultyCalendar("wrong-time", _uid(one))
        return given
    return _A_DAY if is_whole_day else timedelta()


def _end(at: datetime, length: timedelta, start: date | datetime, window: _Window) -> datetime:
    if isinstance(start, datetime):
        return at + length
    # Whole days end at midnight, also where one of them has 23 hours.
    last = clock.local(at, window.zone).date() + length
    return clock.moment_of(last, time(0), window.zone)


def _times(
    one: icalendar.Component, start: date | datetime, begin: datetime, length: timedelta, window: _Window
) -> Iterator[datetime]:
    """When the entry begins: once, or at the times of its repetition that reach into the window."""
    if not {"RRULE", "RDATE"} & set(one):
        yield begin
        return
    zone = start.tzinfo if isinstance(start, datetime) and start.tzinfo else clock.zone(window.zone)
    wall = begin.astimezone(zone).replace(tzinfo=None)
    if wall.year < OLDEST:
        raise FaultyCalendar("wrong-time", _uid(one))
    first = (window.first - length).astimezone(zone).replace(tzinfo=None)
    last = window.last.astimezone(zone).replace(tzinfo=None)
    try:
        rules = _rules(_Repeated(one, wall, first, last, zone, window))
        found = list(itertools.islice(rules.xafter(first, inc=True), MOST_TIMES + 1))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as problem:
        raise FaultyCalendar("wrong-repetition", _uid(one)) from problem
    if len(found) > MOST_TIMES:
        raise FaultyCalendar("too-much", _uid(one))
    for at in found:
        if at < last:
            yield at.replace(tzinfo=zone).astimezone(UTC)


def _rules(of: _Repeated) -> rruleset:
    """The repetition on the wall clock of its own zone: ten o'clock stays ten o'clock when the clock is moved."""
    made = rruleset()
    made.rdate(of.wall)
    for given in _listed(of.entry.get("RRULE")):
        for at in _of_rule(dict(given), of):
            made.rdate(at)
    for name, add in (("RDATE", made.rdate), ("EXDATE", made.exdate)):
        for given in _listed(of.entry.get(name)):
            for stamp in given.dts:
                value = stamp.dt[0] if isinstance(stamp.dt, tuple) else stamp.dt
                add(of.on_wall(value))
    return made


def _of_rule(given: dict[str, Any], of: _Repeated) -> list[datetime]:
    """The times of one rule up to the end of the span, and perhaps some of those before it."""
    freq, count = str(given.get("FREQ", [""])[0]).upper(), given.pop("COUNT", None)
    until, interval = given.pop("UNTIL", None), int(given.get("INTERVAL", [1])[0])
    a_day = math.prod(len(given.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if freq in OFTEN or a_day >= _OFTEN_A_DAY:
        raise FaultyCalendar("too-much", _uid(of.entry))
    if interval < 1 or freq not in _DAYS or "BYEASTER" in given:
        raise FaultyCalendar("wrong-repetition", _uid(of.entry))
    # Without an end it would be looked for until the year 9999.
    end = min(of.last, of.on_wall(until[0])) if until else of.last
    start, speed = of.wall, 1 if freq in {"DAILY", "WEEKLY"} else _SELDOM
    if not count and speed == 1:
        # Whole turns lie between, so that it goes on as if each had been counted.
        turn = timedelta(days=_DAYS[freq] * interval)
        start += max((of.first - of.wall) // turn - 1, 0) * turn
    if end < start:
        return []
    of.window.count((end - start).days * a_day // speed + 1, of.entry)
    # A rule that never comes true is looked for until 9999 all the same: so it is asked late in the calendar, which
    # comes again every 400 years, weekdays and all.
    turns = (MAXYEAR - end.year) // 400
    later = turns * _CALENDAR
    whole: Any = icalendar.vRecur(given)
    rule: rrule = rrulestr(whole.to_ical().decode(), dtstart=start + later)
    times = itertools.islice(rule.replace(until=end + later), int(count[0]) if count else None)
    found = [at - later for at in times]
    if not found:
        of.window.count((MAXYEAR - end.year - turns * 400) * 366 * a_day // speed, of.entry)
    return found


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def _uid(one: icalendar.Component) -> str:
    return "".join(sign for sign in str(one.get("UID", ""))[:200] if sign.isprintable())
