"""What rules measure, from a picture of the hall. Pure: no clock, no database.

Units: waits in minutes, shares in per cent of those who wait, the others in people, counters and kiosks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Line:
    """One service's line: who waits, how many longer than promised, the longest wait, the expected wait's high end.

    ``expected`` is None where nothing can be said: no counter is open for it.
    """

    waiting: int = 0
    over_target: int = 0
    longest_minutes: float = 0.0
    expected_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """The hall at a moment: its lines, which services each free counter serves, kiosks that are closed."""

    lines: Mapping[UUID, Line] = field(default_factory=dict)
    free_counters: tuple[frozenset[UUID], ...] = ()
    closed_kiosks: int | None = None


def value_of(measure: str, load: Load, services: Collection[UUID] = ()) -> float | None:
    """The measure over these services (none named: the whole hall); None when it is not known now."""
    lines = [line for service, line in load.lines.items() if not services or service in services]
    waiting = sum(line.waiting for line in lines)
    match measure:
        case "longest":
            return max((line.longest_minutes for line in lines), default=0.0)
        case "expected":
            known = [line.expected_minutes for line in lines if line.expected_minutes is not None]
            return max(known, default=None)
        case "waiting":
            return float(waiting)
        case "share":
            return 100.0 * sum(line.over_target for line in lines) / waiting if waiting else 0.0
        case "free":
            wanted = set(services)
            return float(sum(1 for served in load.free_counters if not wanted or served & wanted))
        case "kiosks":
            return None if load.closed_kiosks is None else float(load.closed_kiosks)
    raise ValueError(measure)
