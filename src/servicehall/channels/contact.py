"""Where to tell about a weakness: /.well-known/security.txt (RFC 9116), when the hall names somebody."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from servicehall.channels.page_context import public_url
from servicehall.kernel.errors import NotFound

PATH = "/.well-known/security.txt"
VALID = timedelta(days=180)
"""Readers ask again before this has passed; RFC 9116 wants less than a year."""


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Who answers for this hall's security.

    Raises:
        NotFound: the hall names nobody (``SERVICEHALL_SECURITY_CONTACT``).
    """
    if not settings.SECURITY_CONTACT:
        raise NotFound
    # The machine's own clock, not a rehearsal's: it is read by programs elsewhere.
    expires = datetime.combine(datetime.now(UTC).date() + VALID, time(), UTC)
    lines = [
        *(f"Contact: {one}" for one in settings.SECURITY_CONTACT),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: zh-Hans, en",
        f"Canonical: {public_url(request, PATH)}",
        *([f"Policy: {settings.SECURITY_POLICY}"] if settings.SECURITY_POLICY else []),
    ]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
