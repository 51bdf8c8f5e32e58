"""The board's phrases in several languages at once, for texts that change while it is shown.

Texts that stay are in the template ({% in_languages %}); figures are put in by words.js.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Phrases = dict[str, str]


def _phrases() -> Phrases:
    return {
        "waiting": _("{n} waiting"),
        "more": _("and {n} more"),
        "nobody": pgettext("wait", "no wait"),
        "noCounter": pgettext("wait", "no counter open"),
        "atOnce": pgettext("wait", "almost no wait"),
        "under": pgettext("wait", "less than {high} minutes"),
        "between": pgettext("wait", "about {low} to {high} minutes"),
        "hours": pgettext("wait", "about {low} to {n} hours"),
        "stale": _("Out of date since {time}"),
        "call": pgettext("spoken by the browser", "Ticket {number}, please go to {counter}."),
        "counter": pgettext("spoken", "counter %(label)s").replace("%(label)s", "{label}"),
    }


def in_languages(languages: Iterable[str]) -> dict[str, Phrases]:
    """language tag → name → phrase."""
    found = {}
    for language in languages:
        with translation.override(language.lower()):
            found[language] = _phrases()
    return found
