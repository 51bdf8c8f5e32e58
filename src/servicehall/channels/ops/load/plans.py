"""Adding, changing, scheduling, cancelling and ending plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.channels.ops import asking
from servicehall.channels.ops.what_if.holidays import told
from servicehall.kernel.errors import BadInput
from servicehall.rooms.diversion import actions
from servicehall.rooms.diversion import queries as diversion
from servicehall.rooms.simulation import actions as trying
from servicehall.rooms.simulation import queries as simulation
from servicehall.rooms.simulation.actions import holidays, planning

from .forms import put_errors
from .ground import CHANGE, PLAN_TONES, asked, back, shown, to
from .plan_forms import PlanForm


@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Save a plan; it is scheduled from its page or from the list."""
    actor, place = asked(request, slug, CHANGE)
    form = PlanForm(request.POST if request.method == "POST" else None, place=place, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_plan(site_id=place.id, fields=form.wanted(), by=actor)
        except BadInput as refused:
            put_errors(form, refused.facts["errors"])
        else:
            messages.success(request, _("The plan is saved. Schedule it when it is right."))
            return to(slug, made.pk)
    status = 422 if request.method == "POST" else 200
    return shown(request, "plan", actor, place, {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """A plan: what it says, to be changed until it is scheduled; what can be done with it."""
    is_change = request.method == "POST"
    actor, place = asked(request, slug, CHANGE if is_change else asking.RIGHT)
    plan = diversion.plan_of(place.id, plan_id, actor=actor)
    context: dict[str, Any] = {
        "plan": plan,
        "tone": PLAN_TONES[plan.state],
        "tries": simulation.tries_of(plan_id, site_id=place.id, actor=actor),
        "may_plan": actor.may(simulation.CHANGE, place.id),
    }
    if actor.may(CHANGE, place.id) and (is_change or plan.state == diversion.DRAFT):
        form = PlanForm(request.POST if is_change else None, place=place, actor=actor, plan=plan)
        if is_change and form.is_valid():
            try:
                actions.change_plan(plan_id, site_id=place.id, fields=form.wanted(), by=actor)
            except BadInput as refused:
                put_errors(form, refused.facts["errors"])
            except actions.PlanGone as refused:
                messages.error(request, refused.sentences)
                return to(slug, plan_id)
            else:
                messages.success(request, pgettext("for special days", "The plan is saved."))
                return to(slug, plan_id)
        context["form"] = form
    return shown(request, "plan", actor, place, context, status=422 if is_change else 200)


@require_POST
def attempt(request: HttpRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """Make a plan of a day from it, to be tried out there."""
    actor, place = asked(request, slug, simulation.CHANGE)
    try:
        made, left = holidays.try_holiday(plan_id, site_id=place.id, by=actor)
    except trying.UnusablePlan as problem:
        messages.error(request, " ".join(one.told() for one in problem.findings[:3]))
    except planning.TooManyPlans as refused:
        messages.error(request, refused.sentences)
    else:
        for words in told(left):
            messages.warning(request, words)
        messages.success(request, _("A usual day as the plan wants it. Try it out below."))
        return to(slug, made.pk, page="ops:what-if-plan")
    return to(slug, plan_id)


def _in_the_way(facts: Mapping[str, Any]) -> str:
    """The days or labels that are taken, or how many are booked."""
    if count := facts.get("bookings"):
        words = ngettext(
            "%(count)d booking, on %(first)s", "%(count)d bookings, the first on %(first)s", count
        )
        return words % {"count": count, "first": facts["first"]}
    return pgettext("between things of a list", ", ").join(facts.get("days") or facts["labels"])


@require_POST
def schedule(request: HttpRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """Let it come at its time."""
    actor, place = asked(request, slug, CHANGE)
    try:
        actions.schedule_plan(plan_id, site_id=place.id, by=actor)
    except (actions.DaysTaken, actions.PointsTaken, actions.BookingsOutside) as refused:
        words = {"title": refused.title, "days": _in_the_way(refused.facts), "advice": refused.advice}
        messages.error(request, _("%(title)s: %(days)s. %(advice)s") % words)
    except actions.PlanGone as refused:
        messages.error(request, refused.sentences)
    else:
        messages.success(request, _("The plan is scheduled; its hours are announced."))
    return back(slug)


@require_POST
def cancel(request: HttpRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """Give it up before it came."""
    actor, place = asked(request, slug, CHANGE)
    try:
        actions.cancel_plan(plan_id, site_id=place.id, by=actor)
    except actions.PlanGone as refused:
        messages.error(request, refused.sentences)
    else:
        messages.success(request, _("The plan is cancelled."))
    return back(slug)


@require_POST
def end(request: HttpRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """End it early: what it changed changes back."""
    actor, place = asked(request, slug, CHANGE)
    if actions.take_back_plan(plan_id, site_id=place.id, by=actor):
        messages.success(request, _("The plan is taken back."))
    else:
        messages.error(request, _("The plan is not in effect."))
    return back(slug)
