"""Protected fields: sealing and opening, finding one customer of a million by phone, a list of fifty."""

from __future__ import annotations

from dataclasses import dataclass

from .running_hall import hall

CUSTOMERS = 1_000_000


@dataclass(frozen=True)
class Figure:
    """One run; microseconds a field by suite, milliseconds for the rest."""

    database: str
    customers: int
    fields: dict[str, dict[str, float]]
    p50: float
    p99: float
    list_cold: float
    list_warm: float


def measure(database: str, *, customers: int = CUSTOMERS) -> Figure:
    """In a process of its own, on a database of its own."""
    with hall(database, counters=1, start=False) as running:
        return Figure(database, **running.python("bench.protected_customers", str(customers)))
