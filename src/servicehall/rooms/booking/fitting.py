"""Where an appointment fits: beginnings from what is open and what is taken. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from . import cells
from .hours import Openness


@dataclass(frozen=True, slots=True)
class Shape:
    """What an appointment takes, in cells; ``places``: how many of one resource."""

    before: int
    length: int
    after: int
    step: int
    places: int = 1

    @property
    def whole(self) -> int:
        return self.before + self.length + self.after


@dataclass(frozen=True, slots=True)
class Day:
    """A resource on a day: when it is open, and what is taken of each of its places (this day and the next)."""

    resource: UUID
    open: Openness
    taken: tuple[int, ...]
    count: int
    """Cells of the day itself: only there does something begin."""
    extra: bool = False
    """Whether the last place is one more than there are (planned overbooking)."""


def beginnings_of_place(day: Day, shape: Shape, taken: int, *, by_staff: bool) -> int:
    """The cells at which the appointment can begin at a place."""
    opened = day.open.public | (day.open.staff if by_staff else 0)
    # A day before is not looked at: what is kept free before midnight is left out.
    free = ((1 << (2 * day.count + 24)) - 1) & ~taken
    fits = cells.runs(free, shape.whole) << shape.before
    if shape.before:
        fits |= cells.runs(free, shape.length + shape.after) & cells.span(0, shape.before)
    return (
        fits & cells.runs(opened, shape.length) & _grid(day.open.spans, shape.step) & cells.span(0, day.count)
    )


@lru_cache(maxsize=4096)
def _grid(spans: tuple[tuple[int, int], ...], step: int) -> int:
    """Each beginning, counted from where a span begins; the same for most days and resources."""
    found = 0
    for begin, end in spans:
        # Hours that began the day before count from there, too.
        found |= cells.every(begin if begin >= 0 else begin % step, end, step)
    return found


def beginnings(day: Day, shape: Shape, *, by_staff: bool) -> int:
    """The cells at which the appointment can begin at this resource."""
    each = (beginnings_of_place(day, shape, taken, by_staff=by_staff) for taken in day.taken)
    return cells.at_least(each, shape.places)


def beginnings_of_all(needs: Sequence[Iterable[Day]], shape: Shape, *, by_staff: bool) -> int:
    """The cells at which each need has a resource."""
    found = -1
    for days in needs:
        one = 0
        for day in days:
            one |= beginnings(day, shape, by_staff=by_staff)
        found &= one
        if not found:
            return 0
    return max(found, 0)


def chosen(
    needs: Sequence[Sequence[Day]], shape: Shape, cell: int, *, by_staff: bool
) -> list[tuple[UUID, tuple[int, ...]]] | None:
    """For each need a resource, and which of its places, for an appointment that begins at the cell; None: there is none.

    The least busy one that is not taken by another need; those with equal work in their order. Whoever has a regular
    place comes before whoever has only the extra one.
    """
    found: list[tuple[UUID, tuple[int, ...]]] = []
    for days in needs:
        used = {resource for resource, _places in found}
        fits = []
        for n, day in enumerate(days):
            places = [
                place
                for place, taken in enumerate(day.taken)
                if beginnings_of_place(day, shape, taken, by_staff=by_staff) >> cell & 1
            ]
            if day.resource not in used and len(places) >= shape.places:
                work = sum((taken & cells.span(0, day.count)).bit_count() for taken in day.taken)
                some = tuple(places[: shape.places])
                over = day.extra and some[-1] == len(day.taken) - 1
                fits.append((over, work / len(day.taken), n, day.resource, some))
        if not fits:
            return None
        best = min(fits)
        found.append((best[3], best[4]))
    return found
