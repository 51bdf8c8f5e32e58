"""What is asked before an act, and what is explained: the contents of the desk's one dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from servicehall.channels.look import reasons
from servicehall.channels.page_context import public_url
from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import NAMES, current, tag
from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries

from . import bookings, phrases
from .access import Ground, at_counter, for_staff, in_hall
from .fields import id_in
from .history import history

Asks = Callable[[HttpRequest, Ground], dict[str, Any]]


def _ticket(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    return _ticket_of(id_in(request.GET, "ticket"), ground)


def _ticket_of(ticket_id: UUID, ground: Ground) -> dict[str, Any]:
    if queries.site_of_ticket(ticket_id) != ground.site_id:
        raise NotFound
    return {"ticket": queries.ticket(ticket_id, actor=ground.actor)}


def _hold(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    return {
        **_ticket(request, ground),
        "reasons": [(r, reasons.reason(r)) for r in reasons.HOLD_REASONS],
        "minutes": phrases.HOLD_MINUTES,
    }


def _cancel(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    offered = [(r, reasons.reason(r)) for r in reasons.LEAVE_REASONS]
    return {**_ticket(request, ground), "reasons": offered}


def _pause(_request: HttpRequest, _ground: Ground) -> dict[str, Any]:
    return {"reasons": [(r, reasons.reason(r)) for r in reasons.PAUSE_REASONS]}


def _nothing(_request: HttpRequest, _ground: Ground) -> dict[str, Any]:
    return {}


def _requeue(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    return _ticket(request, ground)


def _transfer(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    found = _ticket(request, ground)
    counters = queries.counters(ground.site_id)
    seats = {c["staff"]["id"]: c for c in counters if c["staff"]}
    here = found["ticket"]["service"]["id"]
    return {
        **found,
        "services": [s for s in queries.hall(ground.site_id)["services"] if s["id"] != here],
        "counters": [c for c in counters if c["id"] != str(ground.counter_id)],
        "colleagues": [
            {"id": str(p.pk), "name": str(p), "seat": seats.get(str(p.pk))}
            for p in people.colleagues(ground.site_id)
            if p.pk != ground.actor.id
        ],
    }


def _issue(_request: HttpRequest, ground: Ground) -> dict[str, Any]:
    found = queries.hall(ground.site_id)
    offered = [s for s in found["services"] if s["state"] == "open"]
    classes: dict[str, dict[str, Any]] = {}
    for service in offered:
        for one in service["priorities"]:
            classes.setdefault(one["key"], {**one, "services": []})["services"].append(service["slug"])
    return {
        "hall": found,
        "offered": offered,
        "closed": [s for s in found["services"] if s["state"] != "open"],
        "classes": sorted(classes.values(), key=lambda c: not c["is_default"]),
        "languages": list(NAMES.items()),
        "chosen_language": current(),
    }


def _close_service(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    service = str(id_in(request.GET, "service"))
    found = next((s for s in queries.hall(ground.site_id)["services"] if s["id"] == service), None)
    if found is None:
        raise NotFound
    return {"service": found}


def _close_counter(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    counter = str(id_in(request.GET, "counter"))
    found = next((c for c in queries.counters(ground.site_id) if c["id"] == counter), None)
    if found is None:
        raise NotFound
    return {"counter": found}


def _why(_request: HttpRequest, ground: Ground) -> dict[str, Any]:
    if ground.counter_id is None:
        raise NotFound
    found = queries.explain(ground.site_id, ground.counter_id, actor=ground.actor)
    name, rule = phrases.DISCIPLINES[found["discipline"]]
    return {"why": found, "discipline": name, "rule": rule}


def _sheet(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    return _sheet_of(id_in(request.GET, "ticket"), ground)


def _sheet_of(ticket_id: UUID, ground: Ground) -> dict[str, Any]:
    """A ticket with all that happened to it, and what can be done with it here and now."""
    ticket = _ticket_of(ticket_id, ground)["ticket"]
    found = queries.hall(ground.site_id)
    counters = queries.counters(ground.site_id)
    seat = next((c for c in counters if c["id"] == str(ground.counter_id)), None)
    mine = str(ground.actor.id)
    return {
        "ticket": ticket,
        "booked": bookings.mark_of_ticket(ticket_id, found["site"]["timezone"]),
        "reason": reasons.reason(ticket["reason"]),
        "outcome": reasons.outcome(ticket["outcome"]),
        "reads": NAMES.get(tag(ticket["language"]), ticket["language"]) if ticket["language"] else "",
        "came_by": phrases.CHANNELS.get(ticket["channel"], ticket["channel"]),
        "events": history(UUID(ticket["visit"]), {s["id"]: s["names"] for s in found["services"]}),
        "here": bool(seat and seat["staff"] and seat["staff"]["id"] == mine),
        "free_here": bool(
            seat
            and seat["state"] == "open"
            and not seat["ticket"]
            and seat["staff"]
            and seat["staff"]["id"] == mine
        ),
        "own": _own(ticket, ground, mine),
        "callable": [
            c
            for c in counters
            if c["state"] == "open" and not c["ticket"] and c["id"] != str(ground.counter_id)
        ],
        "classes": _classes(found),
        "supervises": ground.supervises,
    }


def _own(ticket: Any, ground: Ground, mine: str) -> bool:
    counter = str(ground.counter_id)
    at = ticket["counter"]["id"] if ticket["counter"] else ""
    return mine in (ticket["staff"], ticket["for_staff"]) or counter in (at, ticket["for_counter"])


def _classes(found: dict[str, Any]) -> list[dict[str, Any]]:
    classes: dict[str, dict[str, Any]] = {}
    for service in found["services"]:
        for one in service["priorities"]:
            classes.setdefault(one["key"], one)
    return list(classes.values())


def _find(request: HttpRequest, ground: Ground) -> dict[str, Any]:
    text = request.GET.get("number", "").strip()[:20]
    return {"text": text, "found": queries.by_number(ground.site_id, text, actor=ground.actor)}


ASKS: dict[str, Asks] = {
    "hold": _hold,
    "cancel": _cancel,
    "pause": _pause,
    "leave": _nothing,
    "requeue": _requeue,
    "transfer": _transfer,
    "issue": _issue,
    "why": _why,
    "ticket": _sheet,
    "find": _find,
    "close-service": _close_service,
    "close-counter": _close_counter,
}


@require_safe
@for_staff
def ask(request: HttpRequest, actor: Actor, counter_id: UUID, what: str) -> HttpResponse:
    """The dialog's content on a counter's screen."""
    addresses = {
        "do": reverse("desk:act", args=[counter_id, "x"]).removesuffix("x"),
        "asks": reverse("desk:ask", args=[counter_id, "x"]).removesuffix("x"),
    }
    return _asked(request, at_counter(actor, counter_id), what, addresses)


@require_safe
@for_staff
def ask_for_site(request: HttpRequest, actor: Actor, site: str, what: str) -> HttpResponse:
    """The dialog's content on the supervisor's page."""
    addresses = {
        "do": reverse("desk:queue-act", args=[site, "x"]).removesuffix("x"),
        "asks": reverse("desk:queue-ask", args=[site, "x"]).removesuffix("x"),
    }
    return _asked(request, in_hall(actor, site, "queue.supervise"), what, addresses)


def _asked(request: HttpRequest, ground: Ground, what: str, addresses: dict[str, str]) -> HttpResponse:
    if what not in ASKS:
        raise NotFound
    context: dict[str, Any] = {
        **addresses,
        "counter_id": ground.counter_id,
        **ASKS[what](request, ground),
    }
    template = what
    if what == "find" and len(context["found"]) == 1:
        # One ticket: open it at once.
        template = "ticket"
        context |= _sheet_of(UUID(context["found"][0]["id"]), ground)
    with timezone.override(clock.zone(hall.site(ground.site_id).timezone)):
        return render(request, f"desk/ask/{template}.html", context)


def issued(request: HttpRequest, ground: Ground, ticket_id: UUID) -> HttpResponse:
    """The dialog's content after a ticket was issued: the ticket with its code, to print."""
    ticket = queries.ticket(ticket_id, actor=ground.actor)
    low, high = ticket["wait_minutes"] or (None, None)
    context = {
        "ticket": ticket,
        "low": low and low * 60,
        "high": high and high * 60,
        "address": public_url(request, f"/t/{ticket['code']}"),
    }
    return render(request, "desk/ask/issued.html", context)
