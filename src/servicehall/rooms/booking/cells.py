"""A day in cells of five minutes, as the bits of a number: which are open, taken, free. Pure: no clock, no database.

Bit k is the k-th five minutes since the day's local midnight, counted as time goes by: a day on which the clock is
moved has 276 or 300 cells, and an hour that comes twice is two different hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from servicehall.kernel import clock

CELL = timedelta(minutes=5)
MINUTES = 5


def begins(day: date, zone: str) -> datetime:
    """The day's first moment, UTC."""
    return clock.moment_of(day, time(0), zone)


def count(day: date, zone: str) -> int:
    """How many cells the day has."""
    return (begins(day + timedelta(days=1), zone) - begins(day, zone)) // CELL


def cell_of(moment: datetime, day: date, zone: str) -> int:
    """The cell that the moment falls in; below 0 or beyond the count when it is on another day."""
    return (moment - begins(day, zone)) // CELL


def moment_of(cell: int, day: date, zone: str) -> datetime:
    """When the cell begins, UTC."""
    return begins(day, zone) + cell * CELL


def span(first: int, end: int) -> int:
    """The cells from ``first`` up to ``end``, which is not among them."""
    return ((1 << (end - first)) - 1) << first if end > first >= 0 else 0


def runs(cells: int, length: int) -> int:
    """The cells at which ``length`` cells in a row begin that are all set."""
    have = 1
    while have < length and cells:
        more = min(have, length - have)
        cells &= cells >> more
        have += more
    return cells


def at_least(masks: Iterable[int], wanted: int) -> int:
    """The cells that are set in so many of the masks, or in more."""
    if wanted == 1:
        found = 0
        for mask in masks:
            found |= mask
        return found
    # Bit k of each cell's count is in planes[k]: a course of five hundred places is added up in some thousand steps.
    planes: list[int] = []
    for mask in masks:
        k = 0
        while mask:
            if k == len(planes):
                planes.append(0)
            planes[k], mask = planes[k] ^ mask, planes[k] & mask  # noqa: PLW2901 - what is carried over
            k += 1
    more, equal = 0, -1
    for k in reversed(range(max(len(planes), wanted.bit_length()))):
        plane = planes[k] if k < len(planes) else 0
        if wanted >> k & 1:
            equal &= plane
        else:
            more, equal = more | equal & plane, equal & ~plane
    return more | equal


def each(cells: int) -> Iterator[int]:
    """The cells that are set, in order."""
    while cells:
        lowest = cells & -cells
        yield lowest.bit_length() - 1
        cells ^= lowest


def every(first: int, end: int, step: int) -> int:
    """Each ``step``-th cell from ``first`` up to ``end``."""
    found = 0
    for cell in range(first, end, step):
        found |= 1 << cell
    return found
