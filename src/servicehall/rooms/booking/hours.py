"""When a resource can be booked, as cells of a day. Pure rules over its hours: no clock, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from servicehall.kernel import clock

from . import cells
from .spans import joined

if TYPE_CHECKING:
    from servicehall.rooms.hall.opening import Schedule

SpansOf = Callable[["Timetable", date], Iterable[tuple[int, int, str]]]
PUBLIC, STAFF, WALK_IN = "public", "staff", "walk_in"
_SHORTEST = 276
"""Cells of a day on which the clock is put forward."""
CLOSED, INSTEAD, EXTRA = "closed", "instead", "extra"


@dataclass(frozen=True, slots=True)
class Hours:
    """A span on the wall clock; ``closes`` at or before ``opens`` is on the next day."""

    opens: time
    closes: time
    audience: str = PUBLIC
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return not ((self.valid_from and day < self.valid_from) or (self.valid_to and day > self.valid_to))


@dataclass(frozen=True, slots=True)
class OnDate:
    """What is different on a date; without hours all of it.

    ``is_busy``: of a calendar elsewhere, which knows no shifts: all day is from midnight to midnight. A day that the
    hall closes is that of the hours that begin on it.
    """

    kind: str
    opens: time | None = None
    closes: time | None = None
    audience: str = PUBLIC
    is_busy: bool = False


@dataclass(frozen=True, slots=True)
class Timetable:
    """The hours of a resource: by weekday (0 is Monday), and of dates. No weekday at all: those of its hall."""

    resource: UUID
    zone: str
    weekdays: dict[int, tuple[Hours, ...]] = field(default_factory=dict)
    dates: dict[date, tuple[OnDate, ...]] = field(default_factory=dict)
    hall: Schedule | None = None
    """The hall's hours, where the resource keeps to them."""


@dataclass(frozen=True, slots=True)
class Openness:
    """Cells of a day and of the following one (they come after the day's own), by who may book them.

    ``spans``: beginnings of appointments are counted from where one begins; below 0 when that was the day before.
    """

    public: int
    staff: int
    walk_in: int
    spans: tuple[tuple[int, int], ...]


def openness(table: Timetable, day: date) -> Openness:
    """When the resource is open on the day, and until the end of the next."""
    masks = dict.fromkeys((PUBLIC, STAFF, WALK_IN), 0)
    found: list[tuple[int, int]] = []
    closed = list(_closed_around(table, day))
    for away in (-1, 0, 1) if _crosses_midnight(table, day - timedelta(days=1)) else (0, 1):
        for begin, end, audience in _cut(_shifted(table, day, away, _own), closed):
            if end <= 0:
                continue
            mask = cells.span(max(begin, 0), end)
            for other in masks:
                masks[other] &= ~mask
            masks[audience] |= mask
            found.append((begin, end))
    return Openness(masks[PUBLIC], masks[STAFF], masks[WALK_IN], tuple(joined(found)))


def _crosses_midnight(table: Timetable, day: date) -> bool:
    """Whether any hours that begin on the day may reach into the next: most do not, and need not be counted for it."""
    rules = [(one.opens, one.closes) for one in table.dates.get(day, ())]
    rules += [(one.opens, one.closes) for one in table.weekdays.get(day.weekday(), ())]
    return _hall_crosses(table, day) or any(
        opens is not None and closes is not None and time(0) < closes <= opens for opens, closes in rules
    )


def _hall_crosses(table: Timetable, day: date) -> bool:
    return table.hall is not None and any(time(0) < one.closes <= one.opens for one in table.hall.spans(day))


def _shifted(table: Timetable, day: date, away: int, spans_of: SpansOf) -> Iterator[tuple[int, int, str]]:
    """The spans of a day so many days away, counted from the day's own first cell."""
    offset = _offset(table, day, away)
    for begin, end, audience in spans_of(table, day + timedelta(days=away)):
        yield (begin + offset, end + offset, audience)


def _offset(table: Timetable, day: date, away: int) -> int:
    """From the day's first cell to that of a day so many days away."""
    if not away:
        return 0
    return (
        cells.begins(day + timedelta(days=away), table.zone) - cells.begins(day, table.zone)
    ) // cells.CELL


