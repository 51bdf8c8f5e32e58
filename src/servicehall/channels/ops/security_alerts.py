"""Alerts about attacks and faults: who should look at what, and who took it in hand. Waits are alerts.py's."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicehall.rooms.alerts import actions
from servicehall.rooms.alerts import queries as alerts
from servicehall.rooms.people import queries as people

from . import asking
from .frame import frame

LEVELS = {"bad": "octagon-alert", "warn": "triangle-alert"}


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The alerts of the first site where the reader handles them."""
    return asking.first_with(request, alerts.RIGHT, "ops:alerts")


@never_cache
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The organisation's alerts: open ones, or those that somebody took in hand."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    past = request.GET.get("state") == "past"
    rows = alerts.alerts_of(place.id, actor=actor, past=past)
    whose = people.names_about([one.subject_id for one in rows if one.subject_id])
    found = [
        {
            "row": one,
            "words": alerts.words_of(one.about),
            "icon": LEVELS.get(one.level, "info"),
            "whose": whose.get(one.subject_id) if one.subject_id else None,
        }
        for one in rows
    ]
    context = {"place": place, "alerts": found, "past": past, "here": "alerts", **frame(actor, site=place.id)}
    with timezone.override(place.timezone):
        return render(request, "ops/alerts.html", context)


@require_POST
def acknowledge(request: HttpRequest, slug: str, alert_id: UUID) -> HttpResponse:
    """Take an alert in hand."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    actions.acknowledge_alert(alert_id, site_id=place.id, by=actor)
    messages.success(request, _("You have taken the alert in hand."))
    response = HttpResponseRedirect(reverse("ops:alerts", args=[slug]))
    response.status_code = 303
    return response
