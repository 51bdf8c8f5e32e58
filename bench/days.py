"""How long simulated days of a big hall take: one of 3,000 visits, and a hundred on all processors."""

from __future__ import annotations

import os
import time
from typing import Any

ARRIVALS = (0,) * 8 + (18, 30, 36, 34, 24, 26, 34, 32, 26, 20, 14, 6) + (0,) * 4
"""Of each of ten services by hour: 300 a day."""


def plan() -> dict[str, Any]:
    """A hall of 3,000 visits: ten services of which two have two stages, three classes, forty counters."""
    services: dict[str, Any] = {}
    for n in range(10):
        stages = [{"name": "counter", "minutes": {"kind": "lognormal", "mean": 6, "cv": 0.7}}]
        if n < 2:
            stages.append({"name": "cashier", "minutes": {"kind": "lognormal", "mean": 2, "cv": 0.5}})
        services[f"s{n}"] = {
            "arrivals": {str(hour): count for hour, count in enumerate(ARRIVALS) if count},
            "classes": {"walk-in": 88, "elderly": 9, "disabled": 3},
            "stages": stages,
            "patience": 60,
            "no_show": 0.05,
            "returns": 0.3,
        }
    counters = {str(n): [f"s{n % 10}", f"s{(n + 1) % 10}", f"s{(n + 5) % 10}"] for n in range(40)}
    return {
        "name": "3,000 visits",
        "opening": [{"from": "08:00", "to": "20:00"}],
        "classes": {
            "walk-in": {},
            "elderly": {"rate": 2, "head_start": 10},
            "disabled": {"rate": 2, "head_start": 15},
        },
        "services": services,
        "counters": counters,
        "roster": [{"counter": label, "from": "08:00", "to": "20:00"} for label in counters],
    }


def measure() -> dict[str, float]:
    """Seconds of one day in this process and of a hundred on all processors; visits of a day."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")
    import django

    django.setup()
    from servicehall.rooms.simulation import actions

    began = time.perf_counter()
    day = actions.try_day(plan(), days=1, processes=0)
    one = time.perf_counter() - began
    began = time.perf_counter()
    actions.try_day(plan(), days=100)
    return {
        "visits": day["groups"]["all"]["visits"]["mean"],
        "one": one,
        "hundred": time.perf_counter() - began,
        "processors": float(os.cpu_count() or 1),
    }
