"""Refusals on pages: one form for all of them, in the reader's language."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import NotAllowed, NotFound, NotSignedIn, Refused

from . import refused_acts
from .uploading import FormTooLarge

log = logging.getLogger(__name__)
NOT_RECEIVED = "servicehall.not_received"
"""In a request's META: the refusal that it is to be answered with, because its body did not come (arriving.py)."""


class TooLarge(Refused):
    """More was sent than a request may hold."""

    kind = "body-too-large"
    status = 413
    title = _("Too much was sent at once")
    advice = _("Send less: a request may hold one megabyte.")


class FilesTooLarge(TooLarge):
    """A form with files in it that is too large as a whole."""

    kind = "files-too-large"
    advice = _("Go back, and send fewer files, or smaller ones: at most 10 MB each.")


class Malformed(Refused):
    """The request cannot be read."""

    kind = "malformed"
    status = 400
    title = _("The request cannot be read")
    advice = _("Correct its form and send it again.")


class PageExpired(Refused):
    """The form's protection against forged requests has run out."""

    kind = "page-expired"
    status = 403
    title = _("This page has expired")
    advice = _("Load the page again and repeat the last step.")


class Failed(Refused):
    """A fault of ours."""

    kind = "internal-error"
    status = 500
    title = _("Something went wrong on our side")
    advice = _("Try again. If it goes on, tell the administrator.")


class Unavailable(Refused):
    """The database does not answer, or has no room to write."""

    kind = "unavailable"
    status = 503
    title = _("The service is not available at this moment")
    advice = _("Try again in a few seconds.")


def refusal_of(error: BaseException) -> Refused | None:
    """The refusal that an exception stands for; None for a fault of ours."""
    if isinstance(error, OperationalError | InterfaceError):
        log.error("database.failed", exc_info=error)
        return Unavailable()
    if isinstance(error, Refused):
        return error
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, PermissionDenied):
        return NotAllowed()
    if isinstance(error, FormTooLarge):
        return FilesTooLarge()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, BadRequest | UnicodeError):
        return Malformed()
    return None


def wants_document(request: HttpRequest) -> bool:
    """Whether the reader is a program."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith(("/api/", "/live/")) or ("json" in accept and "html" not in accept)


def answer(request: HttpRequest, error: Refused) -> HttpResponse:
    """The refusal as a problem document, a toast for a part of a page, or a page; refused acts are noted."""
    refused_acts.note(request, error)
    if wants_document(request):
        return JsonResponse(
            error.problem(request.path), status=error.status, content_type="application/problem+json"
        )
    if isinstance(error, NotSignedIn) and "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    part = "HX-Request" in request.headers
    template = "look/refusal_part.html" if part else "look/refusal.html"
    response = render(request, template, {"problem": error.problem(request.path)}, status=error.status)
    if part:
        response["HX-Retarget"] = "#refusals"
        response["HX-Reswap"] = "beforeend"
    return response


def is_visit(request: HttpRequest) -> bool:
    """Whether somebody goes to the address with a browser."""
    by_hand = request.method == "GET" and "HX-Request" not in request.headers
    return by_hand and not wants_document(request) and "text/html" in request.headers.get("Accept", "")


def page_above(path: str) -> str:
    """The address of the page that an address belongs to, ``/me`` for ``/me/code``."""
    while path := path.rpartition("/")[0]:
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"


class Refusals:
    """Turns refusals that reach the top of a page view into their answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (refused := request.META.get(NOT_RECEIVED)) is not None:
            return answer(request, refused)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and is_visit(request):
            # The answer to a form is a page under the form's address: to change its language, to load it again
            # or to come back to it asks for that address, where there is nothing to see.
            response = HttpResponseRedirect(page_above(request.path))
            response.status_code = 303
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Refuse a form with a NUL in it before any view reads it: PostgreSQL cannot keep one."""
        if request.method == "POST" and any("\0" in v for _, vs in request.POST.lists() for v in vs):
            return answer(request, Malformed())
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refused = refusal_of(error)
        return answer(request, refused) if refused else None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for an address that does not exist."""
    return answer(request, NotFound())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for a request that cannot be read."""
    return answer(request, refusal_of(exception) or Malformed())


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler for a fault of ours, which it has logged; also where the page itself cannot be made."""
    try:
        return answer(request, Failed())
    except Exception:  # noqa: BLE001 - the outermost floor of the pages
        words = "Something went wrong on our side. Try again. / 我们这边出了问题，请重试。"
        return HttpResponse(words, status=500, content_type="text/plain; charset=utf-8")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's handler for a form without a valid token."""
    return answer(request, PageExpired())
