"""From a plan of a day to a plan for special days, and back. Pure: no clock, no database.

A plan for special days says how a day differs from usual ones; a plan of a day says all of it. So the way there compares
with a usual day of the site, and names what only a simulated day has; the way back puts the differences on a usual day.
"""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from servicehall.rooms.diversion.actions import CounterServes, PointWanted, ShiftWanted

from .day.fields import as_time
from .day.plan import DAY, Merging, Plan

if TYPE_CHECKING:
    from servicehall.rooms.diversion.queries import HolidayPlan
    from servicehall.rooms.queueing.queries import SetupChoices

Span = tuple[int, int]
LONGEST_LABEL = 8


@dataclass(frozen=True, slots=True)
class Left:
    """Something that cannot carry over: a word for what (see channels/ops/what_if/holidays.py), and about what."""

    what: str
    about: str = ""


@dataclass(slots=True)
class Carried:
    """What of a plan of a day a plan for special days can say, and what not."""

    opens: time | None = None
    closes: time | None = None
    counters: list[CounterServes] = field(default_factory=list)
    points: list[PointWanted] = field(default_factory=list)
    shifts: list[ShiftWanted] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs that could be carried over."""
        return self.opens is None and not (self.counters or self.points or self.shifts)


def carried_over(plan: Plan, usual: Plan | None, setup: SetupChoices) -> Carried:
    """What differs from the usual day (None: nothing is known of one), as a plan for special days says it."""
    found = Carried()
    _hours(plan, usual, found)
    known = {one.label: one for one in setup.counters}
    by_name = _stages_by_name(setup)
    served: dict[str, set[UUID]] = {}
    for counter in plan.counters:
        wanted = {by_name[ref] for ref in counter.stages if ref in by_name}
        served[counter.label] = wanted
        here = known.get(counter.label)
        if here is None:
            _point(counter.label, wanted, setup, found)
            continue
        if more := wanted - here.stages:
            found.counters.append(CounterServes(here.id, sorted(more)))
        if here.stages - wanted:
            found.left.append(Left("serves-less", counter.label))
    places = {*known, *(one.label for one in found.points)}
    for label in [counter.label for counter in plan.counters if counter.label in places]:
        mine, before = _at(plan, label), _at(usual, label) if usual else []
        found.shifts += [ShiftWanted(_time(a), _time(b), label=label) for a, b in without(mine, before)]
        if without(before, mine):
            found.left.append(Left("less-staff", label))
    _assumed(plan, found)
    return found


def _hours(plan: Plan, usual: Plan | None, found: Carried) -> None:
    if not plan.opens or (usual is not None and plan.opens == usual.opens):
        return
    found.opens = _time(min(begins for begins, _ends in plan.opens))
    found.closes = _time(max(ends for _begins, ends in plan.opens))
    if len(plan.opens) > 1:
        found.left.append(Left("pause"))


def _point(label: str, stages: set[UUID], setup: SetupChoices, found: Carried) -> None:
    """A counter that the hall has not: temporary, in the zone where most of its services are served."""
    zones = Counter(one.zone for one in setup.counters for _stage in one.stages & stages)
    zones = zones or Counter(one.zone for one in setup.counters)
    is_label = len(label) <= LONGEST_LABEL and label.isascii() and label.replace("-", "").isalnum()
    if not stages or not zones or not is_label:
        found.left.append(Left("point", label))
        return
    found.points.append(PointWanted(label, zones.most_common(1)[0][0], sorted(stages)))


def _assumed(plan: Plan, found: Carried) -> None:
    """What a simulated day assumes and no plan decides."""
    if plan.demand != 1:
        found.left.append(Left("demand", f"{plan.demand * 100:.0f} %"))
    if plan.appointments:
        found.left.append(Left("appointments", str(len(plan.appointments))))
    if plan.merging != Merging():
        found.left.append(Left("merging"))
    if any(shift.skills for shift in plan.shifts) and found.shifts:
        found.left.append(Left("skills"))
    found.left.append(Left("assumed"))


def _stages_by_name(setup: SetupChoices) -> dict[tuple[str, int], UUID]:
    """Stages as plans of a day call them: short name of the service, number from 0."""
    slugs = {service: slug for service, slug, _names in setup.services}
    found: dict[tuple[str, int], UUID] = {}
    counts: Counter[str] = Counter()
    for stage in setup.stages:
        slug = slugs[stage.service]
        found[slug, counts[slug]] = stage.id
        counts[slug] += 1
    return found


def _time(minute: int) -> time:
    return time(minute % DAY // 60, minute % 60)


def _at(plan: Plan, label: str) -> list[Span]:
    """When somebody is at a counter, in order."""
    return joined((one.begins, one.ends) for one in plan.shifts if one.counter == label)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What of the first spans is in none of the others."""
    found = list(spans)
    for begins, ends in others:
        rest = []
        for one in found:
            rest += [
                part
                for part in ((one[0], min(one[1], begins)), (max(one[0], ends), one[1]))
                if part[0] < part[1]
            ]
        found = rest
    return found


