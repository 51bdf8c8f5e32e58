"""What undo needs to take back a counter's last act, kept with the counter. Inside a transaction of the site."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from servicehall.kernel import sql

from .models import CounterStatus, Ticket


def remember(counter_id: UUID, ticket: Ticket, *, kind: str, before: dict[str, Any], at: datetime) -> None:
    """Keep at the counter what undo needs."""
    sql.run(
        "UPDATE queueing_counterstatus SET undo_ticket_id = %s, undo_version = %s, undo_at = %s, undo_kind = %s,"
        " undo_before = %s WHERE counter_id = %s",
        ticket.pk,
        ticket.version,
        at,
        kind,
        orjson.dumps(before).decode(),
        counter_id,
    )


def last(counter_id: UUID) -> dict[str, Any] | None:
    """What :func:`remember` kept of the last act: ticket, version, kind, at, before."""
    status = CounterStatus.objects.filter(pk=counter_id).first()
    if status is None or status.undo_before is None or status.undo_at is None:
        return None
    return {
        "ticket": status.undo_ticket_id,
        "version": status.undo_version,
        "kind": status.undo_kind,
        "at": status.undo_at,
        "before": status.undo_before,
    }


def earlier_of(kept: dict[str, Any]) -> dict[str, Any]:
    """The same of an earlier act, as :func:`remember_earlier` kept it."""
    return {**kept, "ticket": UUID(kept["ticket"]), "at": datetime.fromisoformat(kept["at"])}


def remember_earlier(counter_id: UUID, earlier: dict[str, Any]) -> None:
    """Let undo take back ``earlier`` (see :func:`last`) together with the last act."""
    status = CounterStatus.objects.get(pk=counter_id)
    assert status.undo_before is not None  # noqa: S101 - the last act has just been remembered
    kept = {**earlier, "ticket": str(earlier["ticket"]), "at": earlier["at"].isoformat()}
    status.undo_before = {**status.undo_before, "earlier": kept}
    status.save(update_fields=["undo_before"])


def forget(counter_id: UUID) -> None:
    """Nothing can be undone at the counter from now on."""
    CounterStatus.objects.filter(pk=counter_id).update(undo_before=None)
