"""Choosing a hall and a counter, and signing in to the counter."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import actions, queries

from . import load
from .access import Ground, at_counter, for_staff, halls_of, in_hall
from .frame import frame

SEAT_COOKIE = "servicehall_counter"
"""Remembers the counter that this computer stands at (its id; half a year)."""
SEAT_KEPT = 180 * 24 * 3600
SESSION_SEAT = "desk_counter"
SESSION_HALL = "desk_hall"


@require_safe
@for_staff
def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The way in: to the counter that the person is at, else to a choice of counters."""
    assert actor.id is not None  # noqa: S101 - staff have ids
    at_work = queries.counter_of(actor.id)
    if at_work and actor.may("queue.call", at_work[0]):
        return HttpResponseRedirect(reverse("desk:screen", args=[at_work[1]]))
    found = halls_of(actor)
    chosen = _usual_hall(request, found)
    if chosen is None:
        return _halls(request, actor, found)
    return _counters(request, in_hall(actor, chosen.slug), chosen)


@require_safe
@for_staff
def halls(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The halls in which the person may serve."""
    return _halls(request, actor, halls_of(actor))


@require_safe
@for_staff
def counters(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """The counters of a hall, as tiles."""
    ground = in_hall(actor, site)
    return _counters(request, ground, hall.site(site))


def _usual_hall(request: HttpRequest, found: list[Any]) -> Any:
    """The only hall, the one of this session, or the one that this computer stands in."""
    if len(found) == 1:
        return found[0]
    by_slug = {one.slug: one for one in found}
    if (slug := request.session.get(SESSION_HALL)) in by_slug:
        return by_slug[slug]
    with contextlib.suppress(NotFound):
        _counter, site_id = queries.site_of_counter(request.COOKIES.get(SEAT_COOKIE, ""))
        return next((one for one in found if one.pk == site_id), None)
    return None


def _halls(request: HttpRequest, actor: Actor, found: list[Any]) -> HttpResponse:
    context = {"halls": found, **frame(actor)}
    return render(request, "desk/halls.html", context, status=200 if found else 403)


def _counters(request: HttpRequest, ground: Ground, site: Any) -> HttpResponse:
    request.session[SESSION_HALL] = site.slug
    usual = request.COOKIES.get(SEAT_COOKIE, "")
    zone = request.GET.get("zone", "")
    found = queries.counters(ground.site_id)
    zones = {c["zone"]["slug"]: c["zone"] for c in found}
    shown = [_tile(c, ground, usual) for c in found if zone not in zones or c["zone"]["slug"] == zone]
    shown.sort(key=lambda tile: not tile["usual"])
    context = {
        "site": site,
        "tiles": shown,
        "asked": load.asked(ground),
        "planned": load.planned(ground),
        "zones": list(zones.values()) if len(zones) > 1 else [],
        "zone": zone if zone in zones else "",
        **frame(ground.actor, ground=ground, here="desk"),
    }
    return render(request, "desk/counters.html", context)


def _tile(counter: dict[str, Any], ground: Ground, usual: str) -> dict[str, Any]:
    staff = counter["staff"]
    mine = staff is not None and staff["id"] == str(ground.actor.id)
    return {
        **counter,
        "usual": counter["id"] == usual,
        "mine": mine,
        "free": counter["state"] == "closed" or (staff is None and counter["ticket"] is None),
        "seat": "mine" if mine else "paused" if counter["state"] == "paused" else "taken",
    }


@require_POST
@for_staff
def sign_in_to(request: HttpRequest, actor: Actor, counter_id: UUID) -> HttpResponse:
    """Sit down at a counter. A refusal is told above the choice of counters."""
    ground = at_counter(actor, counter_id)
    try:
        actions.sign_in(site_id=ground.site_id, counter_id=counter_id, by=actor)
    except Refused as refused:
        messages.error(request, f"{refused.title} {refused.advice}")
        slug = hall.site(ground.site_id).slug
        return HttpResponseRedirect(reverse("desk:counters", args=[slug]))
    request.session[SESSION_SEAT] = str(counter_id)
    response = HttpResponseRedirect(reverse("desk:screen", args=[counter_id]))
    response.set_cookie(
        SEAT_COOKIE,
        str(counter_id),
        max_age=SEAT_KEPT,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def leave_counter(request: HttpRequest, actor: Actor) -> None:
    """Leave the counter that this session opened, if the person is still there.

    Raises:
        CounterBusy: a customer is there.
    """
    seat = request.session.get(SESSION_SEAT)
    at_work = queries.counter_of(actor.id) if actor.id else None
    if at_work is None or str(at_work[1]) != seat:
        return
    site_id, counter_id = at_work
    if actor.may("queue.call", site_id):
        actions.sign_out(site_id=site_id, counter_id=counter_id, by=actor)
    request.session.pop(SESSION_SEAT, None)
