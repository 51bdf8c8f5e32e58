"""Plans of a day: made, changed, copied, removed, tried out."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound, Refused, Words
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.simulation.day.findings import Finding, UnusablePlan, is_kept
from servicehall.rooms.simulation.day.reading import read
from servicehall.rooms.simulation.day.repeating import MOST_DAYS, Stopped
from servicehall.rooms.simulation.day.trying import document_of_site, try_out
from servicehall.rooms.simulation.events import (
    PlanAdded,
    PlanAsked,
    PlanChanged,
    PlanRemoved,
    PlanStopped,
    PlanTried,
)
from servicehall.rooms.simulation.models import DONE, DRAFT, FAILED, RUNNING, WAITING, DayPlan

RIGHT = "plan.change"
MOST_PLANS = 50
LONGEST_NAME = 80
GONE_AFTER = timedelta(minutes=3)
"""Without a sign of life for so long, whoever tried a plan has died; it is begun anew."""
SIGN_EVERY = 2.0
BEHIND = 10
log = logging.getLogger(__name__)


class TooManyPlans(Refused):
    """The site keeps as many plans as it may."""

    kind = "too-many-plans"
    status: ClassVar[int] = 409
    title: ClassVar[Words] = _("There are too many plans")
    advice: ClassVar[Words] = _("Delete plans that nobody needs any more.")


class PlanChangedMeanwhile(Refused):
    """Somebody else changed the plan since it was read."""

    kind = "plan-changed"
    status: ClassVar[int] = 409
    title: ClassVar[Words] = _("Somebody else has changed this plan meanwhile")
    advice: ClassVar[Words] = _("Load the page again and make your changes once more.")


class PlanInUse(Refused):
    """The plan is being tried out."""

    kind = "plan-in-use"
    status: ClassVar[int] = 409
    title: ClassVar[Words] = _("This plan is being tried out")
    advice: ClassVar[Words] = _("Wait until it has been tried, or stop it first.")


def _name(name: str) -> str:
    found = " ".join(name.split())
    if not 1 <= len(found) <= LONGEST_NAME or not is_kept(found):
        raise BadInput(errors={"name": f"1–{LONGEST_NAME}"})
    return found


def take(plan_id: UUID, site_id: UUID) -> DayPlan:
    """A plan of the site.

    Raises:
        NotFound: it has no such plan.
    """
    found = DayPlan.objects.filter(pk=plan_id, site_id=site_id).first()
    if found is None:
        raise NotFound
    return found


def say_of(fact: Any, plan: DayPlan, by: Actor) -> None:
    """Record a fact about a plan."""
    record(fact, actor=by, at=clock.now(), subject_id=plan.pk)


def add_plan(
    *,
    site_id: UUID,
    name: str,
    by: Actor,
    document: Mapping[str, Any] | None = None,
    copied: UUID | None = None,
    holiday: UUID | None = None,
) -> DayPlan:
    """Keep a plan: this document, or a usual day from the site's own history; ``holiday``: the plan that it tries out.

    Raises:
        BadInput: no name, or one that is too long.
        UnusablePlan: the document is no plan, or the site has no services of which one could be made.
        TooManyPlans, NotAllowed, NotFound: see there.
    """
    allow(by, RIGHT, site_id)
    called = _name(name)
    whole = dict(document) if document is not None else document_of_site(site_id, actor=by)
    whole["name"] = called
    if document is not None:
        read(whole)
    elif not whole["services"]:
        raise UnusablePlan([Finding("no-services")])
    with transaction(site_id):
        if DayPlan.objects.filter(site_id=site_id).count() >= MOST_PLANS:
            raise TooManyPlans
        made = DayPlan.objects.create(
            site_id=site_id, name=called, document=whole, changed_at=clock.now(), holiday_id=holiday
        )
        say_of(PlanAdded(made.pk, copied), made, by)
    return made


def copy_plan(plan_id: UUID, *, site_id: UUID, name: str, by: Actor) -> DayPlan:
    """The same plan once more, to be changed.

    Raises:
        BadInput, TooManyPlans, NotAllowed, NotFound: see there.
    """
    allow(by, RIGHT, site_id)
    original = take(plan_id, site_id)
    return add_plan(site_id=site_id, name=name, by=by, document=original.document, copied=plan_id)


def change_plan(
    plan_id: UUID, *, site_id: UUID, document: Mapping[str, Any], name: str, version: int, by: Actor
) -> DayPlan:
    """Replace what the plan says; figures of what it said before are gone.

    Raises:
        UnusablePlan: the document is no plan.
        PlanChangedMeanwhile, PlanInUse, BadInput, NotAllowed, NotFound: see there.
    """
    allow(by, RIGHT, site_id)
    called = _name(name)
    whole = dict(document) | {"name": called}
    read(whole)
    with transaction(site_id):
        plan = take(plan_id, site_id)
        if plan.state in {WAITING, RUNNING}:
            raise PlanInUse
        if plan.version != version:
            raise PlanChangedMeanwhile
        if plan.document == whole:
            return plan
        plan.name, plan.document, plan.figures = called, whole, None
        plan.state, plan.days_done, plan.changed_at = DRAFT, 0, clock.now()
        plan.version += 1
        plan.save()
        say_of(PlanChanged(plan.pk), plan, by)
    return plan


def remove_plan(plan_id: UUID, *, site_id: UUID, by: Actor) -> None:
    """Throw a plan away, also one that is being tried out.

    Raises:
        NotAllowed, NotFound: see there.
    """
    allow(by, RIGHT, site_id)
    with transaction(site_id):
        plan = take(plan_id, site_id)
        say_of(PlanRemoved(plan.pk), plan, by)
        plan.delete()


def ask_plan(plan_id: UUID, *, site_id: UUID, days: int, seed: int, by: Actor) -> DayPlan:
    """Have the worker try the plan out.

    Raises:
        BadInput: too many days, or none.
        UnusablePlan: it cannot be tried out.
        PlanInUse, NotAllowed, NotFound: see there.
    """
    allow(by, RIGHT, site_id)
    errors = {}
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = f"1–{MOST_DAYS}"
    if not 0 <= seed < 2**31:
        errors["seed"] = f"0–{2**31 - 1}"
    if errors:
        raise BadInput(errors=errors)
    with transaction(site_id):
        plan = take(plan_id, site_id)
        if plan.state in {WAITING, RUNNING}:
            raise PlanInUse
        read(plan.document)
        plan.state, plan.days, plan.seed, plan.days_done, plan.figures = WAITING, days, seed, 0, None
        plan.save()
        say_of(PlanAsked(plan.pk, days, seed), plan, by)
    return plan


def stop_plan(plan_id: UUID, *, site_id: UUID, by: Actor) -> DayPlan:
    """Try it out no further; one that is not being tried stays as it is.

    Raises:
        NotAllowed, NotFound: see there.
    """
    allow(by, RIGHT, site_id)
    with transaction(site_id):
        plan = take(plan_id, site_id)
        if plan.state in {WAITING, RUNNING}:
            plan.state, plan.days_done = DRAFT, 0
            plan.save()
            say_of(PlanStopped(plan.pk), plan, by)
    return plan


def try_next() -> bool:
    """Try out the plan that has waited longest; False when none waits. What the worker does, beside all else."""
    now = clock.now()
    dead = DayPlan.objects.filter(state=RUNNING, beat_at__lt=now - GONE_AFTER)
    waiting = DayPlan.objects.filter(state=WAITING)
    for found in (*waiting.order_by("changed_at")[:5], *dead[:5]):
        with transaction(found.site_id):
            taken = DayPlan.objects.filter(pk=found.pk, state=found.state, beat_at=found.beat_at).update(
                state=RUNNING, beat_at=now, days_done=0
            )
        if taken:
            _try(found)
            return True
    return False


def _try(plan: DayPlan) -> None:
    """Let the days pass, with signs of life; the figures count if nobody changed or stopped it meanwhile."""
    # Stopped and asked for again with other days, it is somebody else's; with the same ones the figures are the same.
    same = {"version": plan.version, "days": plan.days, "seed": plan.seed}
    mine = DayPlan.objects.filter(pk=plan.pk, state=RUNNING, **same)
    signed = time.monotonic()
    is_wanted = True

    def progress(done: int, _all: int) -> None:
        nonlocal signed, is_wanted
        if time.monotonic() - signed >= SIGN_EVERY:
            signed = time.monotonic()
            with transaction(plan.site_id):
                is_wanted = bool(mine.update(days_done=done, beat_at=clock.now()))

    figures = None
    try:
        figures = try_out(
            plan.document,
            days=plan.days,
            seed=plan.seed,
            behind=BEHIND,
            progress=progress,
            is_unwanted=lambda: not is_wanted,
        )
    except Stopped:
        return
    except UnusablePlan:
        # What a plan may say has changed since it was kept; the page says what is wrong.
        log.info("plan.unusable plan=%s", plan.pk)
    except BrokenExecutor:
        # A process of ours was killed, as when the hall is closed: whoever comes next begins anew.
        log.warning("plan.cut-off plan=%s", plan.pk)
        return
    except Exception:
        # Tried again by itself it would most likely fail again, for ever: whoever wants it asks once more.
        log.exception("plan.failed plan=%s", plan.pk)
    with transaction(plan.site_id):
        state = FAILED if figures is None else DONE
        if mine.update(state=state, figures=figures, days_done=plan.days, beat_at=clock.now()):
            say_of(PlanTried(plan.pk, plan.days, figures is None), plan, SYSTEM)
