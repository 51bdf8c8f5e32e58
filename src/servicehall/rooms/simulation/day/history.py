"""A plan from what happened: the site's setup, and its last days turned into rates. Pure.

* Arrivals: the mean number of tickets taken in each hour of the local day.
* Service times: log-normal with the measured mean and variation; of a service with few visits the expected duration of
  its setup. Each stage of several has its own, from the log; with few of one, they share what was measured of the whole
  service as their expected durations do.
* Missed calls: their share of all calls, the share of them after which the customer came back, and how long that took,
  from the log.
* Patience: exponential, by the estimate for censored times: all time waited over the number of those who left (Brown et
  al. (2005), "Statistical Analysis of a Telephone Call Center", section 5.2).
* Staff: somebody is at a counter in an hour if they served there then on at least half of the days on which the site
  had visits in that hour; their skills are those of whoever served there most.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from servicehall.kernel import clock

from .fields import as_time
from .plan import DAY

if TYPE_CHECKING:
    from servicehall.rooms.queueing.queries import Past, PastVisit

FEW = 20
"""Visits of a service below which its setup is believed more than its history."""
USUAL_VARIATION = 0.6


def plan_of(past: Past, *, skills: dict[UUID, str], today: date, name: str = "") -> dict[str, Any]:
    """The plan's document. ``skills``: short names by id. ``today``: its hours are those of a hall that nobody has visited."""
    setup = past.setup
    zone = clock.zone(setup.timezone)
    by_service: dict[UUID, list[PastVisit]] = defaultdict(list)
    hours: dict[int, set[Any]] = defaultdict(set)
    for visit in past.visits:
        by_service[visit.service].append(visit)
        hours[visit.joined_at.astimezone(zone).hour].add(visit.day)
    rules = setup.rules
    document: dict[str, Any] = {
        "name": name,
        "opening": _opening(past, sorted(hours), today),
        "rules": {
            "discipline": setup.discipline.name,
            "return_minutes": rules.return_minutes,
            "late_places": rules.late_places,
            "postpone_places": min(3, rules.postpone_places),
            "postpone_times": rules.postpone_times,
            **_at_the_counter(past.visits),
        },
        "classes": {
            c.key: {
                "names": c.names,
                "rate": c.order.rate,
                "head_start": c.order.head_start,
                "rank": c.order.rank,
            }
            for c in sorted(setup.classes.values(), key=lambda c: c != setup.default_class)
        },
        "services": {
            service.slug: _service(past, service, by_service[service.id], skills)
            for service in setup.services.values()
            if service.is_active and service.stages
        },
    }
    refs = {
        stage.id: f"{service.slug}:{n}" if len(service.stages) > 1 else service.slug
        for service in setup.services.values()
        for n, stage in enumerate(service.stages, 1)
        if service.slug in document["services"]
    }
    document["counters"] = {
        c.label: sorted(refs[s] for s in c.stages if s in refs)
        for c in setup.counters.values()
        if c.is_active
    }
    document["roster"] = _roster(past, hours, skills)
    return document


def _opening(past: Past, hours: Sequence[int], today: date) -> list[dict[str, str]]:
    """The hours of the last day with visits, to midnight at most; without any, when people came."""
    spans = []
    for span in past.setup.schedule.spans(past.days[0] if past.days else today):
        begins = span.opens.hour * 60 + span.opens.minute
        ends = span.closes.hour * 60 + span.closes.minute
        spans.append((begins, DAY if ends <= begins else ends))
    if not spans and hours:
        spans = [(hours[0] * 60, hours[-1] * 60 + 60)]
    return [{"from": as_time(begins), "to": as_time(ends)} for begins, ends in sorted(spans)]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _seconds(begins: datetime | None, ends: datetime | None) -> float | None:
    return (ends - begins).total_seconds() if begins and ends else None


def _at_the_counter(visits: Sequence[PastVisit]) -> dict[str, float]:
    """How long the called take to come, and how long a counter waits for those who do not."""
    come = _mean(
        [s for v in visits if v.calls == 1 and (s := _seconds(v.called_at, v.started_at)) is not None]
    )
    missed = _mean(
        [s for v in visits if v.state == "no_show" and (s := _seconds(v.called_at, v.ended_at)) is not None]
    )
    return {
        "come_minutes": round(min(60, max(0, (come if come is not None else 30) / 60)), 2),
        "missed_minutes": round(min(60, max(0, (missed if missed is not None else 120) / 60)), 2),
    }


