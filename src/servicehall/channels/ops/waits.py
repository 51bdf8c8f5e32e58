"""Predicted against actual: how good the times were that customers were told, and the models that told them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicehall.kernel import languages
from servicehall.kernel.errors import BadInput, Refused
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing import queries as queueing

from . import asking
from .exports import Columns, lines
from .frame import frame

CHANGE = "setup.change"
DAYS = 28
"""Shown unless other days are chosen."""
MOST_DAYS = 366
PROMISED = 0.8
"""The share of waits that is to fall into the range told; further off than the second figure it is said."""
FAR_OFF = 0.06
STATES = {
    "in_use": ("good", "check"),
    "drifted": ("warn", "triangle-alert"),
    "not_better": ("neutral", "minus"),
}


def _row(name: str) -> Any:
    return lambda row, _language: round(getattr(row["row"].accuracy, name), 3)


CSV: Columns = (
    (_("Business day"), lambda row, _language: row["row"].day),
    (_("Hour"), lambda row, _language: f"{row['row'].hour:02}:00"),
    (_("Service"), lambda row, language: languages.say(row["row"].service, language)),
    (_("Told by"), lambda row, _language: teller(row["row"].version)),
    (_("Waits"), lambda row, _language: row["row"].accuracy.count),
    (_("Predicted, mean (s)"), _row("expected")),
    (_("Actual, mean (s)"), _row("actual")),
    (_("RMSE (s)"), _row("rmse")),
    (_("Mean absolute error (s)"), _row("mae")),
    (_("Bias (s)"), _row("bias")),
    (_("Share in range"), _row("inside")),
)


def teller(version: int | None) -> str:
    """Who said how long it takes."""
    if version is None:
        return gettext("the formula")
    return gettext("model %(version)d") % {"version": version}


@never_cache
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """How good what was told has been over some days, and the models of the site."""
    return _shown(request, slug)


def _shown(request: HttpRequest, slug: str, *, error: str = "", status: int = 200) -> HttpResponse:
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    last = asking.day_of(request.GET, "to", place.today) or place.today
    first = asking.day_of(request.GET, "from", last - timedelta(days=DAYS - 1)) or last
    wrong = ""
    if not first <= last <= first + timedelta(days=MOST_DAYS):
        wrong = gettext("Choose at most one year, its first day first.")
        first, last, status = place.today - timedelta(days=DAYS - 1), place.today, 422
    report = queueing.wait_accuracy(place.id, first, last, actor=actor)
    with timezone.override(place.timezone):
        context = {
            "place": place,
            "first": first,
            "last": last,
            "wrong": wrong,
            "error": error,
            "report": report,
            "tone": _tone(report.total),
            "chart": _chart(report) if report.by_hour else None,
            "tellers": [(teller(version), one) for version, one in report.by_teller],
            "models": [_model(one) for one in queueing.wait_models(place.id, actor=actor)],
            "may_choose": actor.may(CHANGE, place.id),
            "promised": PROMISED,
        }
        whole = {**context, **frame(actor, site=place.id)}
        return render(request, "ops/waits.html", whole, status=status)


def _tone(total: queueing.Accuracy | None) -> str:
    if total is None:
        return ""
    return "good" if abs(total.inside - PROMISED) <= FAR_OFF else "warn"


def _chart(report: queueing.Report) -> dict[str, Any]:
    """By hour, in minutes: what was told on the mean and between what, and what came."""
    by_hour = dict(report.by_hour)
    hours = range(min(by_hour), max(by_hour) + 1)
    found = [by_hour.get(hour) for hour in hours]

    def minutes(name: str) -> list[float | None]:
        return [round(getattr(one, name) / 60, 1) if one else None for one in found]

    return {
        "labels": [f"{hour:02}:00" for hour in hours],
        "unit": gettext("min"),
        "heading": gettext("Hour"),
        "series": [
            {"name": pgettext("wait", "Actual"), "values": minutes("actual"), "tone": "brand"},
            {"name": gettext("Told: up to"), "values": minutes("high"), "tone": "info", "kind": "lines"},
            {"name": gettext("Told: from"), "values": minutes("low"), "tone": "held", "kind": "lines"},
        ],
    }


def _model(one: Any) -> dict[str, Any]:
    tone, icon = STATES.get(one.state, ("neutral", "history"))
    return {"row": one, "tone": tone, "icon": icon, "may_be_used": one.state in ("retired", "drifted")}


@never_cache
@require_POST
def choose(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Go back to an earlier model."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor, right=CHANGE)
    try:
        actions.use_wait_model(site_id=place.id, version=version, by=actor)
    except actions.ModelGone as problem:
        return _shown(request, slug, error=_sentences(problem), status=409)
    messages.success(request, gettext("Model %(version)d is in use from now on.") % {"version": version})
    response = HttpResponseRedirect(reverse("ops:waits", args=[slug]))
    response.status_code = 303
    return response


def _sentences(problem: Refused) -> str:
    return str(problem.sentences)


@never_cache
@require_GET
def waits_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The same by day, hour and service, a line each. No single visits, so nothing is to be confirmed."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    first = asking.day_of(request.GET, "from", place.today) or place.today
    last = asking.day_of(request.GET, "to", first) or first
    if not first <= last <= first + timedelta(days=MOST_DAYS):
        raise BadInput(errors={"to": gettext("Choose at most one year, its first day first.")})
    rows = queueing.accuracy_rows(place.id, first, last, actor=actor)
    wrapped: Iterator[dict[str, Any]] = ({"row": row} for row in rows)
    heads = [str(head) for head, _read in CSV]
    language = translation.get_language() or "en"
    response = StreamingHttpResponse(
        lines(heads, CSV, wrapped, language), content_type="text/csv; charset=utf-8"
    )
    name = f"{place.slug}-waits-{first.isoformat()}-{last.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
