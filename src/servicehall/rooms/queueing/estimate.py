"""How long until the call: a range, from the people ahead and the counters at work. Pure.

With n people ahead, c counters and service times of mean m, the wait to the head of the queue is
close to a sum of n + 1 exponential times of mean m / c: a gamma distribution. Its 10th and 90th
percentiles come from the Wilson–Hilferty approximation (1931, PNAS 17:684). A hall's own history
gives better predictions; this is what is known on the first day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.2815515655446004  # the normal distribution's 90th percentile


@dataclass(frozen=True, slots=True)
class WaitRange:
    """Minutes, whole: in 8 of 10 cases the wait lies between."""

    low: int
    high: int


def _gamma_quantile(shape: float, scale: float, z: float) -> float:
    term = 1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))
    return shape * scale * max(0.0, term) ** 3


def wait_range(*, ahead: int, counters: int, mean_minutes: float, idle: int = 0) -> WaitRange | None:
    """The range for somebody with ``ahead`` people in front.

    ``counters`` serve this queue now, ``idle`` of them have nobody; ``mean_minutes`` is the mean
    service time. None when no counter serves it: nothing honest can be said.
    """
    if counters <= 0:
        return None
    if ahead < idle:
        return WaitRange(0, 1)
    shape, scale = ahead - idle + 1.0, mean_minutes / counters
    low = _gamma_quantile(shape, scale, -_Z)
    high = _gamma_quantile(shape, scale, _Z)
    step = 1 if high < 30 else 5
    return WaitRange(
        round(low / step) * step, max(1, math.ceil(high) if step == 1 else round(high / step) * step)
    )


def of_seconds(low: float, high: float) -> WaitRange:
    """The range to show for one in seconds: whole minutes, outwards, from half an hour on fives of them."""
    step = 60 if high < 1800 else 300
    first, last = math.floor(low / step) * step, math.ceil(high / step) * step
    return WaitRange(first // 60, max(1, last // 60))