def _service(
    past: Past, service: Any, visits: Sequence[PastVisit], skills: dict[UUID, str]
) -> dict[str, Any]:
    zone = clock.zone(past.setup.timezone)
    days = max(1, len(past.days))
    came = Counter(visit.joined_at.astimezone(zone).hour for visit in visits)
    expected = sum(stage.expected_minutes for stage in service.stages)
    times = [v.served / 60 for v in visits if v.state == "done" and v.served > 0]
    mean, variation = expected, USUAL_VARIATION
    if len(times) >= FEW:
        mean, variation = _mean_and_variation(times)
    found: dict[str, Any] = {
        "names": service.names,
        "target_minutes": service.target_minutes,
        "arrivals": {as_time(hour * 60): round(came[hour] / days, 2) for hour in sorted(came)},
        "stages": [
            {
                "name": str(number),
                "minutes": _minutes(
                    past, service, stage, mean * stage.expected_minutes / expected, variation
                ),
                "skills": sorted(skills[s] for s in stage.skills if s in skills),
            }
            for number, stage in enumerate(service.stages, 1)
        ],
    }
    classes = Counter(past.setup.classes[v.priority].key for v in visits if v.priority in past.setup.classes)
    if classes:
        found["classes"] = dict(sorted(classes.items()))
    left = [v for v in visits if v.state == "cancelled" and v.called_at is None]
    waited = sum(v.waited for v in visits) + sum(_seconds(v.joined_at, v.ended_at) or 0 for v in left)
    if left and waited:
        patience = round(min(600, max(0.01, waited / 60 / len(left))), 2)
        found["patience"] = {"kind": "exponential", "mean": patience}
    found |= _missed(past, service, visits)
    for name in ("max_waiting", "daily_limit"):
        if getattr(service, name) is not None:
            found[name] = getattr(service, name)
    return found


def _minutes(past: Past, service: Any, stage: Any, mean: float, variation: float) -> dict[str, Any]:
    """How long a stage takes: as measured of it, or its part of what the whole service takes."""
    if len(service.stages) > 1:
        every = [past.told.stages.get(one.id, []) for one in service.stages]
        if min(len(times) for times in every) >= FEW:
            times = [seconds / 60 for seconds in past.told.stages[stage.id]]
            mean, variation = _mean_and_variation(times)
    return {
        "kind": "lognormal",
        "mean": round(min(600, max(0.01, mean)), 2),
        "cv": round(min(5, variation), 2),
    }


def _mean_and_variation(times: Sequence[float]) -> tuple[float, float]:
    mean = sum(times) / len(times)
    if mean <= 0:
        return 0.0, USUAL_VARIATION
    return mean, math.sqrt(sum((t - mean) ** 2 for t in times) / (len(times) - 1)) / mean


def _missed(past: Past, service: Any, visits: Sequence[PastVisit]) -> dict[str, float]:
    """The share of calls that are missed, who comes back then, and after how many minutes."""
    missed = [one for one in past.told.missed if one.service == service.id]
    if not missed:  # of days before the log tells, only how visits ended is known
        called = sum(1 for v in visits if v.calls)
        return {"no_show": round(sum(v.state == "no_show" for v in visits) / called, 4)} if called else {}
    answered = sum(len(service.stages) for v in visits if v.state == "done")
    found = {"no_show": round(len(missed) / (len(missed) + answered), 4)}
    back = [s for one in missed if (s := _seconds(one.at, one.back_at)) is not None]
    found["returns"] = round(len(back) / len(missed), 4)
    if back:
        found["return_minutes"] = round(min(600, max(0.01, sum(back) / len(back) / 60)), 2)
    return found


def _roster(past: Past, hours: dict[int, set[Any]], skills: dict[UUID, str]) -> list[dict[str, Any]]:
    zone = clock.zone(past.setup.timezone)
    present: dict[UUID, Counter[int]] = defaultdict(Counter)
    for counter, hour in past.at_counters:
        present[counter][hour.replace(tzinfo=hour.tzinfo or UTC).astimezone(zone).hour] += 1
    people: dict[UUID, Counter[UUID]] = defaultdict(Counter)
    for visit in past.visits:
        if visit.counter and visit.staff:
            people[visit.counter][visit.staff] += 1
    roster = []
    for place in past.setup.counters.values():
        at_work = [
            hour for hour in range(24) if present[place.id][hour] * 2 >= max(1, len(hours.get(hour, ())))
        ]
        for begins, ends in stretches(at_work):
            shift: dict[str, Any] = {
                "counter": place.label,
                "from": as_time(begins * 60),
                "to": as_time(ends * 60),
            }
            if people[place.id]:
                who = people[place.id].most_common(1)[0][0]
                held = past.skills.get(who, frozenset())
                shift["skills"] = sorted(skills[s] for s in held if s in skills)
            roster.append(shift)
    return roster


def stretches(hours: Sequence[int]) -> list[tuple[int, int]]:
    """Hours that follow one another, as (first, one after the last)."""
    found: list[tuple[int, int]] = []
    for hour in sorted(hours):
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + 1)
        else:
            found.append((hour, hour + 1))
    return found
