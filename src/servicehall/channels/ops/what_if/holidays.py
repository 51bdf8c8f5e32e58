"""A plan of a day used on dates: what carries over into a plan for special days, what does not, and saving it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicehall.channels.ops.load.forms import LanguagesForm, put_errors
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import allow
from servicehall.rooms.simulation import actions
from servicehall.rooms.simulation import queries as simulation
from servicehall.rooms.simulation.actions import holidays

from .ground import asked, shown, to

SETUP = "setup.change"
MOST_SHIFTS = 12
WORDS = {
    "pause": gettext_lazy("The pause between opening hours: the plan opens from the first hour to the last."),
    "serves-less": gettext_lazy("That counter %(about)s serves less: take services away in the setup."),
    "point": gettext_lazy(
        "Counter %(about)s: a temporary counter needs a label of at most 8 letters and digits, and services."
    ),
    "less-staff": gettext_lazy("Fewer hours at counter %(about)s: plans only add staff."),
    "demand": gettext_lazy("Demand of %(about)s: it was assumed."),
    "appointments": gettext_lazy("Appointments (%(about)s): customers book them."),
    "merging": gettext_lazy("How appointments join the queue: that is in the setup of booking."),
    "skills": gettext_lazy("Skills of extra staff: name the people in the plan."),
    "assumed": gettext_lazy(
        "Arrivals, durations, patience, missed calls and the rules of the queue: they describe the day, no plan changes them."
    ),
    "after-midnight": gettext_lazy("Hours past midnight: a simulated day ends at midnight."),
    "one-day": gettext_lazy("Extra staff differ from day to day: this is %(about)s, with most of them."),
    "no-place": gettext_lazy(
        "Extra staff %(about)s: somebody is usually at the counter then, or none is free."
    ),
    "rules": gettext_lazy("Load rules that are switched: nothing fires on a simulated day."),
}
"""Of what cannot carry over, either way."""


def told(left: Iterable[simulation.Left]) -> list[str]:
    """What cannot carry over, in words."""
    return [str(WORDS[one.what]) % {"about": one.about} for one in left]


class DatesForm(LanguagesForm):
    """What the plan is called, and its days."""

    first = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _what(found: simulation.Carried) -> list[str]:
    """What carries over, in short."""
    words = []
    if found.opens is not None and found.closes is not None:
        words.append(
            _("Open %(opens)s–%(closes)s")
            % {"opens": f"{found.opens:%H:%M}", "closes": f"{found.closes:%H:%M}"}
        )
    for count, one in (
        (
            len(found.counters),
            ngettext("%(n)d counter serves more", "%(n)d counters serve more", len(found.counters)),
        ),
        (
            len(found.points),
            ngettext("%(n)d temporary counter", "%(n)d temporary counters", len(found.points)),
        ),
        (
            len(found.shifts),
            ngettext("%(n)d shift of extra staff", "%(n)d shifts of extra staff", len(found.shifts)),
        ),
    ):
        if count:
            words.append(one % {"n": count})
    for shift in found.shifts[:MOST_SHIFTS]:
        span = {"label": shift.label, "from": f"{shift.from_time:%H:%M}", "to": f"{shift.to_time:%H:%M}"}
        words.append(_("Counter %(label)s: one more from %(from)s to %(to)s") % span)
    return words


@never_cache
@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, slug: str, day_plan_id: UUID) -> HttpResponse:
    """Save it as a plan for special days, which is scheduled from its own page."""
    actor, place = asked(request, slug)
    allow(actor, simulation.CHANGE, place.id)
    allow(actor, SETUP, place.id)
    plan = simulation.plan(day_plan_id, site_id=place.id, actor=actor)
    form = DatesForm(request.POST if request.method == "POST" else None, initial={"name_zh": plan.name[:80]})
    context: dict[str, Any] = {"plan": plan, "form": form}
    try:
        found = holidays.carried(plan, by=actor)
        context |= {"carried": _what(found), "left": told(found.left), "is_empty": found.is_empty}
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            made, _left = holidays.use_on_dates(
                plan.pk,
                site_id=place.id,
                names=form.names(),
                first=given["first"],
                last=given["last"],
                by=actor,
            )
            messages.success(request, _("The plan is saved, not scheduled. Look at it, then schedule it."))
            return to("ops:load-plan", slug, made.pk)
    except actions.UnusablePlan as problem:
        context |= {"is_empty": True, "left": [one.told() for one in problem.findings[:5]]}
    except BadInput as refused:
        put_errors(form, refused.facts["errors"])
    status = 422 if request.method == "POST" else 200
    return shown(request, "ops/what_if/use.html", actor, place, context, status=status)
