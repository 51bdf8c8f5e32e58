"""What can be done with connectors: setting them up, calling them, trying them out.

With calling.py and keeping.py the only writers of this room's tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock, step_up
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.hall import queries as hall

from . import breaker, kinds
from .calling import call
from .events import ConnectorAdded, ConnectorChanged, ConnectorRemoved, ConnectorTried
from .models import Connector
from .named_secrets import place as secret_place
from .operations import (
    JSON,
    Answer,
    Budget,
    ConnectorLied,
    ConnectorRefused,
    ConnectorUnavailable,
    Fault,
    NoSuchOperation,
    Operation,
    OutcomeUnknown,
    Types,
    UnfitInputs,
)
from .queries import CHANGE

__all__ = [
    "Answer",
    "Budget",
    "ConnectorLied",
    "ConnectorRefused",
    "ConnectorUnavailable",
    "Fault",
    "NoSuchOperation",
    "NotARead",
    "Operation",
    "OutcomeUnknown",
    "Types",
    "UnfitInputs",
    "add_connector",
    "call",
    "remove_connector",
    "save_connector",
    "secret_place",
    "try_operation",
]
_CONFIRMED = ("kind", "address", "allowed_hosts", "secret_use", "secret_name")
"""Where calls go and which secret goes with them: not changed from a browser that was left open."""
TRYING = 15.0


class NotARead(Refused):
    """Only what changes nothing is tried out by hand."""

    kind = "not-a-read"
    title = _("This operation changes something in the other system")
    advice = _("Only operations that read are tried out here.")


def save_connector(
    row: Connector, *, by: Actor, fields: Iterable[str] | None = None, at: datetime | None = None
) -> None:
    """Add or change a connector.

    Raises:
        NotAllowed, NotFound: the actor may not say which systems the organisation calls.
        ValidationError: a field does not fit.
        StepUpNeeded, StepUpRefused: a person has to confirm where calls go.
    """
    allow(by, CHANGE, row.organisation_id)
    added, moment = row._state.adding, at or clock.now()
    stored = None if added else Connector.objects.filter(pk=row.pk).first()
    if stored is None and not added:
        raise NotFound
    if stored is not None:
        allow(by, CHANGE, stored.organisation_id)
    row.full_clean()
    with transaction(INSTALLATION):
        if stored is None or any(getattr(stored, name) != getattr(row, name) for name in _CONFIRMED):
            target = " ".join(str(getattr(row, name)) for name in ("organisation_id", "slug", *_CONFIRMED))
            step_up.demand(by, step_up.Operation("connector.change", target))
        row.changed_at = moment
        row.save()
        changed = ConnectorChanged(row.pk, sorted(fields or ()))
        record(ConnectorAdded(row.pk) if added else changed, actor=by, at=moment, subject_id=row.pk)
    breaker.forget(row.pk)


def add_connector(*, organisation_id: UUID, by: Actor, **fields: Any) -> Connector:
    """Add a connector. Raises what :func:`save_connector` raises."""
    row = Connector(organisation_id=organisation_id, **fields)
    save_connector(row, by=by)
    return row


def remove_connector(row: Connector, *, by: Actor, at: datetime | None = None) -> None:
    """Forget a connector and the record of its calls.

    Raises:
        NotAllowed, NotFound: the actor may not say which systems the organisation calls.
    """
    allow(by, CHANGE, row.organisation_id)
    key = row.pk
    with transaction(INSTALLATION):
        row.delete()
        record(ConnectorRemoved(key), actor=by, at=at or clock.now(), subject_id=key)
    breaker.forget(key)


def try_operation(
    connector_id: UUID, operation: str, inputs: Mapping[str, JSON], *, site_id: UUID, by: Actor
) -> Answer:
    """Call a reading operation by hand. It is on record who did, because the answer may be about somebody.

    Raises:
        NotAllowed, NotFound: the actor may not set connectors up at this site, or it has no such connector.
        NotARead: the operation changes something.
        And what :func:`call` raises.
    """
    allow(by, CHANGE, site_id)
    (_region, organisation) = hall.places_above([site_id])[site_id]
    row = Connector.objects.select_related("organisation").filter(pk=connector_id).first()
    if row is None or row.organisation_id != organisation:
        raise NotFound
    if kinds.operation(row, operation).kind != "read":
        raise NotARead
    with transaction(site_id):
        record(ConnectorTried(row.pk, operation), actor=by, at=clock.now(), subject_id=row.pk)
    return call(row, operation, inputs, deadline=TRYING, site_id=site_id)