# --- Back: a plan for special days on a usual day ---------------------------------------------------


def document_for(
    holiday: HolidayPlan, usual: Mapping[str, Any], setup: SetupChoices, skills: Mapping[UUID, list[str]]
) -> tuple[dict[str, Any], list[Left]]:
    """A usual day as the plan wants it, on the day for which most extra staff are planned; what it cannot say.

    ``skills``: short names of what each of the extra staff can do.
    """
    found, left = copy.deepcopy(dict(usual)), list[Left]()
    if holiday.opens is not None and holiday.closes is not None:
        begins, ends = _minutes(holiday.opens), _minutes(holiday.closes)
        found["opening"] = [{"from": as_time(begins), "to": as_time(ends if ends > begins else DAY)}]
        if begins >= ends > 0:
            left.append(Left("after-midnight"))
    names = _names_by_stage(setup)
    counters: dict[str, list[str]] = {label: list(refs) for label, refs in found.get("counters", {}).items()}
    for label, stages in holiday.serves.items():
        more = [names[stage] for stage in stages if stage in names]
        counters[label] = [
            *counters.get(label, []),
            *(ref for ref in more if ref not in counters.get(label, [])),
        ]
    found["counters"] = counters
    day, turns = _busiest(holiday)
    if len({one.first for one in holiday.turns} | {one.last for one in holiday.turns}) > 2:
        left.append(Left("one-day", day.isoformat()))
    roster: list[dict[str, Any]] = list(found.get("roster", []))
    for turn in turns:
        label = turn.label or _free_counter(counters, roster, turn.span)
        begins, ends = turn.span[0], min(turn.span[1], DAY)
        spans = without([(begins, ends)], _staffed(roster, label)) if label else []
        if not spans:
            left.append(Left("no-place", f"{as_time(begins)}–{as_time(ends)}"))
        for a, b in spans:
            shift: dict[str, Any] = {"counter": label, "from": as_time(a), "to": as_time(b)}
            roster.append({**shift, "skills": skills.get(turn.staff, [])} if turn.staff else shift)
    found["roster"] = roster
    if holiday.switches_rules:
        left.append(Left("rules"))
    return found, left


def _busiest(holiday: HolidayPlan) -> tuple[date, list[Any]]:
    """The first of the days for which most extra staff are planned, and who comes then."""
    days = [holiday.first + timedelta(days=n) for n in range((holiday.last - holiday.first).days + 1)]
    by_day = {day: [one for one in holiday.turns if one.is_on(day)] for day in days}
    day = max(days, key=lambda one: len(by_day[one]))
    return day, by_day[day]


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _written(text: str) -> int:
    hours, _colon, minutes = str(text).partition(":")
    return int(hours) * 60 + int(minutes or 0)


def _staffed(roster: Iterable[Mapping[str, Any]], label: str) -> list[Span]:
    mine = [one for one in roster if one["counter"] == label]
    return joined((_written(one["from"]), _written(one["to"])) for one in mine)


def _free_counter(counters: Mapping[str, Any], roster: list[dict[str, Any]], span: Span) -> str:
    """The counter that stands empty for longest within the span; empty: none does."""
    free: dict[str, int] = defaultdict(int)
    for label in counters:
        free[label] = sum(b - a for a, b in without([span], _staffed(roster, label)))
    best = max(free, key=lambda label: free[label], default="")
    return best if best and free[best] else ""


def _names_by_stage(setup: SetupChoices) -> dict[UUID, str]:
    names = _stages_by_name(setup)
    several = {slug for slug, number in names if number}
    return {stage: f"{slug}:{n + 1}" if slug in several else slug for (slug, n), stage in names.items()}
