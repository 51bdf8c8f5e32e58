"""The requests of who is signed in, as their own page lists them: which, when, and how they stand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel import languages
from servicehall.rooms.services import queries

STATES: dict[str, tuple[str | Promise, str]] = {
    "open": (_("You can go on"), "info"),
    "waiting": (_("Our staff take care of it"), "warn"),
    "ended": (pgettext_lazy("a request", "Done"), "good"),
    "left": (pgettext_lazy("a request", "Given up"), "neutral"),
}
OUTCOMES: dict[str, tuple[str | Promise, str]] = {
    "refused": (_("It could not be done"), "neutral"),
    "abandoned": (pgettext_lazy("a request", "Given up"), "neutral"),
    "by-staff": (_("Settled by our staff"), "good"),
}
"""What ends other than well are called."""
HELD = (_("Our staff go on with it"), "warn")


def of(customers: Collection[UUID]) -> list[dict[str, Any]]:
    """The newest requests of a customer, under all ids under which they came."""
    return [_told(one) for one in queries.instances_of(customers)]


def _told(one: queries.Instance) -> dict[str, Any]:
    words, tone = STATES[one.state]
    if one.state == "ended":
        words, tone = OUTCOMES.get(one.outcome, (words, tone))
    elif one.state == "open" and one.held_by is not None:
        words, tone = HELD
    site = {"site": one.site.names, "timezone": one.site.timezone}
    return {**queries.facts_of(one, languages.current()), **site, "words": words, "tone": tone}
