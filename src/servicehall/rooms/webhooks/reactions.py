"""Follows everything: an event that an address is subscribed to becomes a delivery, once, in the transaction of the cursor."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower
from servicehall.rooms.hall import queries as hall

from .models import Delivery, Endpoint
from .queries import TEST, wants

FOLLOWER = "webhooks.deliveries"
PACE = 0.5


def _of_log(log_id: UUID) -> list[Endpoint]:
    """The addresses that get the events of a log: a site's, or an organisation's own."""
    listed = list(
        Endpoint.objects.filter(is_active=True)
        .only("pk", "kinds", "site_id", "organisation_id")
        .order_by("pk")
    )
    above = hall.places_above([log_id]).get(log_id) if listed else None
    organisation = above[1] if above else log_id
    return [
        one
        for one in listed
        if one.site_id == log_id or (one.site_id is None and one.organisation_id == organisation)
    ]


@follower(FOLLOWER, kinds=("*",), pace=PACE)
def make_deliveries(batch: list[StoredEvent]) -> None:
    """A row for each event and each address that wants it."""
    listed = _of_log(batch[0].site_id)
    if not listed:
        return
    now = clock.now()
    Delivery.objects.bulk_create(
        [
            Delivery(
                endpoint_id=one.pk,
                log_id=event.site_id,
                seq=event.seq,
                kind=event.kind,
                made_at=now,
                due_at=now,
            )
            for event in batch
            for one in listed
            if _is_for(one, event)
        ],
        ignore_conflicts=True,
    )


def _is_for(endpoint: Endpoint, event: StoredEvent) -> bool:
    if event.kind == TEST:
        return event.subject_id == endpoint.pk
    return wants(endpoint.kinds, event.kind)
