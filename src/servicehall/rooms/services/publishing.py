"""What of a definition has to fit the organisation that publishes it: its short name, its purposes, its services."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.customers import queries as customers

from .checking.forms import personal_fields
from .language.findings import START, Finding, Unreadable, filled
from .language.program import program
from .models import Flow


def against_organisation(flow: Flow) -> list[Finding]:
    """What does not fit; nothing for a text that is no flow (that is told elsewhere)."""
    try:
        found = program(flow.draft).flow
    except Unreadable:
        return []
    listed = [*_covered(flow)]
    if found.slug != flow.slug:
        words = filled(
            _("The definition calls itself “%(name)s”; this service is “%(slug)s”."),
            name=found.slug,
            slug=flow.slug,
        )
        listed.append(Finding("another-name", words, START))
    return listed


def _covered(flow: Flow) -> Iterator[Finding]:
    """Personal data is asked for only where a purpose of the flow needs it."""
    found = program(flow.draft).flow
    purposes = {one.slug: one.uses for one in customers.purposes(flow.organisation_id)}
    for slug in found.purposes:
        if slug not in purposes:
            yield Finding(
                "unknown-purpose",
                filled(_("The organisation has no purpose called “%(name)s” in use."), name=slug),
                START,
            )
    needed = {one for slug in found.purposes for one in purposes.get(slug, ())}
    for kind, fields in personal_fields(found).items():
        if kind not in needed and found.purposes:
            for field in fields:
                words = filled(
                    _("No purpose of this service needs “%(name)s” (%(kind)s): do not ask for it."),
                    name=field.id,
                    kind=kind,
                )
                yield Finding("not-needed", words, field.place)
