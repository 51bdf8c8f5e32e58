"""The ledger's kind for what is given back at another system: asked again with the same key until it is known."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from servicehall.kernel import clock, effects
from servicehall.kernel.effects import Entry, NotDone, Outcome
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.connectors import actions as connectors
from servicehall.rooms.connectors import queries

from .models import Instance

RELEASE = "services.release"
DEADLINE = 8.0
"""Seconds for all tries of one call."""
_HOLDS = ("connector", "operation", "inputs", "instance", "step", "reason")


def _ask(entry: Entry) -> Outcome:
    """Calls; whatever is raised but a clear no leaves it for the next time."""
    given = entry.request
    try:
        connectors.call(
            queries.connector_called(given["connector"], site_id=entry.site_id),
            given["operation"],
            json.loads(given["inputs"]),
            key=f"release:{entry.key}",
            deadline=DEADLINE,
            site_id=entry.site_id,
        )
    except connectors.ConnectorRefused as problem:
        raise NotDone(reason=problem.code[:80]) from None
    return Outcome("done")


def _settled(entry: Entry) -> None:
    """The other system will not take it back: a person has to see to it."""
    if entry.state != "failed":
        return
    from .actions.tasks import add_task

    instance = Instance.objects.select_related("version").filter(pk=UUID(entry.request["instance"])).first()
    if instance is not None:
        add_task(instance, kind="unsure", step=entry.request["step"], by=SYSTEM, at=clock.now())


effects.effect(RELEASE, "keyed", holds=_HOLDS, patience=timedelta(0), ask=_ask, settled=_settled)
