"""Reads of webhooks: addresses, deliveries, what may be subscribed to, and what a message says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Count, Q

from servicehall.kernel import events
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall

from .models import Delivery, Endpoint

RIGHT = "webhook.change"
TEST = "webhook.tested"
EVERYTHING = "*"
STATES = tuple(Delivery.State.choices)
"""(state, words) of deliveries."""
_OF_THE_HOUSE = (
    "staff",
    "token",
    "factor",
    "session",
    "identity",
    "step-up",
    "address",
    "protection",
    "alert",
    "export",
    "retention",
)
"""What is only ever in the log of no site, or nobody's business outside."""


def families() -> dict[str, list[str]]:
    """The kinds of events that can be subscribed to, by their first word."""
    found: dict[str, list[str]] = {}
    for kind in sorted(events.known_kinds()):
        family = kind.partition(".")[0]
        if family not in _OF_THE_HOUSE:
            found.setdefault(family, []).append(kind)
    return found


def is_kind(wanted: str) -> bool:
    """Whether that can be subscribed to: a kind, a family (``ticket.*``), everything."""
    family, _dot, rest = wanted.partition(".")
    known = families()
    return wanted == EVERYTHING or (family in known and (rest == "*" or wanted in known[family]))


def wants(kinds: Collection[str], kind: str) -> bool:
    """Whether a subscription includes a kind."""
    family = kind.partition(".")[0]
    if family in _OF_THE_HOUSE:
        return False
    return kind in kinds or f"{family}.*" in kinds or EVERYTHING in kinds


@dataclass(frozen=True, slots=True)
class Health:
    """How an address does: how many messages wait, were given up, and when one was last taken."""

    waiting: int = 0
    failed: int = 0
    done: int = 0


def endpoint(endpoint_id: UUID, *, actor: Actor) -> Endpoint:
    """An address that the actor may look after.

    Raises:
        NotFound: there is none, or it is another hall's.
        NotAllowed: the actor may not look after it.
    """
    found = Endpoint.objects.select_related("site").filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound
    allow(actor, RIGHT, found.place)
    return found


def endpoints(site_id: UUID, *, actor: Actor) -> list[Endpoint]:
    """The addresses that get a site's events: its own, and the organisation's if the actor looks after those.

    Raises:
        NotFound, NotAllowed: the actor may not look after the site's.
    """
    allow(actor, RIGHT, site_id)
    (_region, organisation) = hall.places_above([site_id])[site_id]
    wanted = Q(site_id=site_id)
    if actor.may(RIGHT, organisation):
        wanted |= Q(site=None, organisation_id=organisation)
    rows = list(Endpoint.objects.filter(wanted).select_related("site").order_by("created_at", "pk"))
    open_all(rows)
    return rows


def health(ids: Collection[UUID]) -> dict[UUID, Health]:
    """How addresses do (one query)."""

    def counted(state: str) -> Count:
        return Count("pk", filter=Q(state=state))

    rows = Delivery.objects.filter(endpoint_id__in=ids).order_by().values("endpoint_id")
    counts = rows.annotate(waiting=counted("waiting"), failed=counted("failed"), done=counted("done"))
    return {
        endpoint_id: Health(*found)
        for endpoint_id, *found in counts.values_list("endpoint_id", "waiting", "failed", "done")
    }


def deliveries(endpoint_id: UUID, *, actor: Actor, state: str = "", limit: int = 50) -> list[Delivery]:
    """The newest deliveries to an address.

    Raises:
        NotFound, NotAllowed: see :func:`endpoint`.
    """
    endpoint(endpoint_id, actor=actor)
    rows = Delivery.objects.filter(endpoint_id=endpoint_id)
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    return list(rows.order_by("-id")[:limit])


def place_of(delivery_id: UUID, *, actor: Actor) -> UUID:
    """The place of the address that a delivery goes to.

    Raises:
        NotFound, NotAllowed: see :func:`endpoint`.
    """
    found = Delivery.objects.filter(pk=delivery_id).values_list("endpoint_id", flat=True).first()
    if found is None:
        raise NotFound
    return endpoint(found, actor=actor).place


def event_of(delivery: Delivery) -> StoredEvent:
    """The event that a delivery is about."""
    return events.after(delivery.log_id, delivery.seq - 1, 1)[0]


def body_of(event: StoredEvent) -> bytes:
    """What is sent: the event as it stands in the log. Ids, numbers and words of the program's own lists."""
    data: dict[str, Any] = {
        "log": str(event.site_id),
        "seq": event.seq,
        "version": event.version,
        "actor": {"kind": event.actor_kind, "id": _text(event.actor_id), "channel": event.channel},
        "visit": _text(event.visit_id),
        "subject": _text(event.subject_id),
        "facts": event.data,
    }
    moment: datetime = event.at.astimezone(UTC)
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"type": event.kind, "timestamp": stamp, "data": data})


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
