"""Rules for new passwords beside Django's own: no few characters repeated, no words of the house, no known breach."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from servicehall.kernel import outgoing
from servicehall.rooms.hall import queries as hall

log = logging.getLogger(__name__)
FEWEST = 5
PRODUCT = "servicehall"
_SHORTEST = 3
_AS_LETTERS = str.maketrans("013457@$!", "oieastasi")
PATIENCE = 2.0
"""Seconds that the list of breached passwords may take; nobody is kept from work because it is away."""


FIRST_IS_GOOD_FOR = timedelta(days=3)
"""A password that a manager hands over: over a weekend, not longer."""
_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _OF = 4, 5


def first_password() -> str:
    """A one-time password to be handed over: twenty letters and digits that are read without doubt (99 bits)."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(_OF)) for _ in range(_GROUPS))


class FewCharacters:
    """A long password of a few characters again and again is a short one."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password)) < FEWEST:
            raise ValidationError(
                _("Use at least %(count)d different characters.") % {"count": FEWEST}, "few-characters"
            )

    def get_help_text(self) -> str:
        return _("Four or five words that nobody would guess together are a good password.")


class WordsOfTheHouse:
    """Who guesses begins with the names on the door: they may stand in a password, and do not count."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = without_words(password, hall.words_of_the_house() | {PRODUCT})
        if rest is not None and len({letter for letter in rest if letter.isalpha()}) < FEWEST:
            raise ValidationError(
                _("This is mostly the name of the house. Use words that have nothing to do with it."),
                "words-of-the-house",
            )

    def get_help_text(self) -> str:
        return _("The names of the organisation, its halls and the product do not count.")


def _plain(text: str) -> str:
    """Letters and digits only, in one case and form."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def without_words(password: str, words: Iterable[str]) -> str | None:
    """What is left of a password beside these words, also those written with digits; None when it has none of them."""
    rest = found = re.sub(r"[^\w@$!]|_", "", unicodedata.normalize("NFKC", password).casefold())
    looked_for = {word for word in map(_plain, words) if len(word) >= _SHORTEST or not word.isascii()}
    for word in sorted(looked_for - {""}, key=lambda w: (-len(w), w)):
        for written in (word, word.translate(_AS_LETTERS)):
            while (at := _place(rest, written)) >= 0:
                rest = rest[:at] + rest[at + len(written) :]
    return None if rest == found else rest


def _place(text: str, word: str) -> int:
    at = text.find(word)
    return at if at >= 0 else text.translate(_AS_LETTERS).find(word)


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
