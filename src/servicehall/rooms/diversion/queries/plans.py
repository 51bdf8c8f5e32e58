"""Plans of a site, and whom those in effect want at work today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.diversion.models import Plan, PlanShift
from servicehall.rooms.diversion.shifts import Turn
from servicehall.rooms.hall import queries as hall

RIGHT = "ops.see"
ONE_DAY = timedelta(days=1)
DRAFT = Plan.State.DRAFT
_PARTS = (
    *("counters__counter", "counters__stages__service", "points__zone", "points__stages__service"),
    *("shifts__staff", "shifts__counter", "shifts__point", "rules_on", "rules_off"),
)


def _rows(site_id: UUID) -> QuerySet[Plan]:
    return Plan.objects.filter(site_id=site_id).prefetch_related(*_PARTS)


def plans_of(site_id: UUID, *, actor: Actor, limit: int = 50) -> list[Plan]:
    """The plans of a site, the latest first, with what they change (the number of queries does not depend on them).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, RIGHT, site_id)
    return list(_rows(site_id).order_by("-first", "-pk")[:limit])


def plan_of(site_id: UUID, plan_id: UUID, *, actor: Actor) -> Plan:
    """One plan, with what it changes.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site; it has no such plan.
    """
    allow(actor, RIGHT, site_id)
    found = _rows(site_id).filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class HolidayPlan:
    """What a plan says of a day, for a simulation: hours, stages that counters (by label) serve as well, extra staff."""

    first: date
    last: date
    opens: time | None
    closes: time | None
    serves: dict[str, list[UUID]]
    turns: list[Turn]
    switches_rules: bool


def described(plan: Plan) -> HolidayPlan:
    """A plan of :func:`plan_of` as plain values."""
    serves = {one.counter.label: [stage.pk for stage in one.stages.all()] for one in plan.counters.all()}
    serves |= {one.label: [stage.pk for stage in one.stages.all()] for one in plan.points.all()}
    turns = [
        Turn(s.staff_id, s.label, s.first or plan.first, s.last or plan.last, s.from_time, s.to_time)
        for s in plan.shifts.all()
    ]
    switches = bool(plan.rules_on.all() or plan.rules_off.all())
    return HolidayPlan(plan.first, plan.last, plan.opens, plan.closes, serves, turns, switches)


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """Somebody more whom a plan in effect wants at work today; ``moments``: from when to when, UTC."""

    row: PlanShift
    moments: tuple[datetime, datetime]


def extra_staff(site_id: UUID, *, at: datetime | None = None) -> list[PlannedShift]:
    """The extra staff of today's business day, and those of yesterday who are not done (one query while no plan has any)."""
    moment = at or clock.now()
    rows = PlanShift.objects.filter(plan__site_id=site_id, plan__state=Plan.State.APPLIED)
    shifts = list(rows.select_related("plan", "staff", "counter", "point"))
    if not shifts:
        return []
    site = hall.site(site_id)
    today = clock.business_day(moment, site.timezone, site.day_ends)
    found = []
    for shift in shifts:
        for day in (clock.local(moment, site.timezone).date(), today):
            one = PlannedShift(shift, _moments(shift, day, site.timezone))
            if _is_on(shift, day) and one.moments[1] > moment and one not in found:
                found.append(one)
    return sorted(found, key=lambda one: one.moments)


def _is_on(shift: PlanShift, day: date) -> bool:
    return (shift.first or shift.plan.first) <= day <= (shift.last or shift.plan.last)


def _moments(shift: PlanShift, day: date, timezone: str) -> tuple[datetime, datetime]:
    ends = day + ONE_DAY if shift.to_time <= shift.from_time else day
    return (
        clock.moment_of(day, shift.from_time, timezone),
        clock.moment_of(ends, shift.to_time, timezone),
    )
