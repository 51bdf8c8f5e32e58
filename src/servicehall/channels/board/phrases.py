"""What the voice says, in each language; numbers are spelled as that language spells them."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import pgettext

from servicehall.kernel.languages import Text

_HAN = dict(zip("0123456789", "零一二三四五六七八九", strict=True))


def _chinese(number: str) -> str:
    return " ".join(_HAN.get(sign, sign) for sign in number if sign.isalnum())


def _english(number: str) -> str:
    """Letters each with a comma (a bare "A 0" is read as the article), digits one by one."""
    signs = [sign for sign in number if sign.isalnum()]
    return " ".join(sign if sign.isdigit() else f"{sign}," for sign in signs).rstrip(",")


_SPELLED: dict[str, Callable[[str], str]] = {"zh": _chinese, "en": _english}


def spelled(number: str, language: str) -> str:
    """A ticket number sign by sign: ``A012`` → ``A 零 一 二`` or ``A, 0 1 2``."""
    return _SPELLED.get(language.split("-", maxsplit=1)[0], _english)(number.upper())


def counter_called(names: Text, label: str, language: str) -> str:
    """What the counter is called in that very language, else its label as a counter."""
    if name := names.get(language, "").strip():
        return name
    with translation.override(language.lower()):
        return pgettext("spoken", "counter %(label)s") % {"label": label}


def call(number: str, names: Text, label: str, language: str) -> str:
    """The call of a ticket to a counter."""
    with translation.override(language.lower()):
        words = pgettext("spoken", "Ticket %(number)s, please go to %(counter)s.")
    return words % {
        "number": spelled(number, language),
        "counter": counter_called(names, label, language),
    }


def sound_on(language: str) -> str:
    """What the board says when its sound was turned on."""
    with translation.override(language.lower()):
        return pgettext("spoken", "The sound is on.")
