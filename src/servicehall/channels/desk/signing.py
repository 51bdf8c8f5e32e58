"""Signing in and out of our pages. Which counter somebody sits at is another matter (choosing.py)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.channels.look import times
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries
from servicehall.rooms.queueing import actions as queueing

from .choosing import leave_counter


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter your user name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy that we trust, what the proxy says."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def destination(request: HttpRequest) -> str:
    """Where to go after the sign-in: back to the page that asked for it, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else settings.LOGIN_REDIRECT_URL


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page."""
    if request.method != "POST" and request.user.is_authenticated:
        return HttpResponseRedirect(destination(request))
    form = SignInForm(request.POST or None, auto_id="%s")
    status = 200
    if request.method == "POST":
        staff = _check(request, form) if form.is_valid() else None
        if staff is not None:
            return _welcome(request, staff)
        status = 429 if form.has_error("__all__", code="delayed") else 422
    context = {"form": form, "next": destination(request)}
    response = render(request, "desk/sign_in.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _check(request: HttpRequest, form: SignInForm) -> Any:
    username, address = form.cleaned_data["username"], address_of(request)
    try:
        people.allow_sign_in(username, address=address)
    except people.SignInDelayed as delayed:
        wait = times.duration(delayed.facts["seconds"])
        words = say("Too many attempts. Try again in %(wait)s.") % {"wait": wait}
        form.add_error(None, forms.ValidationError(words, code="delayed"))
        return None
    staff = authenticate(request, username=username.strip(), password=form.cleaned_data["password"])
    if staff is None:
        people.note_sign_in_refused(username, reason="password", address=address)
        form.add_error(None, say("User name or password is wrong. Check both and try again."))
    return staff


def _welcome(request: HttpRequest, staff: Any) -> HttpResponse:
    login(request, staff)
    people.note_sign_in(staff)
    response = HttpResponseRedirect(destination(request))
    # Who chose a language on the sign-in page keeps it; else the person's own is used until sign-out.
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        use_language(response, staff.language)
    return response


def use_language(response: HttpResponse, code: str) -> None:
    """Show this browser our pages in a language for as long as a session lasts."""
    if translation.check_for_language(code):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code.lower(),
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and leave the counter that this session opened.

    With a customer at that counter nothing happens but a word about it.
    """
    user: Any = request.user
    if user.is_authenticated:
        try:
            leave_counter(request, people_queries.actor_of(user, "desk"))
        except queueing.CounterBusy as busy:
            messages.error(request, f"{busy.title} {busy.advice}")
            return HttpResponseRedirect(reverse("desk:start"))
        people.note_sign_out(user)
    logout(request)
    response = HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)
    # The next person at this computer starts in their own language.
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response
