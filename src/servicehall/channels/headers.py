"""Response headers that hold for every page: what a page may load, frame and send."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from .page_context import live_base


class SecurityHeaders:
    """Content-Security-Policy without inline script or style (the back office's theme needs its own)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Content-Security-Policy" in response:
            return response
        # The theme's scripts are files, but Alpine evaluates expressions in attributes; its styles are inline.
        office = request.path.startswith("/admin")
        scripts, styles = (" 'unsafe-eval'", " 'unsafe-inline'") if office else ("", "")
        live = urlsplit(live_base(request))
        origin = f" {live.scheme}://{live.netloc}" if live.netloc else ""
        response["Content-Security-Policy"] = (
            f"default-src 'self'; script-src 'self'{scripts}; style-src 'self'{styles};"
            f" img-src 'self' data:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self'{origin};"
            " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
        )
        response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if settings.SESSION_COOKIE_SECURE:
            response["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy that we trust, what the proxy says."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
