"""Many days put together: means with the interval that holds the true mean, and what differs between two plans. Pure.

The interval is Student's: mean ± t(0.975, n − 1) · s / √n over independent days (Law, Simulation Modeling and Analysis,
5th edition, section 4.5). Two plans that met the same customers are compared day by day: the interval of the differences
is much narrower than two intervals side by side (paired t, section 10.2.1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .outcome import ALL, Day, percentile

SHARE = 0.95
Range = dict[str, float]


def _factor(days: int) -> float:
    """Student's t for the interval; SciPy comes with what learns the waits."""
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    return float(stdtrit(days - 1, 0.5 + SHARE / 2))


def interval(values: Sequence[float | None], factor: float | None = None) -> Range | None:
    """``mean``, the interval ``low`` to ``high`` of it, and ``p10`` to ``p90`` of the days; None without a value."""
    found = sorted(one for one in values if one is not None)
    if not found:
        return None
    count = len(found)
    mean = sum(found) / count
    half = 0.0
    if count > 1:
        spread = math.sqrt(sum((one - mean) ** 2 for one in found) / (count - 1))
        half = (factor if factor is not None else _factor(count)) * spread / math.sqrt(count)
    return {
        "mean": mean,
        "low": mean - half,
        "high": mean + half,
        "p10": percentile(found, 0.1) or 0.0,
        "p90": percentile(found, 0.9) or 0.0,
    }


def _lists(lists: Sequence[Sequence[float | None]]) -> list[Range | None]:
    factor = _factor(len(lists)) if len(lists) > 1 else None
    return [interval(values, factor) for values in zip(*lists, strict=True)]


def put_together(days: Sequence[Day], *, seed: int) -> dict[str, Any]:
    """The figures of all days as ranges, in the form that is kept, shown and exported (JSON)."""
    groups = {
        group: {name: interval([day.groups[group].get(name) for day in days]) for name in figures}
        for group, figures in days[0].groups.items()
    }
    return {
        "days": len(days),
        "seed": seed,
        "groups": groups,
        "use": _lists([day.use for day in days]),
        "staff": _lists([day.staff for day in days]),
        "queue": _lists([day.queue for day in days]),
        "queues": {slug: _lists([day.queues[slug] for day in days]) for slug in days[0].queues},
        "waits": _lists([day.waits for day in days]),
        "by_day": {name: [day.groups[ALL].get(name) for day in days] for name in days[0].groups[ALL]},
    }


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Range | None]:
    """What the other plan's figures are above the one's, day by day; of the same days when the seeds are the same."""
    found: dict[str, Range | None] = {}
    for name, values in one["by_day"].items():
        pairs = zip(values, other["by_day"].get(name, ()), strict=False)
        found[name] = interval([b - a for a, b in pairs if a is not None and b is not None])
    return found
