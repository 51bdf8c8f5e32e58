"""A plan of a day becomes a plan for special days, and such a plan is tried out on a simulated day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from servicehall.kernel.languages import Text, say
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.diversion import actions as diversion_actions
from servicehall.rooms.diversion import queries as diversion
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.simulation.day.findings import UnusablePlan
from servicehall.rooms.simulation.day.plan import Plan
from servicehall.rooms.simulation.day.reading import read
from servicehall.rooms.simulation.day.trying import document_of_site
from servicehall.rooms.simulation.events import PlanUsed
from servicehall.rooms.simulation.holiday import Carried, Left, carried_over, document_for
from servicehall.rooms.simulation.models import DayPlan

from .planning import LONGEST_NAME, RIGHT, add_plan, say_of, take


def carried(plan: DayPlan, *, by: Actor) -> Carried:
    """What of a plan of a day a plan for special days could say, and what not. Nothing is written.

    Raises:
        UnusablePlan: the plan cannot be read.
        NotAllowed, NotFound: the actor does not watch its site.
    """
    usual = _usual(plan.site_id, by)
    return carried_over(read(plan.document)[0], usual, queueing.setup_choices(plan.site_id))


def _usual(site_id: UUID, by: Actor) -> Plan | None:
    try:
        return read(document_of_site(site_id, actor=by))[0]
    except UnusablePlan:  # nobody has come yet
        return None


def use_on_dates(
    plan_id: UUID, *, site_id: UUID, names: Text, first: date, last: date, by: Actor
) -> tuple[Any, list[Left]]:
    """Save a plan for these days from a plan of a day, not scheduled; it, and what did not carry over.

    Raises:
        UnusablePlan: the plan of the day cannot be read.
        BadInput: names or days do not fit, or it differs in nothing that such a plan can say.
        NotAllowed, NotFound: the actor may not change plans and the setup there; the site has no such plan.
    """
    allow(by, RIGHT, site_id)
    plan = take(plan_id, site_id)
    found = carried(plan, by=by)
    fields = diversion_actions.PlanFields(
        names, first, last, found.opens, found.closes,
        counters=found.counters, points=found.points, shifts=found.shifts,
    )  # fmt: skip
    with transaction(site_id):
        made = diversion_actions.add_plan(site_id=site_id, fields=fields, by=by)
        DayPlan.objects.filter(pk=plan.pk).update(holiday=made)
        say_of(PlanUsed(plan.pk, made.pk), plan, by)
    return made, found.left


def try_holiday(holiday_id: UUID, *, site_id: UUID, by: Actor) -> tuple[DayPlan, list[Left]]:
    """A plan of a day from a plan for special days: a usual day as it wants it; it, and what cannot be tried.

    Raises:
        UnusablePlan: the day cannot be tried out: nobody has come yet.
        TooManyPlans: the site keeps as many plans of days as it may.
        NotAllowed, NotFound: the actor may not change plans there; the site has no such plan.
    """
    allow(by, RIGHT, site_id)
    holiday = diversion.plan_of(site_id, holiday_id, actor=by)
    wanted = diversion.described(holiday)
    names = {ref: slug for slug, ref in people.skill_ids().items()}
    held = people.skills_of_many([turn.staff for turn in wanted.turns if turn.staff])
    skills = {who: sorted(names[one] for one in some if one in names) for who, some in held.items()}
    usual, setup = document_of_site(site_id, actor=by), queueing.setup_choices(site_id)
    document, left = document_for(wanted, usual, setup, skills)
    name = say(holiday.names)[:LONGEST_NAME]
    return add_plan(site_id=site_id, name=name, document=document, by=by, holiday=holiday_id), left
