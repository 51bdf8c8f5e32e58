"""A customer's passkeys: signing in with one, adding one, taking one away."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicehall.channels.portal import own_record
from servicehall.channels.portal.forms import AddressForm, PasskeyForm
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers

from .me import offered_organisations, own_page, said, see, way_in

USING, ADDING = "customer_passkey", "customer_new_passkey"
"""What was asked, in the session; taken out of it when something is answered."""


def _answer(request: HttpRequest) -> dict[str, Any]:
    """What the passkey answered; empty when it is no object."""
    try:
        found = json.loads(request.POST.get("credential") or "null")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _place(request: HttpRequest) -> actions.Place:
    return actions.Place.of(request.get_host())


@require_GET
@private
@phone_page
def challenge(request: HttpRequest) -> JsonResponse:
    """What a passkey is asked to sign: the same for everybody, whatever was typed."""
    asked, request.session[USING] = actions.begin_passkey(_place(request))
    return JsonResponse(asked)


@sensitive_post_parameters("address", "credential")
@require_POST
@private
@phone_page
def use(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey; of the contact that was typed, if one was."""
    try:
        row = actions.sign_in_by_passkey(
            credential=_answer(request),
            state=request.session.pop(USING, None),
            place=_place(request),
            address=request.POST.get("address", "").strip()[:200],
            by=ACTOR,
        )
    except actions.PasskeyWrong as refused:
        typed = {name: request.POST.get(name, "") for name in ("address", "organisation")}
        form = AddressForm(offered_organisations(), initial=typed)
        return way_in(request, form, problem=said(refused), status=refused.status)
    own_record.remember(request, row.organisation_id, row.pk)
    return see(reverse("portal:me"))


@sensitive_post_parameters("credential")
@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def passkeys(request: HttpRequest) -> HttpResponse:
    """The customer's passkeys, and a further one."""
    record, actor = own_record.needed(request)
    place = _place(request)
    held = customers.passkeys_of(record)
    form = PasskeyForm(request.POST or None, initial={"name": "" if held else gettext("My phone")})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_passkey(
                customer_id=record.pk,
                name=form.cleaned_data["name"],
                credential=_answer(request),
                state=request.session.pop(ADDING, None),
                place=place,
                by=actor,
            )
        except (actions.PasskeyNotAdded, actions.TooManyPasskeys) as refused:
            form.add_error(None, said(refused))
        else:
            messages.success(request, gettext("The passkey is added. Next time you need no code."))
            return see(reverse("portal:me-passkeys"))
    if request.method == "POST":
        status = 422
    asked, request.session[ADDING] = actions.begin_adding_passkey(
        customer_id=record.pk, place=place, by=actor
    )
    context = {
        "form": form,
        "held": held,
        "able": place.is_able,
        "options": json.dumps(asked),
        "back_url": reverse("portal:me"),
    }
    return render(request, "portal/me/passkeys.html", context, status=status)


@require_POST
@own_page
def remove(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Take a passkey away."""
    record, actor = own_record.needed(request)
    actions.remove_passkey(customer_id=record.pk, passkey_id=passkey_id, by=actor)
    messages.success(request, gettext("The passkey is removed. Delete it on your device, too."))
    return see(reverse("portal:me-passkeys"))
