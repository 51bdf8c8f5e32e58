"""Booking: one gets the last place, how fast free times are found, how many book a second."""

from __future__ import annotations

from dataclasses import dataclass

from .running_hall import hall


@dataclass(frozen=True)
class Figure:
    """One run."""

    database: str
    rounds: int
    once: int
    look_p50: float
    look_p99: float
    look_processor: float
    bookings: int
    refused: int
    rate: float
    booking_processor: float
    """Milliseconds of processor time a booking."""


def measure(database: str) -> Figure:
    """A hall of its own, measured in one process beside no other."""
    with hall(database, counters=1, start=False) as running:
        found = running.python("bench.booking_hall", running.site)
    found.pop("places")
    return Figure(database, **found)
