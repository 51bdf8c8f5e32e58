"""What a plan says, as it is given: checked against the site, and written into the plan's tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from servicehall.kernel import clock
from servicehall.kernel.languages import Text
from servicehall.rooms.diversion.models import LoadRule, Plan, PlanCounter, PlanPoint, PlanShift
from servicehall.rooms.diversion.points import labels_taken
from servicehall.rooms.diversion.shifts import Turn, clashes
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing

LONGEST = timedelta(days=92)
FARTHEST = timedelta(days=731)
"""From today to the last day of a plan."""
MOST_POINTS, MOST_SHIFTS = 20, 60


@dataclass(frozen=True, slots=True)
class CounterServes:
    """What a counter serves as well while a plan is in effect."""

    counter: UUID
    stages: Collection[UUID]


@dataclass(frozen=True, slots=True)
class PointWanted:
    """A temporary counter: its label, the zone where it stands, the stages that it serves."""

    label: str
    zone: UUID
    stages: Collection[UUID]


@dataclass(frozen=True, slots=True)
class ShiftWanted:
    """Somebody more: whom (nobody named: one more), at which counter by its label (empty: any), when.

    Times of the wall clock; no days: all days of the plan.
    """

    from_time: time
    to_time: time
    staff: UUID | None = None
    label: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class PlanFields:
    """What a plan says. Hours are of the wall clock; neither: they stay as they are."""

    names: Text
    first: date
    last: date
    opens: time | None = None
    closes: time | None = None
    counters: Collection[CounterServes] = ()
    points: Collection[PointWanted] = ()
    shifts: Collection[ShiftWanted] = ()
    rules_on: Collection[UUID] = ()
    rules_off: Collection[UUID] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether all would be as usual."""
        more = (self.counters, self.points, self.shifts, self.rules_on, self.rules_off)
        return self.opens is None and not any(more)


def wrong_in(site_id: UUID, plan: Plan, given: PlanFields) -> dict[str, str]:
    """What does not fit, by field."""
    errors: dict[str, str] = {}
    known = queueing.setup_choices(site_id)
    stages, places = {one.id for one in known.stages}, {one.id for one in known.counters}
    foreign = _("Choose from the list.")
    if any(one.counter not in places or not set(one.stages) <= stages for one in given.counters):
        errors["counters"] = foreign
    rules = {*given.rules_on, *given.rules_off}
    if LoadRule.objects.filter(site_id=site_id, pk__in=rules).count() != len(rules):
        errors["rules_on"] = foreign
    if given.last - given.first > LONGEST:
        errors["last"] = _("A plan is for at most three months.")
    if given.last - clock.now().date() > FARTHEST:
        errors["last"] = _("A plan is for the next two years.")
    if set(given.rules_on) & set(given.rules_off):
        errors["rules_off"] = _("A rule cannot be switched on and off at once.")
    if problem := _wrong_points(site_id, plan, given, stages):
        errors["points"] = problem
    if problem := _wrong_shifts(site_id, given, known):
        errors["shifts"] = problem
    if not errors and given.changes_nothing:
        errors["opens"] = _("Say what is to be otherwise: hours, counters, staff or rules.")
    return errors


def _wrong_points(site_id: UUID, plan: Plan, given: PlanFields, stages: set[UUID]) -> str:
    """The first thing that is wrong with the temporary counters; empty: nothing."""
    if len(given.points) > MOST_POINTS:
        return _("At most %(count)s.") % {"count": MOST_POINTS}
    zones = {one.pk for one in hall.zones(site_id)}
    taken = labels_taken(site_id)
    seen: set[str] = set()
    for one in given.points:
        words = {"label": one.label}
        row = PlanPoint(plan=plan, zone_id=one.zone, label=one.label)
        try:
            row.clean_fields(exclude=["plan", "zone"])
        except ValidationError as problem:
            return f"{one.label}: {' '.join(problem.messages)}"
        if one.label in taken or one.label in seen:
            return _("There is a counter %(label)s already.") % words
        if one.zone not in zones or not set(one.stages) <= stages:
            return _("Choose from the list.")
        if not one.stages:
            return _("Say what counter %(label)s serves.") % words
        seen.add(one.label)
    return ""


