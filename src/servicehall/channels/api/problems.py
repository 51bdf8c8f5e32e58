"""What can be wrong with a request to the API itself, and the form of every refusal on the wire.

What can be wrong with an act is beside the act, in its room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from servicehall.channels import refusals
from servicehall.channels.refusals import Malformed
from servicehall.kernel.errors import BadInput, NotFound, NotSignedIn, Refused
from servicehall.kernel.languages import tag

MOST_BYTES = 64 * 1024
MOST_WITH_FILE = 14 * 1024 * 1024
"""Of a body that holds a file: ten megabytes in base64."""
PROBLEM = "application/problem+json"


class MalformedJson(Malformed):
    """The body is not JSON."""

    title = _("The body is not valid JSON")
    advice = _("Send one JSON object in UTF-8.")


class BodyTooLarge(Refused):
    """The body is larger than any request of this API needs."""

    kind = "body-too-large"
    status = 413
    title = _("The body is too large")
    advice = _("Send less: a request may hold 64 KiB, or 14 MiB where it holds a file.")


class UnsupportedMedia(Refused):
    """The body is something else than JSON."""

    kind = "unsupported-media-type"
    status = 415
    title = _("This API reads JSON only")
    advice = _("Send the body as application/json.")


class LengthRequired(Refused):
    """The body came without its length."""

    kind = "length-required"
    status = 411
    title = _("The length of the body is missing")
    advice = _("Send a Content-Length; this API reads no chunked bodies.")


class MethodNotAllowed(Refused):
    """The address is right, the method is not."""

    kind = "method-not-allowed"
    status = 405
    title = _("This address does not take that method")
    advice = _("Use one of the methods in the Allow header.")


class ClockNotSettable(Refused):
    """A virtual time was sent where time is real."""

    kind = "clock-not-settable"
    status = 403
    title = _("The clock cannot be set here")
    advice = _(
        "Leave out Servicehall-Time. Only an integration token may send it, and only to a rehearsal site."
    )


class UnknownReference(NotFound):
    """The address is right, but something that the body names does not exist at that site."""

    kind = "unknown-reference"
    title = _("Something named in the request does not exist here")
    advice = _("Correct the named fields and send it again.")


class Failed(refusals.Failed):
    """A fault of ours."""

    advice = _("Try again. If it goes on, tell the administrator the request's id.")


class Unavailable(refusals.Unavailable):
    """The database does not answer."""

    advice = _("Try again in a few seconds, with the same Idempotency-Key.")


# What a field can be refused for, by pydantic's name of the error. The rest is "does not fit".
_FIELD: dict[str, Promise] = {
    "missing": _("This field is required."),
    "extra_forbidden": _("There is no such field."),
    "string_type": _("Send a text."),
    "string_too_short": _("This must not be empty."),
    "string_too_long": _("At most %(max_length)s characters."),
    "string_pattern_mismatch": _("This text does not have the right form."),
    "int_type": _("Send a whole number."),
    "int_parsing": _("Send a whole number."),
    "int_from_float": _("Send a whole number."),
    "int_parsing_size": _("This number is too large."),
    "bool_type": _("Send true or false."),
    "bool_parsing": _("Send true or false."),
    "list_type": _("Send a list."),
    "too_long": _("At most %(max_length)s entries."),
    "greater_than_equal": _("Not less than %(ge)s."),
    "less_than_equal": _("Not more than %(le)s."),
    "literal_error": _("One of: %(expected)s."),
    "datetime_type": _("Send a moment as in RFC 3339, for example 2026-11-23T09:30:00+08:00."),
    "datetime_parsing": _("Send a moment as in RFC 3339, for example 2026-11-23T09:30:00+08:00."),
    "datetime_from_date_parsing": _("Send a moment as in RFC 3339, for example 2026-11-23T09:30:00+08:00."),
    "timezone_aware": _("Send a moment as in RFC 3339, for example 2026-11-23T09:30:00+08:00."),
    "date_type": _("Send a date as in 2026-11-23."),
    "date_parsing": _("Send a date as in 2026-11-23."),
    "date_from_datetime_parsing": _("Send a date as in 2026-11-23."),
    "date_from_datetime_inexact": _("Send a date as in 2026-11-23."),
    "model_type": _("Send one JSON object."),
    "model_attributes_type": _("Send one JSON object."),
    "dict_type": _("Send one JSON object."),
    "unprintable": _("Control characters cannot be kept."),
}
MOMENT = _FIELD["datetime_type"]


def bad_fields(errors: Iterable[Mapping[str, Any]]) -> BadInput:
    """The refusal for what pydantic found, with a sentence for each field."""
    found: dict[str, str] = {}
    for error in errors:
        # ("body", "body", "reasons", 0) is the field reasons.0 of a body; ("query", "limit") is limit.
        path = [str(part) for part in error["loc"][1:]]
        if path and path[0] in {"body", "query"}:
            path = path[1:]
        words = _FIELD.get(error["type"])
        text = str(words) % error.get("ctx", {}) if words else str(_("This value does not fit."))
        found.setdefault(".".join(path) or str(error["loc"][0]), text)
    return BadInput(errors=found)


def answer(request: HttpRequest, refused: Refused, request_id: str) -> HttpResponse:
    """The refusal as a problem document (RFC 9457), in the request's language."""
    document = refused.problem(request.path)
    if refused.status >= 500:
        document["request_id"] = request_id
    response = HttpResponse(orjson.dumps(document, default=str), status=refused.status, content_type=PROBLEM)
    response["Content-Language"] = tag(get_language())
    response["Vary"] = "Accept-Language"
    if refused.status == 401:
        wrong = isinstance(refused, NotSignedIn) and "Authorization" in request.headers
        response["WWW-Authenticate"] = (
            f'Bearer realm="servicehall"{", error=" + chr(34) + "invalid_token" + chr(34) if wrong else ""}'
        )
    if refused.status == 503:
        response["Retry-After"] = "2"
    return response
