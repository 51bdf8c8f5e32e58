"""Adding and removing second factors: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

import base64
import json
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.channels.sessions import ENROL
from servicehall.channels.step_up import asked, credential_of
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries

from .account import frame
from .doors import for_person
from .forms import CodeForm, PasskeyForm

SECRET, STATE = "app_secret", "new_passkey_state"


def _added(request: HttpRequest, text: str) -> HttpResponse:
    request.session[ENROL] = False
    messages.success(request, text)
    return HttpResponseRedirect(reverse("account"))


@sensitive_post_parameters("code", "step_up_password", "step_up_code")
@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def app(request: HttpRequest, staff: Any) -> HttpResponse:
    """Add an authenticator app: scan, enter what it shows, confirm that it is you."""
    secret = request.session.get(SECRET) or generate_totp_secret()
    request.session[SECRET] = secret
    form, status = CodeForm(request.POST or None, auto_id="%s"), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and not getattr(request, "step_up_error", ""):
            try:
                people.add_app(staff, secret=secret, code=form.cleaned_data["code"])
            except people.WrongCode as wrong:
                form.add_error("code", wrong.sentences)
            else:
                del request.session[SECRET]
                return _added(request, gettext("The authenticator app is added."))
    library = get_adapter()
    address = library.build_totp_url(staff, secret)
    picture = base64.b64encode(library.build_totp_svg(address).encode()).decode()
    context = {
        **frame(staff),
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": address,
        "picture": f"data:image/svg+xml;base64,{picture}",
        "must_add": request.session.get(ENROL, False),
        **asked(request, people.adding_app(secret)),
    }
    return render(request, "entry/app.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def passkey(request: HttpRequest, staff: Any) -> HttpResponse:
    """Add a passkey: the browser makes it, the person confirms."""
    place = people.Place.of(request.get_host())
    form, status = PasskeyForm(request.POST or None, auto_id="%s"), 200
    if request.method == "POST" and form.is_valid() and not getattr(request, "step_up_error", ""):
        try:
            people.add_passkey(
                staff,
                name=form.cleaned_data["name"],
                credential=credential_of(request, "credential") or {},
                state=request.session.get(STATE),
                place=place,
            )
        except people.PasskeyNotAdded as refused:
            form.add_error(None, refused.sentences)
        else:
            request.session.pop(STATE, None)
            return _added(request, gettext("The passkey is added."))
    if request.method == "POST":
        status = 422
    options, request.session[STATE] = people.begin_adding(staff, place)
    fields = asked(request, people.adding_passkey(request.session[STATE]))
    context = {
        **frame(staff),
        "form": form,
        "able": place.is_able,
        "options": json.dumps(options),
        "must_add": request.session.get(ENROL, False),
        # Who has a passkey already is asked after the new one is made: a browser shows one dialog at a time.
        **({} if fields["step_up_options"] else fields),
    }
    return render(request, "entry/passkey.html", context, status=status)


@require_POST
@for_person
def remove(request: HttpRequest, staff: Any, factor_id: int) -> HttpResponse:
    """Take a second factor away."""
    people.remove_factor(staff, factor_id, required=people_queries.needs_second_factor(staff))
    messages.success(request, gettext("The second factor is removed."))
    return HttpResponseRedirect(reverse("account"))


def _codes_page(request: HttpRequest, staff: Any, codes: list[str], *, new: bool) -> HttpResponse:
    shown = [f"{code[:5]} {code[5:]}" for code in codes]
    return render(request, "entry/codes.html", {**frame(staff), "codes": shown, "new": new})


@require_POST
@for_person
def codes(request: HttpRequest, staff: Any) -> HttpResponse:
    """Show the recovery codes that are left."""
    return _codes_page(request, staff, people.show_codes(staff), new=False)


@require_POST
@for_person
def new_codes(request: HttpRequest, staff: Any) -> HttpResponse:
    """Make new recovery codes and show them."""
    return _codes_page(request, staff, people.renew_codes(staff), new=True)
