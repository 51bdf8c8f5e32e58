"""Adding, scheduling, cancelling and ending plans."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.kernel.errors import BadInput
from servicehall.rooms.diversion import actions

from .forms import PlanForm, put_errors
from .ground import CHANGE, asked, back, shown


@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Save a plan; it is scheduled from the list."""
    actor, place = asked(request, slug, CHANGE)
    form = PlanForm(request.POST if request.method == "POST" else None, place=place, actor=actor)
    if form.is_valid():
        try:
            actions.add_plan(site_id=place.id, by=actor, **form.wanted())
        except BadInput as refused:
            put_errors(form, refused.facts["errors"])
        else:
            messages.success(request, _("The plan is saved. Schedule it when it is right."))
            return back(slug)
    status = 422 if form.errors else 200
    return shown(request, "plan", actor, place, {"form": form}, status=status)


@require_POST
def schedule(request: HttpRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """Let it come at its time."""
    actor, place = asked(request, slug, CHANGE)
    try:
        actions.schedule_plan(plan_id, site_id=place.id, by=actor)
    except actions.DaysTaken as refused:
        days = pgettext("between things of a list", ", ").join(refused.facts["days"])
        words = {"title": refused.title, "days": days, "advice": refused.advice}
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
