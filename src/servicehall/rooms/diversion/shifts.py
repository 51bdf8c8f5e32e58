"""Who is planned where and when, and whether two of them get in each other's way. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import combinations
from uuid import UUID

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody (nobody named: one more) at a counter (its label; empty: any) on some days, at times of the wall clock."""

    staff: UUID | None
    label: str
    first: date
    last: date
    from_time: time
    to_time: time

    def is_on(self, day: date) -> bool:
        """Whether it begins on that day."""
        return self.first <= day <= self.last

    @property
    def span(self) -> tuple[int, int]:
        """Minutes from the beginning of its day; what ends at or before its beginning ends on the next day."""
        begins, ends = _minutes(self.from_time), _minutes(self.to_time)
        return begins, ends if ends > begins else ends + DAY


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def meet(one: Turn, other: Turn) -> bool:
    """Whether there is a moment in both."""
    for days in (-1, 0, 1):
        first, last = other.first + timedelta(days=days), other.last + timedelta(days=days)
        begins, ends = (minute + days * DAY for minute in other.span)
        if one.first <= last and first <= one.last and one.span[0] < ends and begins < one.span[1]:
            return True
    return False


def clashes(turns: list[Turn]) -> Iterator[tuple[Turn, Turn]]:
    """Pairs of which one person would be at two places, or two people at one counter."""
    for one, other in combinations(turns, 2):
        is_same_person = one.staff is not None and one.staff == other.staff
        is_same_place = bool(one.label) and one.label == other.label
        if (is_same_person or is_same_place) and meet(one, other):
            yield one, other
