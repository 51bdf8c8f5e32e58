"""What a text says as a definition, whoever's it is: its name, its findings, what differs, what its expressions may speak of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from servicehall.kernel.languages import Text
from servicehall.rooms.connectors import queries as connectors
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services.changes import Change
from servicehall.rooms.services.changes import changes as changed
from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.language.findings import Finding, Unreadable
from servicehall.rooms.services.language.program import program
from servicehall.rooms.services.publishing import against_organisation


def named(text: str) -> Text:
    """What a definition calls itself; nothing for a text that is no flow."""
    try:
        return program(text).flow.name.text
    except Unreadable:
        return {}


def checked(organisation_id: UUID, text: str, slug: str = "") -> list[Finding]:
    """All that is wrong or doubtful in a text, as the flow of that short name of an organisation, in its order."""
    found = [*findings(text), *against_organisation(organisation_id, text, slug)]
    return sorted(found, key=lambda one: (one.place, one.code))


def changes(before: str | None, after: str) -> list[Change] | None:
    """What is different for customers between two texts; None when one of them is no flow."""
    try:
        old = None if before is None else program(before).flow
        return changed(old, program(after).flow)
    except Unreadable:
        return None


def vocabulary(organisation_id: UUID) -> dict[str, Any]:
    """What definitions of an organisation may name of its own: connectors with operations, queues, purposes."""
    return {
        "connectors": connectors.operations_of(organisation_id),
        "queues": sorted(queueing.service_slugs(organisation_id)),
        "purposes": sorted(one.slug for one in customers.purposes(organisation_id)),
    }


def known_names(text: str) -> dict[str, str] | None:
    """The names that a flow's expressions may use, with their kinds; None for a text that is no flow."""
    try:
        return {name: str(kind) for name, kind in program(text).kinds.items()}
    except Unreadable:
        return None
