"""A browser on its way through WeChat's login: the state that it took along, and the openid that it came back with.

Both are signed cookies for one booking and for minutes, so that neither another browser nor another booking gets them.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

STATE, KNOWN = "servicehall_wechat_state", "servicehall_wechat"
SECONDS = 15 * 60
_AGENT = "MicroMessenger"


def is_wechat(request: HttpRequest) -> bool:
    """Whether the page is shown in WeChat, where only the login works without a QR code."""
    return _AGENT in request.headers.get("User-Agent", "")


def begin(request: HttpRequest, response: HttpResponse, state: str, booking_code: str) -> None:
    """The browser leaves with this state."""
    _set(request, response, STATE, state, booking_code)


def begun(request: HttpRequest) -> tuple[str, str]:
    """(state, the booking's code) with which this browser left; two empty words when it did not."""
    return _get(request, STATE)


def forget_state(response: HttpResponse) -> None:
    """A state is good once."""
    response.delete_cookie(STATE, samesite="Lax")


def remember(request: HttpRequest, response: HttpResponse, openid: str, booking_code: str) -> None:
    """Who they are, until the form of this booking is sent."""
    _set(request, response, KNOWN, openid, booking_code)


def openid_for(request: HttpRequest, booking_code: str) -> str:
    """The openid for this booking, or nothing."""
    openid, code = _get(request, KNOWN)
    return openid if code == booking_code else ""


def _set(request: HttpRequest, response: HttpResponse, name: str, value: str, booking_code: str) -> None:
    response.set_signed_cookie(
        name,
        f"{value}.{booking_code}",
        salt=f"portal.{name}",
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def _get(request: HttpRequest, name: str) -> tuple[str, str]:
    kept = request.get_signed_cookie(name, default="", salt=f"portal.{name}", max_age=SECONDS) or ""
    value, _dot, booking_code = kept.partition(".")
    return value, booking_code
