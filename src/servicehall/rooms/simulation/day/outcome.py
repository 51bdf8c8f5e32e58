"""What a simulated day came to: waits, service level, who left, who was missed, staff use, length of the queue. Pure.

Waits are those of calls, in seconds, as the hall's own figures count them (``queueing.queries.site_figures``): a service
of two stages has two. The service level is the share of calls within the service's target; abandonment and the other
shares are of those who took a ticket.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .arrivals import MINUTE
from .hall import ABANDONED, MISSED, SERVED, TURNED_AWAY, UNSERVED, Record
from .plan import DAY, Plan

SECOND = 1_000_000
QUARTER = 15
QUARTERS = DAY // QUARTER
ALL = "all"
HOW = (SERVED, ABANDONED, MISSED, UNSERVED)
Figures = dict[str, float | None]


@dataclass(slots=True)
class Day:
    """The figures of one day. ``groups``: by "all", "service:…" and "class:…". Lists are by hour, or quarter hour.

    ``use``: share of the time of open counters that was spent with customers. ``staff``: counters open, in the mean.
    ``queue``: people waiting in the mean of a quarter hour. ``waits``: mean wait in seconds, by hour of arrival.
    """

    groups: dict[str, Figures]
    use: list[float | None]
    staff: list[float]
    queue: list[float]
    queues: dict[str, list[float]]
    waits: list[float | None]


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which that share lies, interpolated between neighbours; None of nothing."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _group(calls: Sequence[tuple[int, str, int, int, bool]], ends: Sequence[tuple[Any, str]]) -> Figures:
    waits = sorted(waited / SECOND for _s, _c, _at, waited, _in in calls)
    how = Counter(end for _v, end in ends)
    came = sum(how[one] for one in HOW)
    queued = sum(visitor.waited for visitor, end in ends if end != TURNED_AWAY) / SECOND
    return {
        "visits": float(came),
        "turned_away": float(how[TURNED_AWAY]),
        **{one: float(how[one]) for one in HOW},
        "wait_mean": _share(sum(waits), len(waits)),
        "wait_p50": percentile(waits, 0.5),
        "wait_p90": percentile(waits, 0.9),
        "wait_p95": percentile(waits, 0.95),
        "service_level": _share(sum(within for *_rest, within in calls), len(calls)),
        "abandonment": _share(how[ABANDONED], came),
        "no_shows": _share(how[MISSED], came),
        "had_to_wait": _share(sum(1 for one in waits if one > 0), len(waits)),
        "time_in_queue": _share(queued, came),
    }


def _spread(spans: Iterable[tuple[int, int]], width: int) -> list[float]:
    """How much of each stretch of ``width`` minutes the spans take, in stretches."""
    size = width * MINUTE
    found = [0.0] * (DAY // width)
    for begins, ends in spans:
        first = begins // size
        for n in range(first, len(found)):
            if n * size >= ends:
                break
            found[n] += (min(ends, (n + 1) * size) - max(begins, n * size)) / size
    return found


def _lengths(changes: Sequence[tuple[int, int]]) -> list[float]:
    """The mean number that waited in each quarter hour, of (moment, change)."""
    size = QUARTER * MINUTE
    found = [0.0] * QUARTERS
    length, last = 0, 0
    for at, change in sorted(changes):
        if length:
            for n in range(last // size, min(QUARTERS, at // size + 1)):
                found[n] += length * max(0, min(at, (n + 1) * size) - max(last, n * size)) / size
        length, last = length + change, at
    return found


def of_day(plan: Plan, record: Record, *, since: int = 0, until: int = DAY) -> Day:
    """The figures of a day; of those who came from minute ``since`` to minute ``until`` of it."""
    first, last = since * MINUTE, until * MINUTE
    calls = [one for one in record.calls if first <= one[2] < last]
    ends = [one for one in record.ends if first <= one[0].at < last]
    groups = {ALL: _group(calls, ends)}
    for number, service in enumerate(plan.services):
        groups[f"service:{service.slug}"] = _group(
            [c for c in calls if c[0] == number], [e for e in ends if e[0].service == number]
        )
    for one in plan.classes:
        groups[f"class:{one.key}"] = _group(
            [c for c in calls if c[1] == one.key], [e for e in ends if e[0].priority == one.key]
        )
    staff, busy = _spread(record.staffed, 60), _spread(record.busy, 60)
    hours: list[list[int]] = [[] for _hour in range(24)]
    for _service, _class, at, waited, _within in calls:
        hours[at // (60 * MINUTE)].append(waited)
    use = [_share(min(b, s), s) for b, s in zip(busy, staff, strict=True)]
    whole = _spread(record.staffed, DAY)[0]
    groups[ALL]["staff_use"] = _share(min(whole, _spread(record.busy, DAY)[0]), whole)
    groups[ALL]["staff_hours"] = whole * 24
    return Day(
        groups,
        use,
        staff,
        _lengths([(at, change) for at, _service, change in record.queue]),
        {
            service.slug: _lengths([(at, change) for at, which, change in record.queue if which == number])
            for number, service in enumerate(plan.services)
        },
        [_share(sum(found) / SECOND, len(found)) for found in hours],
    )
