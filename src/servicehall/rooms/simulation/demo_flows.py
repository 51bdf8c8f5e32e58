"""Services of the demo that customers do by themselves: the room's own samples, published where they fit."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.services import actions, queries


def add_flows(organisation_id: UUID) -> None:
    """Publishes the samples that an organisation does not have yet and that can be published there."""
    there = {flow.slug for flow in queries.flows_of(organisation_id, actor=SYSTEM)}
    for slug, text in queries.samples().items():
        if slug not in there and not queries.unfit(organisation_id, text):
            actions.publish_text(organisation_id=organisation_id, text=text, by=SYSTEM)
