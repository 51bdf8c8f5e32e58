"""The requests of who is signed in, as their own page lists them: which, when, and how they stand."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicehall.kernel import languages
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.customers.queries import Record
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


def of(record: Record) -> list[dict[str, Any]]:
    """The newest requests of a customer, also under records that were joined with theirs."""
    found = queries.instances_of(customers.same_person(record.pk))
    return [_told(one) for one in found]


def _told(one: queries.Instance) -> dict[str, Any]:
    words, tone = STATES[one.state]
    if one.state == "ended":
        words, tone = OUTCOMES.get(one.outcome, (words, tone))
    elif one.state == "open" and one.held_by is not None:
        words, tone = HELD
    site = {"site": one.site.names, "timezone": one.site.timezone}
    return {**queries.facts_of(one, languages.current()), **site, "words": words, "tone": tone}
