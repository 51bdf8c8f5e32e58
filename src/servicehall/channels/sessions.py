"""Sessions of staff end: after a time without an act, and some hours after the sign-in in any case.

Ages are by the machine's own clock: a rehearsal's virtual time is not the time of the people at it. What
a page fetches by itself (live parts) is no act, so an open screen keeps nobody signed in.
"""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import SimpleLazyObject

from servicehall.kernel.step_up import VALID_FOR
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries

SIGNED_IN, SEEN, IDLE, ENROL, ENDED = "signed_in_at", "seen_at", "idle_minutes", "must_add_factor", "ended_by"
CHOOSE, BY = "must_choose_password", "signed_in_by"
SECOND_FACTOR_PAGE, PASSWORD_PAGE = "/account/app", "/account/password"
_NOTED_EVERY = 60
_ALWAYS_OPEN = ("/sign-", "/static/", "/i18n/")


def begin_session(request: HttpRequest, staff: Any, *, by: str) -> None:
    """Note when a session began and how long it may idle, and what its owner has to do before anything else.

    Who came with a password (``by``) that somebody else made chooses an own one.
    """
    role = people_queries.highest_role(staff)
    now = time.time()
    request.session[SIGNED_IN] = request.session[SEEN] = now
    request.session[BY] = by
    request.session[IDLE] = settings.IDLE_MINUTES.get(role, settings.IDLE_MINUTES[""])
    request.session[ENROL] = _must_enrol(staff)
    request.session[CHOOSE] = by == "password" and staff.first_password_until is not None


def _must_enrol(staff: Any) -> bool:
    return people_queries.needs_second_factor(staff) and not people.has_second_factor(staff)


def just_signed_on(session: MutableMapping[str, Any]) -> bool:
    """Whether the session began by single sign-on, no longer ago than a confirmation is good for."""
    age = time.time() - session.get(SIGNED_IN, 0)
    return bool(session.get(BY) == "single-sign-on" and age < VALID_FOR.total_seconds())


def overdue(session: MutableMapping[str, Any]) -> str:
    """Why a session is over: ``absolute`` or ``idle``; empty while it is not."""
    now = time.time()
    if now - session.get(SIGNED_IN, now) >= settings.SESSION_COOKIE_AGE:
        return "absolute"
    idle = 60 * session.get(IDLE, settings.IDLE_MINUTES[""])
    return "idle" if now - session.get(SEEN, now) >= idle else ""


def _is_act(request: HttpRequest) -> bool:
    if request.method not in {"GET", "HEAD"}:
        return True
    return "HX-Request" not in request.headers and "X-Parts" not in request.headers


def _timed_user(request: HttpRequest) -> Any:
    user = get_user(request)
    if not user.is_authenticated:
        return user
    if reason := overdue(request.session):
        people.note_time_out(user, reason=reason)
        request.session.flush()
        request.session[ENDED] = reason
        user = AnonymousUser()
        request._cached_user = user  # type: ignore[attr-defined]
        return user
    now = time.time()
    request.session.setdefault(SIGNED_IN, now)
    if _is_act(request) and now - request.session.get(SEEN, 0) > _NOTED_EVERY:
        request.session[SEEN] = now
        # A rule that was made or loosened since the sign-in reaches who is signed in.
        request.session[ENROL] = _must_enrol(user)
    return user


def _first_of_all(request: HttpRequest) -> str:
    """The page where a person has to do something before this request; empty when there is nothing to do."""
    if request.session.get(CHOOSE):
        # Not even the rest of the account: whoever made the password could add a passkey of their own.
        return "" if request.path == PASSWORD_PAGE else PASSWORD_PAGE
    if request.session.get(ENROL):
        return "" if request.path.startswith("/account") else SECOND_FACTOR_PAGE
    return ""


class TimedAuthentication(AuthenticationMiddleware):
    """Django's, with time-outs; pages for somebody signed in are kept by no cache."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _timed_user(request))  # type: ignore[assignment]

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Somebody who has to choose a password or add a second factor first gets nowhere else."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(_ALWAYS_OPEN):
            return None
        if not request.user.is_authenticated or not (page := _first_of_all(request)):
            return None
        if "HX-Request" in request.headers:
            # The whole window goes there, not the part of the page that asked.
            return HttpResponse(status=204, headers={"HX-Redirect": page})
        return HttpResponseRedirect(page)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated:
            response.setdefault("Cache-Control", "no-store")
        return response
