"""Where everything stands on the calendar's sheet: columns, hours, cards beside one another. Minutes since midnight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.languages import say
from servicehall.rooms.booking import queries as booking

DAY = 24 * 60
USUAL = (8 * 60, 18 * 60)
LEAST_HEIGHT = 22
"""Pixels that a card needs for one line."""
SCALES = (1.0, 4.4)
"""Pixels a minute, at least and at most."""
TONES = {
    "booked": "info",
    "arrived": "good",
    "done": "neutral",
    "lost": "bad",
    "cancelled": "neutral",
}
ICONS = {"booked": "calendar", "arrived": "user-check", "done": "check", "lost": "user-x", "cancelled": "x"}


@dataclass
class Card:
    """An appointment in a column."""

    row: Any
    top: int
    height: int
    before: int
    after: int
    column: int = 0
    lane: int = 0
    lanes: int = 1

    @property
    def tone(self) -> str:
        return TONES.get(self.row.state, "neutral")

    @property
    def icon(self) -> str:
        return ICONS.get(self.row.state, "calendar")

    @property
    def movable(self) -> bool:
        return bool(self.row.state == "booked")


@dataclass
class Strip:
    """A resource on a date, with its hours and cards."""

    resource: Any
    day: date
    spans: Sequence[Any]
    title: str
    is_today: bool
    cards: list[Card] = field(default_factory=list)

    @property
    def opens(self) -> str:
        """Where its spans begin, for whoever drops a card: appointments begin every so often from there."""
        return ",".join(str(span.begins) for span in self.spans)


@dataclass
class Sheet:
    """The whole drawing."""

    strips: list[Strip]
    first: int
    last: int
    scale: float
    now: int | None

    @property
    def hours(self) -> range:
        return range(self.first // 60, self.last // 60)

    @property
    def height(self) -> int:
        return round((self.last - self.first) * self.scale)


def minute_of(moment: datetime, day: date, zone: str) -> int:
    """Minutes since the day's midnight as time goes by."""
    return int((moment - clock.moment_of(day, time(0), zone)).total_seconds() // 60)


def sheet(
    columns: Iterable[booking.Column], rows: Iterable[Any], *, zone: str, today: date, now: datetime
) -> Sheet:
    """The drawing of these columns with these appointments (assignments and offers read with them)."""
    strips = [
        Strip(one.resource, one.day, one.spans, say(one.resource.names), one.day == today) for one in columns
    ]
    by_key: dict[tuple[UUID, date], Strip] = {(one.resource.pk, one.day): one for one in strips}
    shortest = 60
    for row in rows:
        for resource in {one.resource_id for one in row.assignments.all()}:
            strip = by_key.get((resource, row.day))
            if strip is None:
                continue
            top = minute_of(row.starts_at, row.day, zone)
            height = int((row.ends_at - row.starts_at).total_seconds() // 60)
            shortest = min(shortest, height)
            strip.cards.append(Card(row, top, height, row.offer.before, row.offer.after))
    for n, strip in enumerate(strips):
        _lay(strip.cards)
        for card in strip.cards:
            card.column = n
    edges = [(s.begins, s.ends) for one in strips for s in one.spans]
    edges += [(c.top - c.before, c.top + c.height + c.after) for one in strips for c in one.cards]
    first = min((begin for begin, _end in edges), default=USUAL[0])
    last = max((end for _begin, end in edges), default=USUAL[1])
    first, last = max(first // 60 * 60, 0), min(-(-last // 60) * 60, DAY + 12 * 60)
    scale = min(max(LEAST_HEIGHT / max(shortest, 5), SCALES[0]), SCALES[1])
    here = minute_of(now, today, zone)
    return Sheet(strips, first, last, scale, here if first <= here <= last else None)


def _lay(cards: list[Card]) -> None:
    """Cards that overlap stand beside one another (greedily, in the order of their beginnings)."""
    cards.sort(key=lambda card: (card.top, -card.height))
    group: list[Card] = []
    ends: list[int] = []
    for card in cards:
        if group and card.top >= max(ends):
            _close(group, len(ends))
            group, ends = [], []
        free = next((n for n, end in enumerate(ends) if end <= card.top), len(ends))
        ends[free : free + 1] = [card.top + card.height]
        card.lane = free
        group.append(card)
    _close(group, len(ends))


def _close(group: list[Card], lanes: int) -> None:
    for card in group:
        card.lanes = max(lanes, 1)
