"""A hall's door on the phone: its services, taking a ticket, and the poster that leads here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels import diverting
from servicehall.channels.flooding import count_ticket
from servicehall.channels.page_context import public_url
from servicehall.channels.portal import own_bookings, own_record, own_tickets
from servicehall.channels.portal.forms import OfferForm, TakeForm
from servicehall.channels.portal.pages import ACTOR, phone_page
from servicehall.kernel import idempotency, languages
from servicehall.kernel.errors import BadInput
from servicehall.kernel.ids import uuid7
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.diversion import actions as diversion
from servicehall.rooms.hall import queries as halls
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as services

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site


def _frame(place: Site) -> dict[str, Any]:
    return {"site": place, "site_name": languages.say(place.names), "timezone": place.timezone}


@require_safe
@phone_page
def site(request: HttpRequest, site: str) -> HttpResponse:
    """The services of a hall with their queues; the QR code at the door leads here."""
    place = halls.site(site, actor=ACTOR)
    own = [one for one in queueing.active_of(own_tickets.codes(request)) if one["site_slug"] == place.slug]
    context = {
        "hall": queueing.hall(place.pk),
        "own": own,
        "own_bookings": [
            one for one in booking.held_by(own_bookings.codes(request)) if one.site_id == place.pk
        ],
        "bookable": bool(booking.offers(place.pk)),
        "flows": services.offered(place.region.organisation_id, channel="phone", timezone=place.timezone),
        "back_url": reverse("portal:home"),
    }
    return render(request, "portal/site.html", {**_frame(place), **context})


@require_http_methods(["GET", "HEAD", "POST"])
@phone_page
def take(request: HttpRequest, site: str, service: str) -> HttpResponse:
    """One service: who goes first, how long it takes, and the button for the ticket."""
    place = halls.site(site, actor=ACTOR)
    if request.method == "POST":
        return _taken(request, place, service)
    hall = queueing.hall(place.pk)
    found = next((one for one in hall["services"] if one["slug"] == service), None)
    if found is None:
        raise queue.UnknownService
    if not hall["is_open"]:
        raise queue.HallClosed
    if found["state"] != "open":
        raise queue.ServiceFull if found["state"] == "full" else queue.ServiceNotOffered
    classes = [c for c in found["priorities"] if c["is_public"] or c["is_default"]]
    context = {
        "service": found,
        "classes": sorted(classes, key=lambda c: not c["is_default"]) if len(classes) > 1 else [],
        "key": uuid7(),
        "offers": [(one, uuid7()) for one in diverting.offered(place.pk, found["slug"])],
        "back_url": reverse("portal:site", args=[place.slug]),
    }
    return render(request, "portal/take.html", {**_frame(place), **context})


def _taken(request: HttpRequest, place: Site, service: str) -> HttpResponse:
    """Take the ticket and go to it. The same key twice is one ticket."""
    form = TakeForm(request.POST)
    if not form.is_valid():
        raise BadInput(errors={name: str(errors[0]) for name, errors in form.errors.items()})
    given = form.cleaned_data
    customer_id = own_record.customer_at(request, place.region.organisation_id)

    def act() -> idempotency.Answer:
        count_ticket(request, place.pk)
        ticket = queue.issue_ticket(
            site_id=place.pk,
            service=service,
            priority=given["priority"] or None,
            language=languages.current(),
            held=own_tickets.codes(request),
            customer_id=customer_id,
            by=ACTOR,
        )
        return idempotency.Answer(303, ticket.code)

    answer = idempotency.once(
        site_id=place.pk,
        scope="phone:take",
        key=given["idempotency_key"] or None,
        fingerprint=idempotency.fingerprint(request.path, given["priority"]),
        act=act,
    )
    response = HttpResponseRedirect(reverse("portal:ticket", args=[answer.body]))
    response.status_code = 303
    own_tickets.remember(request, response, answer.body)
    return response


@require_POST
@phone_page
def offer(request: HttpRequest, site: str) -> HttpResponse:
    """Take what is offered instead of a ticket, and go there. The same key twice counts once."""
    place = halls.site(site, actor=ACTOR)
    form = OfferForm(request.POST)
    if not form.is_valid():
        raise BadInput(errors={name: str(errors[0]) for name, errors in form.errors.items()})
    given = form.cleaned_data

    def act() -> idempotency.Answer:
        address = diverting.address_of(place.pk, given["service"], given["episode"])
        if address is None:
            raise diversion.NotOffered
        count_ticket(request, place.pk)
        diversion.take_offer(given["episode"], site_id=place.pk, by=ACTOR)
        return idempotency.Answer(303, address)

    answer = idempotency.once(
        site_id=place.pk,
        scope="phone:offer",
        key=given["idempotency_key"] or None,
        fingerprint=idempotency.fingerprint(request.path, given["service"], str(given["episode"])),
        act=act,
    )
    response = HttpResponseRedirect(answer.body)
    response.status_code = 303
    return response


@require_safe
@phone_page
def poster(request: HttpRequest, site: str) -> HttpResponse:
    """A poster for the door, A4, in both languages."""
    place = halls.site(site, actor=ACTOR)
    door = public_url(request, reverse("portal:site", args=[place.slug]))
    return render(request, "portal/poster.html", {**_frame(place), "door": door})
