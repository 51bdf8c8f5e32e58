"""What of a definition has to fit the organisation that publishes it: its short name, its purposes, its services."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.customers import queries as customers
from servicehall.rooms.payments import queries as payments
from servicehall.rooms.queueing import queries as queueing

from .checking.forms import personal_fields
from .connecting import against_connectors
from .language.definition import Flow, HandOver, Pay, Ticket
from .language.findings import START, Finding, Unreadable, filled
from .language.program import program


def against_organisation(organisation_id: UUID, text: str, slug: str = "") -> list[Finding]:
    """What does not fit; nothing for a text that is no flow (that is told elsewhere).

    Args:
        slug: of the flow that the text is for, when there is one already.
    """
    try:
        flow = program(text).flow
    except Unreadable:
        return []
    listed = [
        *_covered(flow, organisation_id),
        *_queues(flow, organisation_id),
        *against_connectors(flow, organisation_id),
        *_payable(flow, organisation_id),
    ]
    if slug and flow.slug != slug:
        words = filled(
            _("The definition calls itself “%(name)s”; this service is “%(slug)s”."),
            name=flow.slug,
            slug=slug,
        )
        listed.append(Finding("another-name", words, START))
    return listed


def _covered(flow: Flow, organisation_id: UUID) -> Iterator[Finding]:
    """Personal data is asked for only where a purpose of the flow needs it."""
    purposes = {one.slug: one.uses for one in customers.purposes(organisation_id)}
    for slug in flow.purposes:
        if slug not in purposes:
            words = filled(_("The organisation has no purpose called “%(name)s” in use."), name=slug)
            yield Finding("unknown-purpose", words, START)
    needed = {one for slug in flow.purposes for one in purposes.get(slug, ())}
    for kind, fields in personal_fields(flow).items():
        if kind not in needed and flow.purposes:
            for field in fields:
                words = filled(
                    _("No purpose of this service needs “%(name)s” (%(kind)s): do not ask for it."),
                    name=field.id,
                    kind=kind,
                )
                yield Finding("not-needed", words, field.place)


def _queues(flow: Flow, organisation_id: UUID) -> Iterator[Finding]:
    """Tickets are taken for queues that a site of the organisation has."""
    known = queueing.service_slugs(organisation_id)
    for step in flow.steps:
        service = step.service if isinstance(step, Ticket | HandOver) else ""
        if service and service not in known:
            words = filled(_("No site of the organisation has a queue called “%(name)s”."), name=service)
            yield Finding("unknown-queue", words, step.place)


def _payable(flow: Flow, organisation_id: UUID) -> Iterator[Finding]:
    """Money is asked for only where there is a way to pay it."""
    steps = [step for step in flow.steps if isinstance(step, Pay)]
    at_desks_only = set(flow.channels) == {"desk"}  # where cash will do
    if steps and not payments.ways(organisation_id, to_staff=at_desks_only):
        yield Finding(
            "no-way-to-pay",
            _("The organisation has no way to be paid by customers themselves."),
            steps[0].place,
        )
