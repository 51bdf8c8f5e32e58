"""What holds for every page when the hall is served over TLS (settings.HTTPS).

Who comes without TLS is sent to https when only a page was asked for; anything else is refused, so that a
program with a wrong address finds out at once instead of sending its secrets in the clear for years.
Cookies are Secure and carry the prefix that makes browsers refuse them from anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused

from . import refusals

HOST, SECURE = "__Host-", "__Secure-"
"""RFC 6265bis, 4.1.3: from this very host and for all its paths; from some https page."""


class NotEncrypted(Refused):
    """The request came without TLS where TLS is the rule."""

    kind = "not-encrypted"
    status = 403
    title = _("This address is only served encrypted")
    advice = _(
        "Use https:// instead of http://. What was just sent may have been read: change it if it was secret."
    )


def own_cookies(found: Mapping[str, str]) -> dict[str, str]:
    """The cookies of a request by the names that the program uses; without their prefix they do not count."""
    if not settings.HTTPS:
        return dict(found)
    kept: dict[str, str] = {}
    for prefix in (SECURE, HOST):  # the stricter one last, so that it wins
        kept |= {name.removeprefix(prefix): value for name, value in found.items() if name.startswith(prefix)}
    return kept


class Encrypted:
    """Redirects or refuses what came without TLS, and dresses all cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.HTTPS:
            return self.get_response(request)
        # Styles and scripts are the same for everybody, and the refusal below needs them to be readable.
        if not request.is_secure() and not request.path.startswith(settings.STATIC_URL):
            return _without_tls(request)
        request.COOKIES = own_cookies(request.COOKIES)
        response = self.get_response(request)
        _dress_cookies(response)
        return response


def _without_tls(request: HttpRequest) -> HttpResponseBase:
    if request.method not in {"GET", "HEAD"} or refusals.wants_document(request):
        # The language is chosen further inside, where this request does not get to.
        with translation.override(translation.get_language_from_request(request)):
            return refusals.answer(request, NotEncrypted())
    return HttpResponsePermanentRedirect(f"https://{request.get_host()}{request.get_full_path()}")


def _dress_cookies(response: HttpResponseBase) -> None:
    for name in list(response.cookies):
        morsel = response.cookies.pop(name)
        morsel["secure"] = True
        morsel["samesite"] = morsel["samesite"] or "Lax"
        prefix = HOST if morsel["path"] == "/" and not morsel["domain"] else SECURE
        morsel.set(f"{prefix}{name}", morsel.value, morsel.coded_value)
        response.cookies[morsel.key] = morsel
