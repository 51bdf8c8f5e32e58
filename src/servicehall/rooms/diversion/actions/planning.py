"""Plans for days of their own: added, changed, scheduled, applied and taken back.

The hours of a plan are special days: they are announced from when the plan is scheduled, so that customers who look
for a day see them. Counters and rules change, and temporary counters are there, when its first day begins and change back when its last day has ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.diversion import doing, points
from servicehall.rooms.diversion.events import (
    PlanApplied,
    PlanCancelled,
    PlanSaved,
    PlanScheduled,
    PlanTakenBack,
)
from servicehall.rooms.diversion.models import LoadRule, Plan
from servicehall.rooms.diversion.points import labels_taken
from servicehall.rooms.hall import actions as hall_actions
from servicehall.rooms.hall import queries as hall

from . import plan_contents
from .plan_contents import PlanFields
from .refusals import BookingsOutside, DaysTaken, PlanGone, PointsTaken
from .ruling import switch_rule

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site

RIGHT = "setup.change"
TURN = "diversion.plan"


def add_plan(*, site_id: UUID, fields: PlanFields, by: Actor, at: datetime | None = None) -> Plan:
    """Save a plan; nothing happens until it is scheduled.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there.
        BadInput: a field does not fit, or the plan would change nothing; ``errors`` says which.
    """
    allow(by, RIGHT, site_id)
    with transaction(site_id):
        return _save(Plan(site_id=site_id), fields, by, at or clock.now(), "added")


def change_plan(
    plan_id: UUID, *, site_id: UUID, fields: PlanFields, by: Actor, at: datetime | None = None
) -> Plan:
    """Let a plan that is not scheduled say something else.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there; the site has no such plan.
        PlanGone: it is scheduled already, or was.
        BadInput: a field does not fit.
    """
    allow(by, RIGHT, site_id)
    with transaction(site_id):
        plan = _plan(site_id, plan_id)
        if plan.state != Plan.State.DRAFT:
            raise PlanGone(state=plan.state)
        return _save(plan, fields, by, at or clock.now(), "changed")


def _save(plan: Plan, given: PlanFields, by: Actor, at: datetime, act: str) -> Plan:
    plan_contents.fill_in(plan, given)
    errors = plan_contents.wrong_in(plan.site_id, plan, given)
    try:
        plan.full_clean()
    except ValidationError as problem:
        errors = {name: " ".join(words) for name, words in problem.message_dict.items()} | errors
    if errors:
        raise BadInput(errors=errors)
    plan.save()
    plan_contents.write(plan, given)
    record(PlanSaved(plan.pk, plan.names, act), actor=by, at=at, subject_id=plan.pk)
    return plan


def _plan(site_id: UUID, plan_id: UUID) -> Plan:
    found = Plan.objects.filter(pk=plan_id, site_id=site_id).first()
    if found is None:
        raise NotFound
    return found


def _starts(site: Site, day: date) -> datetime:
    return clock.moment_of(day, site.day_ends, site.timezone)


def schedule_plan(plan_id: UUID, *, site_id: UUID, by: Actor, at: datetime | None = None) -> Plan:
    """Let a plan come at its time; its special hours are announced now.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there; the site has no such plan.
        PlanGone: it is scheduled already, or its last day is over.
        DaysTaken: some of its days have special hours already.
        BookingsOutside: customers are booked for when it would be closed then.
        PointsTaken: there are counters with the labels of its temporary ones.
    """
    allow(by, RIGHT, site_id)
    moment = at or clock.now()
    with transaction(site_id):
        plan, site = _plan(site_id, plan_id), hall.site(site_id)
        today = clock.business_day(moment, site.timezone, site.day_ends)
        if plan.state != Plan.State.DRAFT or plan.last < today:
            raise PlanGone(state=plan.state)
        labels = {one.label for one in plan.points.all()} & labels_taken(site_id)
        if labels:
            raise PointsTaken(", ".join(sorted(labels)), labels=sorted(labels))
        days = _days_with_other_hours(plan, by, moment)
        for day in days:
            hall_actions.add_special_day(
                site=site, day=day, opens=plan.opens, closes=plan.closes, names=plan.names, by=by
            )
        plan.state = Plan.State.SCHEDULED
        plan.did = {"days": [day.isoformat() for day in days]}
        plan.save()
        timers.set_timer(TURN, str(plan.pk), max(_starts(site, plan.first), moment), site_id=site_id)
        fact = PlanScheduled(
            plan.pk, plan.names, plan.first.isoformat(), plan.last.isoformat(), plan.did["days"]
        )
        record(fact, actor=by, at=moment, subject_id=plan.pk)
        return plan


def _days_with_other_hours(plan: Plan, by: Actor, at: datetime) -> list[date]:
    if plan.opens is None:
        return []
    taken = [one.date.isoformat() for one in hall.special_days(plan.site_id, plan.first, plan.last)]
    if taken:
        raise DaysTaken(", ".join(taken), days=taken)
    days = [plan.first + timedelta(days=n) for n in range((plan.last - plan.first).days + 1)]
    wanted = [booking.HallDay(day, plan.opens, plan.closes) for day in days]
    if outside := booking.booked_outside(plan.site_id, wanted, actor=by, at=at):
        first = clock.local(outside[0].starts_at, plan.site.timezone)
        raise BookingsOutside(bookings=len(outside), first=f"{first:%Y-%m-%d %H:%M}")
    return days


def apply_plan(plan_id: UUID, *, site_id: UUID, at: datetime | None = None) -> bool:
    """Its first day has begun: counters and rules change. Whether it was waiting for that."""
    moment = at or clock.now()
    with transaction(site_id):
        plan, site = _plan(site_id, plan_id), hall.site(site_id)
        if plan.state != Plan.State.SCHEDULED:
            return False
        lent = []
        for line in plan.counters.prefetch_related("stages"):
            wanted = [one.pk for one in line.stages.all()]
            did = doing.lend(site_id, line.counter_id, wanted, moment)
            lent.append({**did, "wanted": sorted(str(one) for one in wanted)})
        plan.did = {
            **plan.did,
            "counters": lent,
            "points": points.set_up(site_id, plan.points.prefetch_related("stages"), moment),
            "rules_on": _switch(plan.rules_on.all(), moment, is_active=True),
            "rules_off": _switch(plan.rules_off.all(), moment, is_active=False),
        }
        plan.state, plan.applied_at = Plan.State.APPLIED, moment
        plan.save()
        ends = _starts(site, plan.last + timedelta(days=1))
        timers.set_timer(TURN, str(plan.pk), max(ends, moment), site_id=site_id)
        record(PlanApplied(plan.pk, plan.names, plan.did), actor=SYSTEM, at=moment, subject_id=plan.pk)
        return True


def _switch(rules: Iterable[LoadRule], at: datetime, *, is_active: bool) -> list[str]:
    """Those that really changed."""
    return [
        str(rule.pk)
        for rule in rules
        if switch_rule(rule.pk, site_id=rule.site_id, is_active=is_active, by=SYSTEM, at=at)
    ]


def _back(plan: Plan, site: Site, at: datetime) -> None:
    """Take back what it did, except what a person changed meanwhile; days that are past stay as they were."""
    today = clock.business_day(at, site.timezone, site.day_ends)
    for iso in plan.did.get("days", []):
        if (day := date.fromisoformat(iso)) >= today:
            hall_actions.remove_special_day(
                site=site, day=day, opens=plan.opens, closes=plan.closes, names=plan.names, by=SYSTEM
            )
    for did in plan.did.get("counters", []):
        doing.take_back(plan.site_id, did, at, besides=plan.pk)
    points.take_down(plan.site_id, plan.did, at)
    for name, is_active in (("rules_on", False), ("rules_off", True)):
        rules = LoadRule.objects.filter(site_id=plan.site_id, pk__in=_not_handed_over(plan, name))
        _switch(rules, at, is_active=is_active)


def _not_handed_over(plan: Plan, name: str) -> list[str]:
    """The rules that the plan switched, without those that another plan in effect wants so: it switches them back."""
    mine = set(plan.did.get(name, []))
    for other in Plan.objects.filter(site_id=plan.site_id, state=Plan.State.APPLIED).exclude(pk=plan.pk):
        wanted = mine & {str(one) for one in getattr(other, name).values_list("pk", flat=True)}
        if wanted:
            other.did = {**other.did, name: sorted({*other.did.get(name, []), *wanted})}
            other.save(update_fields=["did"])
            mine -= wanted
    return sorted(mine)


def take_back_plan(plan_id: UUID, *, site_id: UUID, by: Actor = SYSTEM, at: datetime | None = None) -> bool:
    """Its last day has ended, or a person ends it early: what it changed changes back. Whether it was in effect.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there; the site has no such plan.
    """
    allow(by, RIGHT, site_id)
    moment = at or clock.now()
    with transaction(site_id):
        plan = _plan(site_id, plan_id)
        if plan.state != Plan.State.APPLIED:
            return False
        plan.state, plan.done_at = Plan.State.DONE, moment
        plan.save()
        _back(plan, hall.site(site_id), moment)
        timers.cancel(TURN, str(plan.pk))
        record(PlanTakenBack(plan.pk, plan.names), actor=by, at=moment, subject_id=plan.pk)
        return True


def cancel_plan(plan_id: UUID, *, site_id: UUID, by: Actor, at: datetime | None = None) -> Plan:
    """Give up a plan that is not in effect yet; the days that it announced are taken back.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there; the site has no such plan.
        PlanGone: it is in effect, over or cancelled.
    """
    allow(by, RIGHT, site_id)
    moment = at or clock.now()
    with transaction(site_id):
        plan = _plan(site_id, plan_id)
        if plan.state not in {Plan.State.DRAFT, Plan.State.SCHEDULED}:
            raise PlanGone(state=plan.state)
        plan.state, plan.done_at = Plan.State.CANCELLED, moment
        plan.save()
        _back(plan, hall.site(site_id), moment)
        timers.cancel(TURN, str(plan.pk))
        record(PlanCancelled(plan.pk, plan.names), actor=by, at=moment, subject_id=plan.pk)
        return plan


def turn(plan_id: UUID, site_id: UUID, at: datetime) -> Any:
    """A plan's moment has come: the first time it is applied, the second time taken back."""
    return apply_plan(plan_id, site_id=site_id, at=at) or take_back_plan(plan_id, site_id=site_id, at=at)
