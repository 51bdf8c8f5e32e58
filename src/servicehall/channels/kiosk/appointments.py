"""“I have an appointment”: the number is typed or the phone's code scanned, and the slip is there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from servicehall.channels import coming
from servicehall.channels.flooding import count_guess, refuse_guessing
from servicehall.channels.kiosk.devices import ACTOR, Device
from servicehall.channels.kiosk.screens import screen, show
from servicehall.channels.page_context import public_url
from servicehall.kernel import idempotency
from servicehall.kernel.errors import NotFound, Refused
from servicehall.rooms.booking import actions, queries
from servicehall.rooms.queueing import queries as queueing

LONGEST = 300


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def appointment(request: HttpRequest, device: Device) -> HttpResponse:
    """Check in; what hinders it is said with what can be done instead."""
    if request.method != "POST":
        return _asked(request, device)
    typed = request.POST.get("booking", "")[:LONGEST].strip()
    if not typed:
        return _asked(request, device, actions.NoSuchBooking())
    try:
        refuse_guessing(request, device.site.pk)
        row = _found(device, typed)
        row = _checked_in(request, device, row.code)
    except NotFound:
        count_guess(request, device.site.pk)
        return _asked(request, device, actions.NoSuchBooking())
    except Refused as problem:
        return _asked(request, device, problem)
    return _slip(request, device, row)


def _found(device: Device, typed: str) -> Any:
    """The booking of a scanned code (its page's address) or of a typed number, at the kiosk's own site.

    Raises:
        NotFound: there is none here.
    """
    if "/" not in typed:
        return queries.by_reference(device.site.pk, typed)
    row = queries.appointment(typed.rstrip("/").rpartition("/")[2][:64])
    if row.site_id != device.site.pk:
        raise NotFound
    return row


def _checked_in(request: HttpRequest, device: Device, code: str) -> Any:
    def act() -> idempotency.Answer:
        actions.check_in_today(code=code, by=ACTOR)
        return idempotency.Answer(201, code)

    idempotency.once(
        site_id=device.site.pk,
        scope=f"kiosk:appointment:{device.name}",
        key=request.POST.get("idempotency_key") or None,
        fingerprint=idempotency.fingerprint("appointment", code),
        act=act,
    )
    return queries.appointment(code)


def _slip(request: HttpRequest, device: Device, row: Any) -> HttpResponse:
    if row.ticket_id is None:
        return show(request, device, "checked_in.html", {"one": row})
    code = queueing.code_of(row.ticket_id)
    ticket = queueing.ticket_by_code(code)
    context = {
        "ticket": ticket,
        "given": {"priority": ""},
        "booked": row,
        "told": coming.told(row, ticket),
        "follow_url": public_url(request, reverse("portal:ticket", args=[code])),
    }
    return show(request, device, "ticket.html", context)


def _asked(request: HttpRequest, device: Device, problem: Refused | None = None) -> HttpResponse:
    facts = problem.facts if problem else {}
    context = {
        "problem": problem.problem() if problem else None,
        "times": {name: facts[name] for name in ("from", "starts_at") if name in facts},
    }
    return show(request, device, "appointment.html", context, status=problem.status if problem else 200)
