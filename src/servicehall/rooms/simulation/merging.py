"""Two ways for booked customers to join the queue, tried on the same usual days of a site. Pure.

Booked customers get a class of their own in the model, with the order of the class that they have, so that their waits
are told apart from those who walked in.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .day import ranges, repeating
from .day.fields import as_time
from .day.reading import read

BOOKED = "booked-here"
MOST_VISITS = 12_000
"""Of both ways and all days together: less than a second of one processor."""
MOST_DAYS, SEED = 20, 1
EVERY, SHOWS = 30, 0.9
"""What is assumed of an offer that nobody has booked yet: an appointment so often (minutes), and who comes."""


@dataclass(frozen=True, slots=True)
class Way:
    """A rule of ``Offer``: how, how many minutes before the booked time at most, from when on late, with which class."""

    rule: str
    minutes: int
    late: int
    priority: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one way: figures of booked customers and of walk-ins of the ordinary class, as ranges."""

    booked: Mapping[str, Any]
    walked_in: Mapping[str, Any]
    whole: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two ways on the same days. ``is_assumed``: the appointments were made up, none were known."""

    before: Tried
    after: Tried
    days: int
    appointments: float
    is_assumed: bool


def with_bookings(
    usual: Mapping[str, Any], service: str, by_minute: Mapping[int, float], shows: float
) -> dict[str, Any]:
    """The usual day with an offer's appointments (how many a day at each minute), taken out of those who walk in."""
    found = copy.deepcopy(dict(usual))
    arrivals = dict(found["services"][service].get("arrivals") or {})
    appointments: list[dict[str, Any]] = []
    for minute, count in sorted(by_minute.items()):
        hour, copies = as_time(minute // 60 * 60), max(1, round(count))
        if hour in arrivals:
            arrivals[hour] = round(max(0.0, arrivals[hour] - count * shows), 2)
        share = round(min(1.0, count * shows / copies), 3)
        appointments += [{"at": as_time(minute), "service": service, "shows": share}] * copies
    found["services"][service]["arrivals"] = arrivals
    found["appointments"] = appointments
    return found


def in_way(document: Mapping[str, Any], way: Way) -> dict[str, Any]:
    """The day with booked customers joining in that way."""
    found = copy.deepcopy(dict(document))
    classes = dict(found["classes"])
    of = way.priority if way.priority in classes else next(iter(classes))
    found["classes"] = {**classes, BOOKED: dict(classes[of] or {})}
    merging = {"rule": way.rule, "lead_minutes": way.minutes, "late_minutes": way.late}
    found["merging"] = {**dict(found.get("merging") or {}), "priority": BOOKED, **merging}
    return found


def compare(document: Mapping[str, Any], before: Way, after: Way, *, is_assumed: bool) -> Comparison:
    """Both ways on the same days.

    Raises:
        UnusablePlan: the day cannot be tried out.
    """
    plans = [read(in_way(document, way))[0] for way in (before, after)]
    expected = sum(sum(one.arrivals) for one in plans[0].services) + len(plans[0].appointments)
    days = int(min(MOST_DAYS, max(2, MOST_VISITS / 2 // max(1.0, expected))))
    ordinary = f"class:{next(iter(document['classes']))}"
    tried = []
    for plan in plans:
        groups = ranges.put_together(repeating.repeat(plan, days=days, seed=SEED, processes=0), seed=SEED)[
            "groups"
        ]
        tried.append(Tried(groups[f"class:{BOOKED}"], groups[ordinary], groups["all"]))
    count = sum(one.shows for one in plans[0].appointments)
    return Comparison(tried[0], tried[1], days, count, is_assumed)
