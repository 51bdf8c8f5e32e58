"""Who is half-way through which version of a service: taking them over, giving them back, until when a version lasts.

And how the variants of its experiment do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicehall.channels.look import times
from servicehall.kernel.errors import BadInput, NotAllowed
from servicehall.rooms.services import actions
from servicehall.rooms.services import queries as services

from .asked import Asked, flow_asked, of_flow, shown, to
from .numbers import number_of

PAGE = "service-upgrade"


class LastsForm(forms.Form):
    """Until when a version lasts. The moment is one of the site's clock."""

    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        help_text=_("Left empty, it lasts as long as it is published."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, numbers: list[int], data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        choices = [(one, str(one)) for one in numbers]
        self.fields["version"] = forms.TypedChoiceField(label=_("Version"), coerce=int, choices=choices)

    @property
    def moment(self) -> datetime | None:
        """Until when; none: without end."""
        found: datetime | None = self.cleaned_data["until"]
        return found


@never_cache
@require_http_methods(["GET", "POST"])
def upgrade(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """The versions in use, what an upgrade would do, and doing it."""
    who, flow = flow_asked(request, slug, flow_id)
    used = services.versions_in_use(flow)
    with timezone.override(who.place.timezone):
        if request.method != "POST":
            return _page(request, who, flow, used, LastsForm([one.version.number for one in used]))
        if not who.may_change:
            raise NotAllowed(right=services.CHANGE)
        form = LastsForm([one.version.number for one in used], request.POST)
        if request.POST.get("act") == "lasts":
            if not form.is_valid() or not _lasts(request, who, flow, form):
                return _page(request, who, flow, used, form, status=422)
        else:
            _moved(request, who, flow)
        return to(PAGE, who, flow)


def _moved(request: HttpRequest, who: Asked, flow: Any) -> None:
    """Take requests over, or give them back."""
    acts: dict[str, Callable[..., list[UUID]]] = {"upgrade": actions.upgrade, "revert": actions.revert}
    act, number = request.POST.get("act", ""), number_of(request.POST, "to")
    if act not in acts or number is None:
        raise BadInput(errors={"act": ", ".join(acts)})
    sites = acts[act](flow_id=flow.pk, number=number, by=who.actor)
    if sites:
        words = ngettext(
            "It has begun at %(count)d hall and goes on by itself; this page shows how far it is.",
            "It has begun at %(count)d halls and goes on by itself; this page shows how far it is.",
            len(sites),
        )
        messages.success(request, words % {"count": len(sites)})
    else:
        messages.info(request, gettext("There is nothing to take over any more."))


def _lasts(request: HttpRequest, who: Asked, flow: Any, form: LastsForm) -> bool:
    number, moment = form.cleaned_data["version"], form.moment
    try:
        actions.retire(flow_id=flow.pk, number=number, retires_at=moment, by=who.actor)
    except actions.PastMoment as problem:
        form.add_error("until", problem.sentences)
        return False
    if moment is None:
        messages.success(request, gettext("Version %(number)d has no last day.") % {"number": number})
    else:
        words = gettext("Version %(number)d lasts until %(moment)s.")
        messages.success(request, words % {"number": number, "moment": who.words(moment)})
    return True


def _page(
    request: HttpRequest, who: Asked, flow: Any, used: list[Any], form: LastsForm, *, status: int = 200
) -> HttpResponse:
    now = services.standing(flow)
    numbers = [one.version.number for one in used]
    wanted = number_of(request.GET, "to")
    number = wanted if wanted in numbers else (now.live.number if now.live else max(numbers, default=0))
    context: dict[str, Any] = {
        **of_flow(flow, "upgrade"),
        "used": [
            {
                "row": one.version,
                "is_live": now.live is not None and one.version.pk == now.live.pk,
                "open": one.open,
                "waiting": one.waiting,
                "came_over": one.came_over,
                "reverting": [("act", "revert"), ("to", one.version.number)],
            }
            for one in used
        ],
        "number": number,
        "older": [one for one in numbers if one < number],
        "targets": numbers,
        "report": _told(services.upgrade_report(flow, number)) if number else None,
        "upgrading": [("act", "upgrade"), ("to", number)],
        "form": form,
        "trial": _tried(services.trial(flow)),
    }
    return shown(request, "ops/services/upgrade.html", who, context, status=status)


def _told(report: Any) -> dict[str, Any]:
    """The dry run in words, what keeps most of them first."""
    reasons = sorted(report.cannot.items(), key=lambda one: (-one[1], one[0]))
    return {
        "can": report.can,
        "cannot": sum(report.cannot.values()),
        "reasons": [
            {"words": services.WHY_NOT[why], "count": count, "steps": report.steps.get(why, [])}
            for why, count in reasons
        ],
        "left_out": report.left_out,
    }


def _tried(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    rows = [
        {"row": one, "time": times.stopwatch(int(one.time.total_seconds())) if one.time else "–"}
        for one in found.variants
    ]
    return {"name": found.name, "variants": rows}
