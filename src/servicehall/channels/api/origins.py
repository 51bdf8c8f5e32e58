"""Pages of other origins that may use the API from a browser (CORS, as WHATWG's Fetch standard has it).

None may unless SERVICEHALL_API_ORIGINS names it. No cookie counts here, so a page that is let in can do no more than
the token or code that it holds.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

_SENT = "Authorization, Content-Type, Accept-Language, Idempotency-Key, Request-Id"
_READ = "Content-Language, Idempotency-Replayed, Location, Request-Id, Retry-After"
_DAY = "86400"
ANY, FILES = "*", "null"
"""Everybody; and what browsers say of pages that are opened as files."""


def let_in(request: HttpRequest, response: HttpResponse) -> None:
    """Say to the browser that the page which asked may read the answer, if it may."""
    allowed = settings.API_ORIGINS
    if not allowed:
        return
    if ANY not in allowed:
        patch_vary_headers(response, ["Origin"])
    origin = request.META.get("HTTP_ORIGIN", "")
    if not origin or (ANY not in allowed and origin not in allowed):
        return
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = ANY if ANY in allowed else origin
    headers["Access-Control-Expose-Headers"] = _READ
    if request.method == "OPTIONS" and "Allow" in headers:
        headers["Access-Control-Allow-Methods"] = headers["Allow"]
        headers["Access-Control-Allow-Headers"] = _SENT
        headers["Access-Control-Max-Age"] = _DAY
