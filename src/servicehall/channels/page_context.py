"""What every page's template gets: where the live program is, the language, who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.translation import get_language

from servicehall.kernel.languages import NAMES, tag


def live_base(request: HttpRequest) -> str:
    """The address of the live program as this browser reaches it."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL).rstrip("/")
    if not settings.LIVE_PORT:
        return ""
    try:
        host = request.get_host()
    except DisallowedHost:  # the page that says so needs no live program
        return ""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host
    return f"{'https' if request.is_secure() else 'http'}://{name}:{settings.LIVE_PORT}"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every page."""
    return {
        "live_base": live_base(request),
        "language": tag(get_language()),
        "languages": [{"code": code.lower(), "tag": code, "name": name} for code, name in NAMES.items()],
    }


def public_url(request: HttpRequest, path: str) -> str:
    """An absolute address that a customer's phone can open."""
    if settings.PUBLIC_URL:
        return f"{str(settings.PUBLIC_URL).rstrip('/')}{path}"
    return request.build_absolute_uri(path)
