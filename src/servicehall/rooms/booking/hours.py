"""When a resource can be booked, as cells of a day. Pure rules over its hours: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from servicehall.kernel import clock

from . import cells
from .spans import joined

if TYPE_CHECKING:
    from servicehall.rooms.hall.opening import Schedule

PUBLIC, STAFF, WALK_IN = "public", "staff", "walk_in"
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
    """What is different on a date; without hours all of it."""

    kind: str
    opens: time | None = None
    closes: time | None = None
    audience: str = PUBLIC


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

    ``firsts``: where a span begins, from which the beginnings of appointments are counted.
    """

    public: int
    staff: int
    walk_in: int
    spans: tuple[tuple[int, int], ...]


def openness(table: Timetable, day: date) -> Openness:
    """When the resource is open on the day, and until the end of the next."""
    first, tomorrow = _own(table, day), _own(table, day + timedelta(days=1))
    shift = cells.count(day, table.zone)
    masks = dict.fromkeys((PUBLIC, STAFF, WALK_IN), 0)
    found: list[tuple[int, int]] = []
    for offset, spans in ((0, first), (shift, tomorrow)):
        for begin, end, audience in spans:
            mask = cells.span(begin + offset, end + offset)
            for other in masks:
                masks[other] &= ~mask
            masks[audience] |= mask
            found.append((begin + offset, end + offset))
    return Openness(masks[PUBLIC], masks[STAFF], masks[WALK_IN], tuple(joined(found)))


def _own(table: Timetable, day: date) -> list[tuple[int, int, str]]:
    """The spans that begin on the day, later ones over earlier ones."""
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
        spans = list(_within(spans, _of_hall(table, day)))
    for rule in rules:
        if rule.kind == EXTRA:
            spans.append(_span(table, day, rule.opens, rule.closes, rule.audience))
    for rule in rules:
        if rule.kind == CLOSED:
            begin, end, _audience = _span(table, day, rule.opens, rule.closes, "")
            spans = list(_without(spans, begin, end)) if rule.opens else []
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