def _closed_around(table: Timetable, day: date) -> Iterator[tuple[int, int, str]]:
    """What is closed on the wall clock, by whatever day's hours it lies in."""
    for away in range(-2, 3):
        if day + timedelta(days=away) in table.dates:
            yield from _shifted(table, day, away, _closed)


def _closed(table: Timetable, day: date) -> Iterator[tuple[int, int, str]]:
    for rule in table.dates.get(day, ()):
        if rule.kind == CLOSED and rule.opens:
            yield _span(table, day, rule.opens, rule.closes, "")
        elif rule.kind == CLOSED and rule.is_busy:
            yield (0, cells.count(day, table.zone), "")


def _cut(
    spans: Iterable[tuple[int, int, str]], closed: list[tuple[int, int, str]]
) -> Iterable[tuple[int, int, str]]:
    for begin, end, _audience in closed:
        spans = list(_without(spans, begin, end))
    return spans


def _own(table: Timetable, day: date) -> list[tuple[int, int, str]]:
    """The spans that begin on the day, later ones over earlier ones; closed hours are not taken out yet."""
    rules = table.dates.get(day, ())
    instead = [rule for rule in rules if rule.kind == INSTEAD]
    if instead:
        spans = [_span(table, day, rule.opens, rule.closes, rule.audience) for rule in instead]
    elif table.weekdays:
        hours = [one for one in table.weekdays.get(day.weekday(), ()) if one.holds_on(day)]
        spans = [_span(table, day, one.opens, one.closes, one.audience) for one in hours]
    else:
        spans = [(begin, end, PUBLIC) for begin, end in _of_hall(table, day)]
    if table.hall is not None and (table.weekdays or instead):
        spans = list(_within(spans, _around_hall(table, day, max((end for _b, end, _a in spans), default=0))))
    for rule in rules:
        if rule.kind == EXTRA:
            spans.append(_span(table, day, rule.opens, rule.closes, rule.audience))
    if any(rule.kind == CLOSED and not rule.opens and not rule.is_busy for rule in rules):
        return []
    return [one for one in spans if one[1] > one[0]]


def _span(
    table: Timetable, day: date, opens: time | None, closes: time | None, audience: str
) -> tuple[int, int, str]:
    if opens is None or closes is None:
        return (0, 0, audience)
    last = day + timedelta(days=1) if closes <= opens else day
    begin = cells.cell_of(
        _on_wall(day, opens, table.zone) + cells.CELL - timedelta(microseconds=1), day, table.zone
    )
    return (begin, cells.cell_of(_on_wall(last, closes, table.zone), day, table.zone), audience)


def _on_wall(day: date, wall: time, zone: str) -> datetime:
    return clock.moment_of(day, wall, zone)


def _of_hall(table: Timetable, day: date) -> list[tuple[int, int]]:
    if table.hall is None:
        return [(0, cells.count(day, table.zone))]
    periods = table.hall.periods(day)
    return [
        (cells.cell_of(opens, day, table.zone), cells.cell_of(closes, day, table.zone))
        for opens, closes in periods
    ]


def _around_hall(table: Timetable, day: date, last: int) -> list[tuple[int, int]]:
    """When the hall is open up to the cell, whatever day that begins on: hours past midnight go on where the hall's do."""
    found = list(_of_hall(table, day))
    beside = [-1] if _hall_crosses(table, day - timedelta(days=1)) else []
    if not beside and last <= _SHORTEST:
        return found
    for away in [*beside, 1] if last > cells.count(day, table.zone) else beside:
        offset = _offset(table, day, away)
        found += [(b + offset, e + offset) for b, e in _of_hall(table, day + timedelta(days=away))]
    return list(joined(found))


def _within(
    spans: Iterable[tuple[int, int, str]], limits: list[tuple[int, int]]
) -> Iterable[tuple[int, int, str]]:
    for begin, end, audience in spans:
        for opens, closes in limits:
            if min(end, closes) > max(begin, opens):
                yield (max(begin, opens), min(end, closes), audience)


def _without(spans: Iterable[tuple[int, int, str]], first: int, last: int) -> Iterable[tuple[int, int, str]]:
    for begin, end, audience in spans:
        yield from ((b, e, audience) for b, e in ((begin, min(end, first)), (max(begin, last), end)) if e > b)
