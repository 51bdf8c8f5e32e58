"""Signing in: name and password, then a second factor where there is one; or a passkey alone."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.internal.flows.login import perform_login, perform_password_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.stages import AuthenticateStage
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.channels.addresses import address_of
from servicehall.channels.look import times
from servicehall.channels.sessions import ENDED
from servicehall.channels.step_up import credential_of
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries

from .forms import CodeForm, SignInForm

STATE = "passkey_state"


def destination(request: HttpRequest) -> str:
    """Where to go after the sign-in: back to the page that asked for it, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else settings.LOGIN_REDIRECT_URL


def locked_words(locked: people.LockedOut) -> str:
    """How long, and what one can do."""
    wait = times.duration(locked.facts["seconds"])
    words = gettext("Too many attempts. Try again in %(wait)s, or ask a supervisor to unlock your account.")
    return words % {"wait": wait}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page."""
    if request.method != "POST" and request.user.is_authenticated:
        return HttpResponseRedirect(destination(request))
    form, status = SignInForm(request.POST or None, auto_id="%s"), 200
    if request.method == "POST":
        staff = _check(request, form) if form.is_valid() else None
        if staff is not None:
            login = Login(user=staff, redirect_url=destination(request))
            done: HttpResponse = perform_password_login(request, {"username": staff.username}, login)
            return done
        status = 429 if form.has_error("__all__", code="locked") else 422
    context = {
        "form": form,
        "next": destination(request),
        "ended_by": request.session.pop(ENDED, "") if ENDED in request.session else "",
        "providers": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"],
        "passkeys": people.Place.of(request.get_host()).is_able,
        "locked": status == 429,
    }
    return render(request, "entry/sign_in.html", context, status=status)


def _check(request: HttpRequest, form: SignInForm) -> Any:
    try:
        return people.prove_password(
            form.cleaned_data["username"], form.cleaned_data["password"], address=address_of(request)
        )
    except people.LockedOut as locked:
        form.add_error(None, forms.ValidationError(locked_words(locked), code="locked"))
    except people.WrongProof as wrong:
        # Told only to who typed it right.
        over = wrong.facts.get("reason") == people.FIRST_PASSWORD_OVER
        form.add_error(
            None,
            gettext("The time of this one-time password is over. Ask your manager for a new one.")
            if over
            else gettext("User name or password is wrong. Check both and try again."),
        )
    return None


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """After the password: the code of an app, a recovery code or a passkey."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if request.user.is_authenticated or stage is None:
        return HttpResponseRedirect(reverse("account_login"))
    staff = stage.login.user
    place = people.Place.of(request.get_host())
    form = CodeForm(request.POST if "code" in request.POST else None, auto_id="%s")
    error, status = "", 200
    if request.method == "POST":
        try:
            factor = _shown_factor(request, staff, form, place)
        except people.LockedOut as locked:
            error, status = locked_words(locked), 429
        except people.WrongProof:
            wrong_passkey = bool(request.POST.get("credential"))
            error = (
                gettext("This passkey does not fit. Try again.")
                if wrong_passkey
                else gettext("This code is not right, or it was used before.")
            )
            status = 422
        else:
            if factor is not None:
                post_authentication(request, factor)
                done: HttpResponse = stage.exit()
                return done
            status = 422
    kinds = {factor.type for factor in people_queries.second_factors(staff.pk)}
    options = ""
    if "webauthn" in kinds and place.is_able:
        asked, request.session[STATE] = people.begin_using(staff, place)
        options = json.dumps(asked)
    context = {
        "form": form,
        "options": options,
        "by_code": "totp" in kinds or "recovery_codes" in kinds,
        "has_app": "totp" in kinds,
        "error": error,
    }
    return render(request, "entry/second_factor.html", context, status=status)


def _shown_factor(request: HttpRequest, staff: Any, form: CodeForm, place: people.Place) -> Any:
    address = address_of(request)
    credential = credential_of(request, "credential")
    if credential is not None:
        state = request.session.pop(STATE, None)
        return people.prove_passkey(staff, credential, state=state, place=place, address=address)
    return people.prove_code(staff, form.cleaned_data["code"], address=address) if form.is_valid() else None


@never_cache
@require_http_methods(["GET"])
def passkey_challenge(request: HttpRequest) -> JsonResponse:
    """What a passkey of anybody is asked to sign."""
    asked, request.session[STATE] = people.begin_using(None, people.Place.of(request.get_host()))
    return JsonResponse(asked)


@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: it is two factors in one, the device and what opens it."""
    state = request.session.pop(STATE, None)
    try:
        factor = people.prove_passkey(
            None,
            credential_of(request, "credential") or {},
            state=state,
            place=people.Place.of(request.get_host()),
            address=address_of(request),
        )
    except (people.WrongProof, people.LockedOut) as refused:
        locked = isinstance(refused, people.LockedOut)
        words = (
            locked_words(refused)
            if isinstance(refused, people.LockedOut)
            else gettext("No account here knows this passkey. Sign in with your password.")
        )
        form = SignInForm(auto_id="%s")
        context = {"form": form, "next": destination(request), "notice": words, "locked": locked}
        context |= {"passkeys": True, "providers": []}
        return render(request, "entry/sign_in.html", context, status=refused.status)
    post_authentication(request, factor, passwordless=True)
    done: HttpResponse = perform_login(request, Login(user=factor.user, redirect_url=destination(request)))
    return done
