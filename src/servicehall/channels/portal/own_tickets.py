"""Which tickets this browser holds: their codes in a signed cookie, newest first, and nothing else."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse

from servicehall.kernel import tampering

COOKIE = "servicehall_tickets"
SALT = "portal.own-tickets"
MOST = 8
KEPT_SECONDS = 2 * 24 * 3600


def codes(request: HttpRequest) -> list[str]:
    """The codes; none when the cookie is missing, old or was changed."""
    if COOKIE not in request.COOKIES:
        return []
    try:
        found = request.get_signed_cookie(COOKIE, salt=SALT, max_age=KEPT_SECONDS)
    except signing.SignatureExpired:
        return []
    except signing.BadSignature:
        tampering.tell("tickets-cookie")
        return []
    return [code for code in (found or "").split(".") if code][:MOST]


def remember(request: HttpRequest, response: HttpResponse, code: str) -> None:
    """Put a ticket first among the browser's own."""
    held = codes(request)
    if held[:1] == [code]:
        return
    found = [code, *(other for other in held if other != code)][:MOST]
    response.set_signed_cookie(
        COOKIE,
        ".".join(found),
        salt=SALT,
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
