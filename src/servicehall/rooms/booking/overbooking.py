"""Planned overbooking: how many more than fit are booked, and what is risked by it. Pure: no clock, no database.

Somebody does not come; the rate p of those is measured. Of n bookings of a day at a resource n·p are expected to stay
away, and the setting says which percentage of them is booked once more. Whether more come than fit is then a matter of
chance: with independent customers the number who come of n is binomial, B(n, 1 - p) (Feller, An Introduction to
Probability Theory and Its Applications I, VI.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, floor

LEAST_ENDED = 50
"""With fewer ended appointments nothing is known about those who stay away, and nothing is overbooked."""
WEEKS = 8
"""So far back the rate is measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Appointments of an offer that have ended, and how many of them nobody came to."""

    ended: int
    lost: int

    @property
    def rate(self) -> float:
        """The share of those who did not come, 0 to 1; 0 while too few have ended."""
        return self.lost / self.ended if self.ended >= LEAST_ENDED else 0.0


def allowed(booked: int, rate: float, percent: int) -> int:
    """How many more than fit may be booked on a day at a resource that has ``booked`` regular bookings."""
    # A hair more, because 10 * 0.3 is a little less than 3.
    return floor(booked * rate * percent / 100 + 1e-9)


def risk(fits: int, booked: int, rate: float) -> float:
    """The probability that more than ``fits`` of ``booked`` customers come: the upper tail of B(booked, 1 - rate)."""
    come = 1 - rate
    return sum(comb(booked, k) * come**k * rate ** (booked - k) for k in range(fits + 1, booked + 1))


def hours_of(mask: int) -> int:
    """The cells of the whole hours (since midnight) that the cells touch: an hour has one extra place, not two."""
    found, hour, at = 0, (1 << 12) - 1, 0
    while mask >> at:
        if mask >> at & hour:
            found |= hour << at
        at += 12
    return found
