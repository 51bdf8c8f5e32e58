"""Response headers that hold for every answer: what a page may load, frame and send, and who may keep it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from .page_context import live_base

CLEAR = "Clear-Site-Data"
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""The policy of what is no page: data, should a browser show it as one, can do nothing."""
_YEAR = "max-age=31536000; includeSubDomains"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def of_data() -> dict[str, str]:
    """The headers of an answer that is data (the API, live streams)."""
    found = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": NOTHING,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return found | {"Strict-Transport-Security": _YEAR} if settings.HTTPS else found


class SecurityHeaders:
    """Puts them on everything that the pages' handler answers, static files included.

    Content-Security-Policy without inline script or style. What says nothing about caches is kept by none: a page
    is made for one reader.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = policy(request)
        if settings.HTTPS:
            response["Strict-Transport-Security"] = _YEAR
        return response


def policy(request: HttpRequest, *, style_nonce: str = "") -> str:
    """What a page may load and send. With a nonce, a script of ours may add styles that carry it (the text editor's)."""
    styles = f"'self' 'nonce-{style_nonce}'" if style_nonce else "'self'"
    live = urlsplit(live_base(request))
    origin = f" {live.scheme}://{live.netloc}" if live.netloc else ""
    return (
        f"default-src 'self'; script-src 'self'; style-src {styles};"
        f" img-src 'self' data:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self'{origin};"
        " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def allow_camera(response: HttpResponseBase) -> None:
    """Let this one page use the camera, to read codes or take photos with."""
    policy = _ALWAYS["Permissions-Policy"]
    response["Permissions-Policy"] = policy.replace("camera=()", "camera=(self)")


def clear_site(response: HttpResponseBase, *what: str) -> None:
    """Let the browser forget what it keeps of these pages (W3C Clear Site Data): ``cache``, ``storage``."""
    response[CLEAR] = ", ".join(f'"{one}"' for one in what)
