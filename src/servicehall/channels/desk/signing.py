"""Signing out of our pages, which also leaves the counter. Signing in is the matter of another channel."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from servicehall.channels.headers import clear_site
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries
from servicehall.rooms.queueing import actions as queueing

from .choosing import leave_counter


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
        people.note_sign_out(user, session=request.session.session_key or "")
    logout(request)
    response = HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)
    # The next person at this computer starts in their own language.
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    clear_site(response, "cache", "storage")
    return response
