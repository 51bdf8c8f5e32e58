"""Who is at which counter when, and what a roster leaves uncovered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from servicehall.kernel.languages import say

from .fields import as_time
from .findings import Finding
from .plan import DAY, Plan, ServicePlan, Shift

STEP = 15
"""Minutes: gaps are looked for in quarter hours."""


def two_at_once(plan: Plan) -> list[Finding]:
    """Counters at which two people would be at the same time."""
    found, last = [], dict[str, int]()
    for number, shift in sorted(
        enumerate(plan.shifts, 1), key=lambda pair: (pair[1].counter, pair[1].begins)
    ):
        if shift.begins < last.get(shift.counter, 0):
            facts = {"counter": shift.counter, "at": as_time(shift.begins)}
            found.append(Finding("two-at-counter", f"roster.{number}", facts))
        last[shift.counter] = max(shift.ends, last.get(shift.counter, 0))
    return found


def remarks(plan: Plan) -> list[Finding]:
    """What is worth knowing before the figures are believed."""
    found = [*_doors(plan)]
    if not plan.shifts:
        return [*found, _note("nobody-serves")]
    for service in plan.services:
        for number in range(len(service.stages)):
            found += _cover(plan, service, number)
    work = sum(_coming(plan, service) * _minutes(plan, service) for service in plan.services)
    staffed = sum(shift.ends - shift.begins for shift in plan.shifts)
    if work > staffed:
        found.append(_note("overload", percent=round(100 * work / staffed)))
    return found


def _note(code: str, **facts: object) -> Finding:
    return Finding(code, facts=facts, is_error=False)


def _open_shares(plan: Plan) -> list[float]:
    """The share of each hour in which the doors are open."""
    return [sum(plan.is_open(hour * 60 + five) for five in range(0, 60, 5)) / 12 for hour in range(24)]


def _coming(plan: Plan, service: ServicePlan) -> float:
    """How many are expected for a service while the doors are open."""
    walk_in = sum(a * share for a, share in zip(service.arrivals, _open_shares(plan), strict=True))
    return walk_in * plan.demand + sum(a.shows for a in plan.appointments if a.service == service.slug)


def _minutes(plan: Plan, service: ServicePlan) -> float:
    """How long one customer keeps counters busy in the mean."""
    between = plan.rules.come_minutes + plan.rules.between_minutes
    return sum(stage.minutes.mean + between for stage in service.stages)


def _doors(plan: Plan) -> Iterator[Finding]:
    """What does not fit the opening hours, or never comes."""
    outside = sum(
        expected * (1 - share) * plan.demand
        for service in plan.services
        for expected, share in zip(service.arrivals, _open_shares(plan), strict=True)
    )
    if not plan.opens:
        yield _note("never-open")
    elif round(outside):
        yield _note("outside", count=round(outside))
    booked = sum(1 for one in plan.appointments if not plan.is_open(one.at))
    if booked:
        yield _note("booked-outside", count=booked)
    if not plan.appointments and not any(sum(s.arrivals) * plan.demand > 0 for s in plan.services):
        yield _note("nobody-comes")


def _cover(plan: Plan, service: ServicePlan, number: int) -> Iterator[Finding]:
    """Where nobody is who may serve a stage while customers come for it."""
    stage = service.stages[number]
    name = say(service.names) or service.slug
    if len(service.stages) > 1:
        name = f"{name} · {stage.name}"
    able = _able(plan, service, number)
    if not able:
        if _coming(plan, service):
            yield _note("never-served", stage=name)
        return
    booked = [one.at for one in plan.appointments if one.service == service.slug]
    gaps = [
        plan.is_open(minute)
        and (
            service.arrivals[minute // 60] * plan.demand > 0
            or any(minute <= at < minute + STEP for at in booked)
        )
        and not any(shift.begins <= minute < shift.ends for shift in able)
        for minute in range(0, DAY, STEP)
    ]
    for begins, ends in _stretches(gaps):
        yield _note("gap", stage=name, begins=as_time(begins * STEP), ends=as_time(ends * STEP))


def _able(plan: Plan, service: ServicePlan, stage: int) -> list[Shift]:
    """The shifts that may serve a stage."""
    at = {one.label for one in plan.counters if (service.slug, stage) in one.stages}
    needed = service.stages[stage].skills
    return [s for s in plan.shifts if s.counter in at and (s.skills is None or needed <= s.skills)]


def _stretches(flags: Iterable[bool]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    begins: int | None = None
    ends = 0
    for ends, flag in enumerate([*flags, False]):
        if flag and begins is None:
            begins = ends
        elif not flag and begins is not None:
            found.append((begins, ends))
            begins = None
    return found