def _wrong_shifts(site_id: UUID, given: PlanFields, known: queueing.SetupChoices) -> str:
    """The first thing that is wrong with the extra staff; empty: nothing."""
    if len(given.shifts) > MOST_SHIFTS:
        return _("At most %(count)s.") % {"count": MOST_SHIFTS}
    served = _served(given, known)
    persons = {one.pk for one in people.colleagues(site_id)}
    skills = people.skills_of_many([one.staff for one in given.shifts if one.staff])
    needed = {one.id: one.skills for one in known.stages}
    for one in given.shifts:
        if problem := _wrong_who(one, persons, served) or _wrong_when(one, given):
            return problem
        here = [needed.get(stage, frozenset()) for stage in served.get(one.label, ())]
        held = skills.get(one.staff, frozenset()) if one.staff else None
        if held is not None and here and not any(skills_here <= held for skills_here in here):
            words = {"label": one.label}
            return (
                _("Whoever is planned at counter %(label)s lacks the skills for all that it serves.") % words
            )
    if any(clashes(turns_of(given))):
        return _("Two shifts meet: one person at two counters, or two people at one.")
    return ""


def _served(given: PlanFields, known: queueing.SetupChoices) -> dict[str, set[UUID]]:
    """What each counter serves while the plan is in effect, temporary ones too."""
    served = {one.label: set(one.stages) for one in known.counters}
    labels = {one.id: one.label for one in known.counters}
    for line in given.counters:
        if line.counter in labels:
            served[labels[line.counter]] |= set(line.stages)
    return served | {one.label: set(one.stages) for one in given.points}


def _wrong_who(one: ShiftWanted, persons: set[UUID], served: Mapping[str, set[UUID]]) -> str:
    if one.staff is None and not one.label:
        return _("Say who comes, or at which counter there is one more.")
    if one.staff is not None and one.staff not in persons:
        return _("Choose from the list.")
    if one.label and one.label not in served:
        return _("There is no counter %(label)s.") % {"label": one.label}
    return ""


def _wrong_when(one: ShiftWanted, given: PlanFields) -> str:
    first, last = one.first or given.first, one.last or given.last
    if not given.first <= first <= last <= given.last:
        return _("The days of extra staff lie within those of the plan.")
    if one.from_time == one.to_time:
        return _("Extra staff come from one time to another.")
    return ""


def turns_of(given: PlanFields) -> list[Turn]:
    """The extra staff as turns on the days of the plan."""
    return [
        Turn(s.staff, s.label, s.first or given.first, s.last or given.last, s.from_time, s.to_time)
        for s in given.shifts
    ]


def fill_in(plan: Plan, given: PlanFields) -> None:
    """The plan's own columns."""
    plan.names, plan.first, plan.last = given.names, given.first, given.last
    plan.opens, plan.closes = given.opens, given.closes


def write(plan: Plan, given: PlanFields) -> None:
    """The rows of a plan that is saved already; those of before are replaced."""
    plan.rules_on.set(given.rules_on)  # type: ignore[arg-type]  # ids serve as well as rows
    plan.rules_off.set(given.rules_off)  # type: ignore[arg-type]  # ids serve as well as rows
    for rows in (plan.shifts.all(), plan.points.all(), plan.counters.all()):
        rows.delete()
    for one in given.counters:
        line = PlanCounter.objects.create(plan=plan, counter_id=one.counter)
        line.stages.set(one.stages)  # type: ignore[arg-type]  # ids serve as well as rows
    points: dict[str, PlanPoint] = {}
    for wanted in given.points:
        point = PlanPoint.objects.create(plan=plan, zone_id=wanted.zone, label=wanted.label)
        point.stages.set(wanted.stages)  # type: ignore[arg-type]  # ids serve as well as rows
        points[wanted.label] = point
    counters = {one.label: one.id for one in queueing.setup_choices(plan.site_id).counters}
    PlanShift.objects.bulk_create(_row(plan, shift, points, counters) for shift in given.shifts)


def _row(
    plan: Plan, given: ShiftWanted, points: Mapping[str, PlanPoint], counters: Mapping[str, UUID]
) -> PlanShift:
    point = points.get(given.label)
    return PlanShift(
        plan=plan,
        staff_id=given.staff,
        point=point,
        counter_id=None if point else counters.get(given.label),
        from_time=given.from_time,
        to_time=given.to_time,
        first=given.first,
        last=given.last,
    )
