"""The language of a browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation


def use_language(response: HttpResponse, code: str) -> None:
    """Show this browser our pages in a language for as long as a session lasts."""
    if translation.check_for_language(code):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code.lower(),
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
