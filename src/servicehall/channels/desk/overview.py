"""The hall's queue for supervisors: every counter, everybody who waits, services of today."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from servicehall.channels.look import reasons
from servicehall.kernel import clock, events
from servicehall.kernel.rights import Actor
from servicehall.rooms.queueing import queries

from . import bookings, load
from .access import Ground, for_staff, in_hall
from .frame import frame
from .glance import TABS, lists, seconds_since

SHOWN = 100
COOKIE = "servicehall_queue_view"


@require_safe
@for_staff
def overview(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """The whole page."""
    ground = in_hall(actor, site, "queue.supervise")
    context = {**_shown(request, ground), **frame(actor, ground=ground, here="queue")}
    return _keep_view(request, render(request, "desk/overview.html", context))


@require_safe
@for_staff
def lists_part(request: HttpRequest, actor: Actor, site: str) -> HttpResponse:
    """The part that keeps itself fresh; nothing (204) while nothing happened in the hall."""
    ground = in_hall(actor, site, "queue.supervise")
    if request.GET.get("seen") == str(events.last_seq(ground.site_id)):
        return HttpResponse(status=204)
    return _keep_view(request, parts(request, ground))


def parts(request: HttpRequest, ground: Ground, *, status: int = 200) -> HttpResponse:
    """The fresh part: the answer to an act."""
    return render(request, "desk/parts/overview.html", _shown(request, ground), status=status)


def _keep_view(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Remember the open list: the answer to an act shows it again."""
    tab, service = _view(request)
    answer.set_cookie(COOKIE, f"{tab}.{service}", samesite="Lax", httponly=True)
    return answer


def _view(request: HttpRequest) -> tuple[str, str]:
    kept = request.COOKIES.get(COOKIE, "").partition(".")
    tab = request.GET.get("tab") or kept[0]
    service = request.GET.get("service", kept[2])
    return (tab if tab in TABS else "next"), service


def _shown(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    now = clock.now()
    tab, service = _view(request)
    door = queries.hall(ground.site_id, at=now)
    chosen = next((s for s in door["services"] if s["id"] == service), None)
    stages = [UUID(stage["id"]) for stage in chosen["stages"]] if chosen else None
    queue = queries.queue(ground.site_id, actor=ground.actor, stages=stages, limit=SHOWN, at=now)
    bookings.mark(queue)
    counters = [_counter(c, now) for c in queries.counters(ground.site_id)]
    slug = door["site"]["slug"]
    return {
        "slug": slug,
        "door": door,
        "service": chosen["id"] if chosen else "",
        "lists": lists(queue, ground, now=now, tab=tab, whose="all"),
        "counters": counters,
        "open_counters": sum(1 for c in counters if c["state"] == "open"),
        "paused_counters": sum(1 for c in counters if c["state"] == "paused"),
        "do": reverse("desk:queue-act", args=[slug, "x"]).removesuffix("x"),
        "asks": reverse("desk:queue-ask", args=[slug, "x"]).removesuffix("x"),
        "live": f"/live/sites/{slug}",
        "supervises": True,
        "loads": load.lines(ground),
        "planned": load.planned(ground, everybody=True),
    }


def _counter(counter: dict[str, Any], now: Any) -> dict[str, Any]:
    ticket = counter["ticket"]
    state = counter["state"]
    if ticket and state != "closed":
        state = "calling" if ticket["state"] == "called" else "serving"
    return {
        **counter,
        "shown_state": "free" if state == "open" else state,
        "pause_words": reasons.reason(counter["pause_reason"]),
        "since_seconds": seconds_since(counter["since"], now),
    }
