"""Plans of small days for tests."""

from __future__ import annotations

import copy
from typing import Any

from servicehall.rooms.simulation.day.plan import Plan
from servicehall.rooms.simulation.day.reading import read

SMALL: dict[str, Any] = {
    "name": "small",
    "opening": [{"from": "09:00", "to": "12:00"}],
    "rules": {"come_minutes": 0, "missed_minutes": 1, "between_minutes": 0},
    "classes": {"walk-in": {}, "elderly": {"rate": 2, "head_start": 10, "rank": 10}},
    "services": {
        "consult": {
            "arrivals": {"09:00": 12, "10:00": 12, "11:00": 6},
            "classes": {"walk-in": 3, "elderly": 1},
            "minutes": {"kind": "constant", "mean": 6},
        }
    },
    "counters": {"1": ["consult"]},
    "roster": [{"counter": "1", "from": "09:00", "to": "12:00"}],
}


def document(**changed: Any) -> dict[str, Any]:
    """The small plan with some of its fields replaced."""
    return copy.deepcopy(SMALL) | changed


def consult(**changed: Any) -> dict[str, Any]:
    """The small plan with its service changed."""
    found = document()
    found["services"]["consult"] |= changed
    return found


def plan(**changed: Any) -> Plan:
    """The small plan, read."""
    return read(document(**changed))[0]
