"""What is done with a request as a whole: taken over, handed back, ended, paid, read in full, its customer written to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from servicehall.channels.page_context import public_url
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.protection.refusals import ReasonNeeded
from servicehall.kernel.rights import Actor
from servicehall.rooms.services import actions as services

from . import requests
from .access import for_staff
from .fields import id_or_none
from .requests import Found, see

Act = Callable[[HttpRequest, Found], HttpResponse | None]
"""Does it; an answer of its own, or None for the request's page."""


def _take(request: HttpRequest, found: Found) -> None:
    colleague = id_or_none(request.POST, "from")
    services.take_over(instance_id=found.row.pk, from_id=colleague, by=found.ground.actor)
    messages.success(request, _("You go on with this request now."))


def _back(request: HttpRequest, found: Found) -> HttpResponse | None:
    code = services.hand_back(instance_id=found.row.pk, by=found.ground.actor)
    if code:
        return _with_address(request, found, code)
    messages.success(request, _("The customer goes on now. Their screen shows the step at once."))
    return None


def _address(request: HttpRequest, found: Found) -> HttpResponse:
    return _with_address(
        request, found, services.new_address(instance_id=found.row.pk, by=found.ground.actor)
    )


def _with_address(request: HttpRequest, found: Found, code: str) -> HttpResponse:
    """The page with the address to scan: it is on this page only, and kept nowhere."""
    fresh = requests.find(found.ground.actor, found.slug, found.row.pk)
    link = public_url(request, reverse("portal:request", args=[code]))
    return requests.page(request, fresh, fresh.screen(), link=link)


def _end(request: HttpRequest, found: Found) -> None:
    services.end_for(instance_id=found.row.pk, by=found.ground.actor)
    messages.success(request, _("The request has ended. The customer sees that it was settled by staff."))


def _leave(request: HttpRequest, found: Found) -> None:
    services.leave(instance_id=found.row.pk, by=found.ground.actor)
    messages.success(request, _("The request has ended; nothing more will happen with it."))


def _pay(request: HttpRequest, found: Found) -> None:
    provider = request.POST.get("provider", "")[:10]
    services.pay(instance_id=found.row.pk, provider=provider, by=found.ground.actor)


def _unpay(_request: HttpRequest, found: Found) -> None:
    services.stop_paying(instance_id=found.row.pk, by=found.ground.actor)


def _cash(_request: HttpRequest, found: Found) -> None:
    services.take_cash(instance_id=found.row.pk, by=found.ground.actor)


def _unmask(request: HttpRequest, found: Found) -> HttpResponse:
    try:
        row = services.unmask_request(
            instance_id=found.row.pk, reason=request.POST.get("reason", ""), by=found.ground.actor
        )
    except ReasonNeeded as refused:
        return requests.page(request, found, found.screen(), status=refused.status, problem=refused.sentences)
    opened = Found(found.ground, found.slug, row, in_full=True)
    # The step itself stays as it was: what is looked at for a reason is not thereby entered anew.
    return requests.page(request, opened, found.screen())


def _write(request: HttpRequest, found: Found) -> HttpResponse | None:
    try:
        services.write_to_customer(
            instance_id=found.row.pk, text=request.POST.get("text", ""), by=found.ground.actor
        )
    except BadInput as refused:
        said = " ".join(refused.facts["errors"].values())
        text = request.POST.get("text", "")
        return requests.page(request, found, found.screen(), status=422, problem=said, message_text=text)
    messages.success(request, _("The message is on its way."))
    return None


ACTS: dict[str, Act] = {
    "take": _take,
    "back": _back,
    "address": _address,
    "end": _end,
    "leave": _leave,
    "pay": _pay,
    "unpay": _unpay,
    "cash": _cash,
    "unmask": _unmask,
    "write": _write,
}


@sensitive_post_parameters("text")
@require_POST
@for_staff
def act(request: HttpRequest, actor: Actor, site: str, request_id: UUID, act: str) -> HttpResponse:
    """One act; what is refused is said on the page as it is then."""
    if act not in ACTS:
        raise NotFound
    found = requests.find(actor, site, request_id)
    answer: list[Any] = []
    refused = requests.tried(request, found, lambda: answer.append(ACTS[act](request, found)))
    return refused or answer[0] or see(found.address())
