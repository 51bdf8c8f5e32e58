"""Rules for new passwords beside Django's own: no few characters repeated, none that is known from a breach."""

from __future__ import annotations

import hashlib
import logging
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from servicehall.kernel import outgoing

log = logging.getLogger(__name__)
FEWEST = 5
PATIENCE = 2.0
"""Seconds that the list of breached passwords may take; nobody is kept from work because it is away."""


class FewCharacters:
    """A long password of a few characters again and again is a short one."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password)) < FEWEST:
            raise ValidationError(
                _("Use at least %(count)d different characters.") % {"count": FEWEST}, "few-characters"
            )

    def get_help_text(self) -> str:
        return _("Four or five words that nobody would guess together are a good password.")


class Breached:
    """A password from a known breach is guessed first; only five digits of its digest leave the house."""

    def validate(self, password: str, user: Any = None) -> None:
        if settings.BREACH_URL and is_breached(password):
            raise ValidationError(
                _("This password is known from a breach elsewhere. Choose another one."), "breached"
            )

    def get_help_text(self) -> str:
        return _("It must not be known from a breach.") if settings.BREACH_URL else ""


def is_breached(password: str) -> bool:
    """Whether the list knows the password; false when the list cannot be asked."""
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    request = urllib.request.Request(  # noqa: S310 - the address is the installation's own setting
        f"{settings.BREACH_URL.rstrip('/')}/{digest[:5]}",
        headers={"Add-Padding": "true", "User-Agent": "servicehall"},
    )
    try:
        with outgoing.ask(request, timeout=PATIENCE) as answer:
            lines = answer.read().decode("ascii", "replace").splitlines()
    except (urllib.error.URLError, OSError, ValueError) as problem:
        log.warning("password.breach-list-away problem=%s", problem)
        return False
    found = (line.strip().partition(":") for line in lines)
    # Padding lines have the count 0.
    return any(rest == digest[5:] and count.strip() not in {"", "0"} for rest, _colon, count in found)
