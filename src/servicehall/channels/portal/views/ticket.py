"""A ticket on the phone: where it stands, what its holder may do, and the rating afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels import coming
from servicehall.channels.look import faces
from servicehall.channels.portal import own_tickets
from servicehall.channels.portal.forms import KeyForm, LaterForm, RatingForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.channels.portal.pages import refusal as refusal_page
from servicehall.kernel import clock, events, idempotency
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.diversion import queries as diversion
from servicehall.rooms.feedback import actions as feedback_actions
from servicehall.rooms.feedback import queries as feedback
from servicehall.rooms.hall import queries as halls
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing

if TYPE_CHECKING:
    from servicehall.rooms.queueing.queries import TicketView

ENDED = {"done", "cancelled", "no_show", "merged", "expired"}
PLACES = (1, 2, 3, 5, 10, 15, 20)
DOTS = 8


def _snapshot(code: str) -> dict[str, Any]:
    """The ticket as of the event ``seq``, with where its counter is and what belongs to its state.

    Raises:
        NotFound: no ticket has that code.
    """
    ticket_id, site_id = queueing.id_of_code(code)
    seq = events.last_seq(site_id)  # first: what happens in between is told again, not lost
    ticket = queueing.ticket_by_code(code)
    place = halls.site(site_id)
    context: dict[str, Any] = {
        "ticket": ticket,
        "ticket_id": ticket_id,
        "site": place,
        "site_name": str(place),
        "timezone": place.timezone,
        "seq": seq,
        "ended": ticket["state"] in ENDED,
        "dots": range(min(ticket["people_ahead"] or 0, DOTS)),
        "old": ticket["state"] in ENDED and ticket["day"] != _today(place),
    }
    if (zone := ticket["zone"]) is not None:
        context["where"] = next((z for z in halls.zones(site_id) if str(z.pk) == zone["id"]), None)
    if ticket["state"] == "waiting":
        context["booked"] = booked = booking.of_ticket(ticket_id)
        context["told"] = booked and coming.told(booked, ticket)
        context["notices"] = diversion.notices(site_id, ticket["service"]["slug"])
    if ticket["state"] == "merged":
        context["joined_with"] = queueing.joined_with(ticket_id)
    if ticket["state"] == "done":
        context |= _rating(ticket, ticket_id)
    return context


def _today(place: Any) -> str:
    return clock.business_day(clock.now(), place.timezone, place.day_ends).isoformat()


def _rating(ticket: TicketView, ticket_id: UUID) -> dict[str, Any]:
    ended = datetime.fromisoformat(ticket["ended_at"]) if ticket["ended_at"] else clock.now()
    rating = feedback.rating_of(ticket_id)
    reasons = feedback.reasons()["good" if rating and rating.score >= 4 else "bad"] if rating else {}
    return {
        "faces": faces.FACES,
        "rating": rating,
        "reasons": reasons,
        "may_rate": clock.now() - ended <= feedback_actions.OPEN_FOR,
    }


@require_safe
@private
@phone_page
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """The ticket's page; this browser remembers the ticket."""
    return _page(request, code)


def _page(request: HttpRequest, code: str, *, problem: Refused | None = None) -> HttpResponse:
    try:
        context = _snapshot(code)
    except NotFound as unknown:
        return refusal_page(request, unknown, no_ticket=True)
    context["problem"] = problem.problem() if problem else None
    response = render(request, "portal/ticket.html", context, status=problem.status if problem else 200)
    if not context["ended"]:
        own_tickets.remember(request, response, code)
    return response


@require_safe
@private
@phone_page
def now(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the page that changes."""
    return render(request, "portal/parts/now.html", _snapshot(code))


@require_safe
@private
@phone_page
def proof(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001 - a view
    """That the ticket was taken, as a file to be checked without us. Its name does not give the code away."""
    receipt = queueing.proved_receipt(code)
    number = json.loads(receipt["record"])["data"]["number"]
    response = JsonResponse(receipt, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="ticket-{number}-proof.json"'
    return response


Act = Callable[[UUID, dict[str, Any]], object]


def _act(request: HttpRequest, code: str, form: KeyForm, act: Act) -> HttpResponse:
    """Do it once and go back to the ticket; what is refused is said there."""
    try:
        ticket_id, site_id = queueing.id_of_code(code)
    except NotFound as unknown:
        return refusal_page(request, unknown, no_ticket=True)
    try:
        if not form.is_valid():
            raise BadInput(str(next(iter(form.errors.values()))[0]))
        given = form.cleaned_data

        def done() -> idempotency.Answer:
            act(ticket_id, given)
            return idempotency.Answer(303, "")

        idempotency.once(
            site_id=site_id,
            scope=f"phone:{ticket_id}",
            key=given["idempotency_key"] or None,
            fingerprint=idempotency.fingerprint(request.path, repr(sorted(given.items()))),
            act=done,
        )
    except Refused as problem:
        return _page(request, code, problem=problem)
    response = HttpResponseRedirect(reverse("portal:ticket", args=[code]))
    response.status_code = 303
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@private
@phone_page
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Leave the queue; asked again before it is done."""
    if request.method != "POST":
        return render(request, "portal/leave.html", _snapshot(code))
    return _act(request, code, KeyForm(request.POST), lambda pk, _: queue.cancel(ticket_id=pk, by=ACTOR))


@require_http_methods(["GET", "HEAD", "POST"])
@private
@phone_page
def later(request: HttpRequest, code: str) -> HttpResponse:
    """Let some others go first."""
    if request.method == "POST":
        return _act(
            request,
            code,
            LaterForm(request.POST),
            lambda pk, given: queue.postpone(ticket_id=pk, places=given["places"], by=ACTOR),
        )
    context = _snapshot(code)
    most = queueing.hall(context["site"].pk)["postpone_places"]
    context["places"] = [*(n for n in PLACES if n < most), most]
    return render(request, "portal/later.html", context)


@require_POST
@private
@phone_page
def back(request: HttpRequest, code: str) -> HttpResponse:
    """Rejoin the queue after a missed call."""
    return _act(request, code, KeyForm(request.POST), lambda pk, _: queue.rejoin(ticket_id=pk, by=ACTOR))


@require_POST
@private
@phone_page
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Rate the visit; a touch on a face is enough, and everything can be changed."""
    return _act(request, code, RatingForm(request.POST), _rate(only_face="face" in request.POST))


def _rate(*, only_face: bool) -> Act:
    def act(ticket_id: UUID, given: dict[str, Any]) -> None:
        reasons, comment = given["reasons"], given["comment"]
        before = feedback.rating_of(ticket_id) if only_face else None
        if before is not None:
            # Another face keeps what was written; reasons stay while the face is of the same kind.
            comment = before.comment
            reasons = before.reasons if (before.score >= 4) == (given["score"] >= 4) else []
        feedback_actions.rate_visit(
            served=queueing.served_visit(ticket_id),
            score=given["score"],
            reasons=reasons,
            comment=comment,
            by=ACTOR,
        )

    return act


@require_safe
def alerts_worker(request: HttpRequest) -> HttpResponse:
    """The service worker that shows a notice on the phone; it must stand beside the tickets."""
    response = render(request, "portal/alerts_worker.js", content_type="text/javascript")
    response["Cache-Control"] = "max-age=3600"
    return response
