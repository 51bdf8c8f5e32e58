"""What every request to the API passes, with Django's middleware around it or without.

Language, request id, method, size and kind of the body on the way in; every refusal as a problem
document and the common headers on the way out. Nothing leaves here as an unhandled error.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError, ValidationError

from servicehall.channels import refused_acts
from servicehall.channels.headers import of_data
from servicehall.channels.refusals import NOT_RECEIVED, Malformed, refusal_of
from servicehall.channels.transport import NotEncrypted
from servicehall.kernel.errors import NotFound, Refused

from . import problems
from .callers import Request
from .origins import let_in

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_JSON = re.compile(
    r"application/(?:json|[\w.+-]+\+json)\s*(?:;\s*charset\s*=\s*\"?utf-?8\"?\s*)?", re.IGNORECASE
)


@lru_cache(maxsize=256)
def language(header: str) -> str:
    """The best of our languages for an ``Accept-Language`` header; English when none fits."""
    for tag, _weight in parse_accept_lang_header(header):
        found = tag.lower().split("-")[0]
        if found == "zh":
            return "zh-hans"
        if found == "en":
            return "en"
    return "en"


def _read_body(request: HttpRequest, most: int) -> None:
    """Refuse a body that is too large or not JSON; an absent one is an object without fields.

    Raises:
        BodyTooLarge, UnsupportedMedia, LengthRequired: see there.
        Busy, Malformed: it was not received at all, or not to its end.
    """
    meta = request.META
    if (refused := meta.get(NOT_RECEIVED)) is not None:
        raise refused
    try:
        length = int(meta.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise Malformed from None
    if length > most:
        raise problems.BodyTooLarge
    if not length:
        if meta.get("HTTP_TRANSFER_ENCODING"):
            raise problems.LengthRequired
        request._body = b"{}"  # noqa: SLF001 - where Django keeps a body once it is read
        return
    if not _JSON.fullmatch(meta.get("CONTENT_TYPE", "")):
        raise problems.UnsupportedMedia
    # Read now, while a broken one can still be refused. The bound is ours, not that of forms.
    request._body = request.read(length)  # noqa: SLF001
    if len(request.body) != length:
        raise Malformed


def _need_tls(request: HttpRequest) -> None:
    if settings.HTTPS and not request.is_secure():
        raise NotEncrypted


def refusal(error: Exception, request_id: str, request: HttpRequest) -> Refused:
    """The refusal that any error at all becomes."""
    if isinstance(error, ValidationError):
        return problems.bad_fields(error.errors)
    if isinstance(error, HttpError) and error.status_code == 400:
        return problems.MalformedJson()
    if isinstance(error, UnreadablePostError | RawPostDataException):
        return Malformed()
    away = isinstance(error, OperationalError | InterfaceError)
    if not away and (known := refusal_of(error)) is not None:
        return known
    log.error("api.failed request=%s %s %s", request_id, request.method, request.path, exc_info=error)
    return problems.Unavailable() if away else problems.Failed()


def _not_allowed(request: Request, response: HttpResponse) -> HttpResponse:
    methods = sorted({m.strip() for m in response["Allow"].split(",")} | {"OPTIONS"})
    if "GET" in methods:
        methods.insert(methods.index("GET") + 1, "HEAD")
    if request.method == "OPTIONS":
        answer = HttpResponse(status=204)
        del answer["Content-Type"]
    else:
        answer = problems.answer(request, problems.MethodNotAllowed(), request.request_id)
    answer["Allow"] = ", ".join(methods)
    return answer


def _answer(view: View, request: Request, refs: dict[str, str], most: int) -> HttpResponse:
    asked = request.method
    try:
        _need_tls(request)
        if asked in _WITH_BODY:
            _read_body(request, most)
        elif asked == "HEAD":
            request.method = "GET"
        response = view(request, **refs)
    except Exception as error:  # noqa: BLE001 - the outermost floor of the API
        refused = refusal(error, request.request_id, request)
        refused_acts.note(request, refused, refs)
        response = problems.answer(request, refused, request.request_id)
    request.method = asked
    if isinstance(response, HttpResponseNotAllowed):
        return _not_allowed(request, response)
    if response.status_code != 204:
        response["Content-Length"] = str(len(response.content))
    if asked == "HEAD":
        response.content = b""
    return response


def door(view: View, *, most: int = problems.MOST_BYTES) -> View:
    """The view behind everything that all requests pass. ``most``: bytes of a body."""

    @csrf_exempt
    def through(request: Any, **refs: str) -> HttpResponse:
        sent = request.META.get("HTTP_REQUEST_ID", "")
        request.request_id = sent if _ID.fullmatch(sent) else secrets.token_hex(8)
        with translation.override(language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))):
            response = _answer(view, request, refs, most)
        headers = response.headers
        headers["Request-Id"] = request.request_id
        headers.setdefault("Cache-Control", "no-store")
        for name, value in of_data().items():
            headers[name] = value
        let_in(request, response)
        return response

    return through


def nowhere(request: HttpRequest, **refs: str) -> HttpResponse:  # noqa: ARG001 - a view
    """For addresses under ``/api/`` that do not exist."""
    raise NotFound
