"""Bookings that new hours leave without a place, and the nearest free time for each. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from . import cells, fitting
from .fitting import Day, Shape
from .hours import Openness

DAYS_AROUND = 14
"""So far from its date a booking is moved."""

Places = tuple[tuple[UUID, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A free time, and the places of the resources there."""

    starts_at: datetime
    places: Places


def fits_in(opened: Openness, cell: int, length: int) -> bool:
    """Whether the resource is open to customers or staff for all these cells."""
    wanted = cells.span(cell, cell + length)
    return (opened.public | opened.staff) & wanted == wanted


def around(day: date, first: date, last: date) -> Iterable[date]:
    """The dates around a day, the closest first, those after it before those as far in front of it."""
    for away in range(DAYS_AROUND + 1):
        for one in dict.fromkeys((day + timedelta(days=away), day - timedelta(days=away))):
            if first <= one <= last:
                yield one


def nearest(
    days: Iterable[date],
    needs_on: Callable[[date], Sequence[Sequence[Day]]],
    shape: Shape,
    *,
    wanted: datetime,
    at: datetime,
    notice: timedelta,
    zone: str,
) -> Proposal | None:
    """The free time that is closest to the wanted one, in hours for everybody; ``days``: the closest first.

    Args:
        at: now; nothing before it.
        notice: whoever should come earlier than they meant to gets so much of it, as whoever books.
    """
    soonest = max(at, min(wanted, at + notice))
    best: tuple[timedelta, datetime, Places] | None = None
    for day in days:
        midnight = cells.begins(day, zone)
        end = midnight + cells.count(day, zone) * cells.CELL
        least = max(midnight - wanted, wanted - end, timedelta())
        if best is not None and least >= best[0]:
            continue
        needs = needs_on(day)
        free = fitting.beginnings_of_all(needs, shape, by_staff=False) if needs else 0
        starts = [(midnight + c * cells.CELL, c) for c in cells.each(free)]
        for moment, cell in sorted((m, c) for m, c in starts if m >= soonest):
            away = abs(moment - wanted)
            if best is None or away < best[0]:
                found = fitting.chosen(needs, shape, cell, by_staff=False)
                if found is not None:
                    best = (away, moment, tuple(found))
    return Proposal(best[1], best[2]) if best else None
