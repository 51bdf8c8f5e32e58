"""A request leaves the kiosk for a phone, has a phone as its remote control, comes from a phone, or goes to a person.

As with requests.py everything is sent, and the code of the request is in no address.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.channels import playing
from servicehall.channels.flooding import count_guess, count_ticket, refuse_guessing
from servicehall.channels.kiosk.devices import ACTOR, Device
from servicehall.channels.kiosk.forms import KeyForm
from servicehall.channels.kiosk.requests import where_it_is
from servicehall.channels.kiosk.screens import hall_of, request_here, screen, show
from servicehall.channels.page_context import public_url
from servicehall.kernel import idempotency
from servicehall.kernel.errors import BadInput, Refused
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries

QUIET = 120
"""Seconds without a touch at the kiosk while somebody looks for their phone, or answers on it."""


@require_POST
@screen
def offer(request: HttpRequest, device: Device) -> HttpResponse:
    """A QR code for the phone: to take the request along, or (``way`` mirror) to be its remote control."""
    code, way = request.POST.get("code", ""), request.POST.get("way", "")
    return _offer(request, device, code, "mirror" if way == "mirror" else "away")


def _offer(request: HttpRequest, device: Device, code: str, way: str) -> HttpResponse:
    found = request_here(device, code)
    try:
        offered = services.offer_move(
            instance_id=found.pk,
            way=way,
            by=ACTOR,
            device=device.name,
            unsent=playing.unsent(found, request.POST),
        )
    except Refused as problem:
        return where_it_is(request, device, code, problem=problem)
    return _move(
        request,
        device,
        code,
        {
            "way": way,
            "state": "offered",
            "ways": queries.screen(found)["moves"],
            "phone_url": public_url(request, reverse("portal:scanned", args=[offered.code])),
        },
    )


def _move(request: HttpRequest, device: Device, code: str, context: dict[str, Any]) -> HttpResponse:
    frame = {"code": code, "heard": queries.listened(code), "quiet": QUIET}
    return show(request, device, "move.html", {**frame, **context})


@require_POST
@screen
def moving(request: HttpRequest, device: Device) -> HttpResponse:
    """How it stands with a move: a number to compare, a new QR code (in another language, say), or the request again."""
    code = request.POST.get("code", "")
    under_way = queries.moving_of(code)
    if under_way is None or under_way.is_mirrored:
        return where_it_is(request, device, code)
    if under_way.state == "offered" and under_way.way != "pickup":
        return _offer(request, device, code, under_way.way)
    context = {"way": under_way.way, "state": under_way.state, "number": under_way.number}
    return _move(request, device, code, context)


@require_POST
@screen
def moving_now(request: HttpRequest, _device: Device) -> HttpResponse:
    """Whether it stands otherwise than the screen says: 200 says that it should be fetched anew."""
    under_way = queries.moving_of(request.POST.get("code", ""))
    same = under_way is not None and f"{under_way.way} {under_way.state}" == request.POST.get("after", "")
    return HttpResponse(status=204 if same else 200)


@require_POST
@screen
def stop(request: HttpRequest, device: Device) -> HttpResponse:
    """Not that phone, no remote control any more, or no phone after all."""
    code = request.POST.get("code", "")
    services.stop_move(held=code, by=ACTOR)
    return where_it_is(request, device, code)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def pickup(request: HttpRequest, device: Device) -> HttpResponse:
    """The short code that a phone shows is typed or scanned; then the phone confirms, and nothing is shown before."""
    if request.method != "POST":
        return _pickup(request, device)
    held = request.POST.get("held", "")
    try:
        refuse_guessing(request, device.site.pk)
        services.claim_pickup(
            site_id=device.site.pk,
            code=request.POST.get("pickup", "")[:20],
            held=held,
            device=device.name,
            by=ACTOR,
        )
    except services.NoSuchMove as problem:
        count_guess(request, device.site.pk)
        return _pickup(request, device, problem)
    except BadInput:
        raise
    except Refused as problem:
        return _pickup(request, device, problem)
    under_way = queries.moving_of(held)
    number = under_way.number if under_way else ""
    return _move(request, device, held, {"way": "pickup", "state": "claimed", "number": number})


def _pickup(request: HttpRequest, device: Device, problem: Refused | None = None) -> HttpResponse:
    context = {"held": services.new_code(), "problem": problem.problem() if problem else None}
    return show(request, device, "pickup.html", context, status=problem.status if problem else 200)


@require_POST
@screen
def person(request: HttpRequest, device: Device) -> HttpResponse:
    """On with a person: a ticket for the queue that the service names, or one that the customer chooses."""
    code = request.POST.get("code", "")
    found = request_here(device, code)
    service = request.POST.get("service", "")[:40]
    if not service:
        queues = _queues(device, queries.queues_for(found))
        if not queues:
            return where_it_is(request, device, code, problem=services.NoDesk())
        if len(queues) > 1:
            context = {
                "code": code,
                "queues": queues,
                "step": request.POST.get("step", ""),
                "typed": _typed(request),
            }
            return show(request, device, "person.html", context)
        service = queues[0]["slug"]
    form = KeyForm(request.POST)
    if not form.is_valid():
        raise BadInput(errors={one: str(errors[0]) for one, errors in form.errors.items()})
    try:
        given = _ask(request, device, found, service, form.cleaned_data["idempotency_key"])
    except Refused as problem:
        return where_it_is(request, device, code, problem=problem)
    return _ticket(request, device, given)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What stands in the form of the step, to come along with the choice of a queue, or back to the step."""
    sent = request.POST.lists()
    return [(name, one) for name, many in sent if name.startswith(playing.PREFIX) for one in many]


def _queues(device: Device, named: list[str]) -> list[dict[str, Any]]:
    """The queues that take tickets now: those that the service names, else all."""
    is_open = [one for one in hall_of(device)["services"] if one["state"] == "open"]
    return [one for one in is_open if one["slug"] in named] or is_open


def _ask(request: HttpRequest, device: Device, found: queries.Instance, service: str, key: str) -> str:
    """The ticket's code. The same key twice is one ticket."""

    def act() -> idempotency.Answer:
        count_ticket(request, device.site.pk)
        unsent = playing.unsent(found, request.POST)
        asked = services.ask_person(instance_id=found.pk, service=service, unsent=unsent, by=ACTOR)
        return idempotency.Answer(201, asked.code)

    answer = idempotency.once(
        site_id=device.site.pk,
        scope=f"kiosk:person:{device.name}",
        key=key,
        fingerprint=idempotency.fingerprint("person", str(found.pk)),
        act=act,
    )
    return answer.body


@require_POST
@screen
def ticket(request: HttpRequest, device: Device) -> HttpResponse:
    """The ticket as it stands now: its place and its wait."""
    return _ticket(request, device, request.POST.get("at", ""))


def _ticket(request: HttpRequest, device: Device, code: str) -> HttpResponse:
    context = {
        "ticket": queueing.ticket_by_code(code),
        "given": {"priority": ""},
        "with_request": True,
        "follow_url": public_url(request, reverse("portal:ticket", args=[code])),
    }
    return show(request, device, "ticket.html", context)
