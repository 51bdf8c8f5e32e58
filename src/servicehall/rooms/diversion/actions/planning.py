"""Plans for days of their own: added, scheduled, applied and taken back.

The hours of a plan are special days: they are announced from when the plan is scheduled, so that customers who look
for a day see them. Counters and rules change when its first day begins and change back when its last day has ended.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.diversion import doing
from servicehall.rooms.diversion.events import PlanApplied, PlanCancelled, PlanScheduled, PlanTakenBack
from servicehall.rooms.diversion.models import LoadRule, Plan, PlanCounter
from servicehall.rooms.hall import actions as hall_actions
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing

from .refusals import DaysTaken, PlanGone
from .ruling import switch_rule

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site

RIGHT = "setup.change"
TURN = "diversion.plan"
LONGEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class CounterServes:
    """What a counter serves as well while a plan is in effect."""

    counter: UUID
    stages: Collection[UUID]


def _fits(
    site_id: UUID, plan: Plan, counters: Iterable[CounterServes], rules: Collection[UUID]
) -> dict[str, str]:
    errors: dict[str, str] = {}
    known = queueing.setup_choices(site_id)
    stages, places = {one.id for one in known.stages}, {one.id for one in known.counters}
    if any(one.counter not in places or not set(one.stages) <= stages for one in counters):
        errors["counters"] = _("Choose from the list.")
    if LoadRule.objects.filter(site_id=site_id, pk__in=rules).count() != len(set(rules)):
        errors["rules_on"] = _("Choose from the list.")
    if plan.first and plan.last and plan.last - plan.first > LONGEST:
        errors["last"] = _("A plan is for at most three months.")
    return errors


def add_plan(
    *,
    site_id: UUID,
    names: Text,
    first: date,
    last: date,
    by: Actor,
    opens: time | None = None,
    closes: time | None = None,
    counters: Collection[CounterServes] = (),
    rules_on: Collection[UUID] = (),
    rules_off: Collection[UUID] = (),
) -> Plan:
    """Save a plan; nothing happens until it is scheduled.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there.
        BadInput: a field does not fit, or the plan would change nothing; ``errors`` says which.
    """
    allow(by, RIGHT, site_id)
    plan = Plan(site_id=site_id, names=names, first=first, last=last, opens=opens, closes=closes)
    errors = _fits(site_id, plan, counters, [*rules_on, *rules_off])
    try:
        plan.full_clean()
    except ValidationError as problem:
        errors = {name: " ".join(words) for name, words in problem.message_dict.items()} | errors
    if set(rules_on) & set(rules_off):
        errors["rules_off"] = _("A rule cannot be switched on and off at once.")
    if not errors and opens is None and not counters and not rules_on and not rules_off:
        errors["opens"] = _("Say what is to be otherwise: hours, counters or rules.")
    if errors:
        raise BadInput(errors=errors)
    with transaction(site_id):
        plan.save()
        plan.rules_on.set(rules_on)  # type: ignore[arg-type]  # ids serve as well as rows
        plan.rules_off.set(rules_off)  # type: ignore[arg-type]  # ids serve as well as rows
        for one in counters:
            line = PlanCounter.objects.create(plan=plan, counter_id=one.counter)
            line.stages.set(one.stages)  # type: ignore[arg-type]  # ids serve as well as rows
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
    """
    allow(by, RIGHT, site_id)
    moment = at or clock.now()
    with transaction(site_id):
        plan, site = _plan(site_id, plan_id), hall.site(site_id)
        today = clock.business_day(moment, site.timezone, site.day_ends)
        if plan.state != Plan.State.DRAFT or plan.last < today:
            raise PlanGone(state=plan.state)
        days: list[date] = []
        if plan.opens is not None:
            taken = [one.date.isoformat() for one in hall.special_days(site_id, plan.first, plan.last)]
            if taken:
                raise DaysTaken(", ".join(taken), days=taken)
            days = [plan.first + timedelta(days=n) for n in range((plan.last - plan.first).days + 1)]
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
