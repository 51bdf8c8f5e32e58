"""Reads of connectors: which there are, what they can do, how their calls went."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Max

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall

from . import breaker, kinds
from .models import Call, Connector
from .named_secrets import NoSecret
from .named_secrets import secret as named_secret
from .openapi import UnfitDocument
from .operations import NoSuchOperation, Operation, Types
from .phrases import FAULTS

SEE, CHANGE = "connector.see", "connector.change"
SPAN = timedelta(hours=24)
MOST_CALLS = 5000
"""Calls that figures are made of, the newest: a page takes no longer in a busy hall."""
State = Literal["closed", "open", "half-open", "open-elsewhere"]

__all__ = [
    "CHANGE",
    "FAULTS",
    "SEE",
    "Figures",
    "NoSecret",
    "NoSuchOperation",
    "Operation",
    "State",
    "Types",
    "connector_at",
    "connector_called",
    "connector_of",
    "connectors",
    "figures",
    "last_faults",
    "named_secret",
    "operations",
    "states",
    "types",
]


@dataclass(frozen=True, slots=True)
class Figures:
    """How the calls of a day went: how many, how many without a good answer, and how long they took.

    A refusal is an answer: only faults count.
    """

    calls: int = 0
    faults: int = 0
    p50: int = 0
    p95: int = 0

    @property
    def share(self) -> float:
        """Faults in a hundred calls."""
        return round(100 * self.faults / self.calls, 1) if self.calls else 0.0


def types(connector: Connector, operation: str) -> Types:
    """What goes into an operation and what comes out, as JSON Schema.

    Raises:
        NoSuchOperation: there is none of that name.
    """
    return kinds.operation(connector, operation).types


def operations(connector: Connector) -> Mapping[str, Operation]:
    """What the other system can do, by name; nothing when its description cannot be used any more."""
    try:
        return kinds.operations(connector)
    except UnfitDocument:
        return {}


def connector_called(slug: str, *, site_id: UUID) -> Connector:
    """The connector that flows of a site call by this short name: one of its organisation's, in use (two queries).

    Raises:
        NotFound: there is none.
    """
    above = hall.places_above([site_id]).get(site_id)
    rows = Connector.objects.select_related("organisation").filter(slug=slug, is_active=True)
    found = None if above is None else rows.filter(organisation_id=above[1]).first()
    if found is None:
        raise NotFound
    return found


def connector_of(organisation_id: UUID, slug: str) -> Connector | None:
    """An organisation's connector of this short name, in use or not; for the program itself."""
    return Connector.objects.filter(organisation_id=organisation_id, slug=slug).first()


def operations_of(organisation_id: UUID) -> dict[str, list[str]]:
    """The names of what each connector of an organisation can do, by the connector's short name (one query)."""
    rows = Connector.objects.filter(organisation_id=organisation_id, is_active=True).order_by("slug")
    return {one.slug: sorted(operations(one)) for one in rows}


def connectors(site_id: UUID, *, actor: Actor) -> list[Connector]:
    """The connectors of a site's organisation.

    Raises:
        NotFound, NotAllowed: the actor may not see them.
    """
    allow(actor, SEE, site_id)
    (_region, organisation) = hall.places_above([site_id])[site_id]
    rows = Connector.objects.filter(organisation_id=organisation).select_related("organisation")
    return list(rows.order_by("slug"))


def connector_at(connector_id: UUID, *, site_id: UUID, actor: Actor) -> Connector:
    """One of them.

    Raises:
        NotFound, NotAllowed: there is none at this site, or the actor may not see it.
    """
    for one in connectors(site_id, actor=actor):
        if one.pk == connector_id:
            return one
    raise NotFound


def figures(ids: Collection[UUID], *, now: datetime | None = None) -> dict[UUID, Figures]:
    """How the calls of the last 24 hours went (one query)."""
    since = (now or clock.now()) - SPAN
    rows = Call.objects.filter(connector_id__in=ids, at__gte=since).order_by("-at")
    found: dict[UUID, list[tuple[int, bool]]] = {}
    good = {Call.Outcome.DONE, Call.Outcome.REFUSED}
    for connector, took, outcome in rows.values_list("connector_id", "milliseconds", "outcome")[:MOST_CALLS]:
        found.setdefault(connector, []).append((took, outcome in good))
    return {connector: _figures(calls) for connector, calls in found.items()}


def _figures(calls: list[tuple[int, bool]]) -> Figures:
    took = sorted(one for one, _is_good in calls)
    faults = sum(not is_good for _took, is_good in calls)
    return Figures(len(calls), faults, _rank(took, 0.50), _rank(took, 0.95))


def _rank(values: list[int], share: float) -> int:
    """The value at that share, by nearest rank."""
    return values[min(len(values) - 1, max(0, round(share * len(values) + 0.5) - 1))]


def last_faults(connector_id: UUID, *, limit: int = 20) -> list[Call]:
    """The newest calls without a good answer."""
    good = [Call.Outcome.DONE, Call.Outcome.REFUSED]
    rows = Call.objects.filter(connector_id=connector_id).exclude(outcome__in=good)
    return list(rows.order_by("-at")[:limit])


def states(rows: Collection[Connector], *, now: datetime | None = None) -> dict[UUID, State]:
    """Whether calls go through: as this process knows, or as another one has said by leaving a call out (one query)."""
    moment = now or clock.now()
    longest = max((one.rest_seconds for one in rows), default=0.0)
    left = Call.objects.filter(
        connector__in=rows, fault="left-alone", at__gte=moment - timedelta(seconds=longest)
    ).values_list("connector_id")
    elsewhere: dict[UUID, datetime] = dict(left.annotate(last=Max("at")).order_by())
    found: dict[UUID, State] = {}
    for one in rows:
        state: State = breaker.of(one.pk).state(time.monotonic(), rest=one.rest_seconds)
        said = elsewhere.get(one.pk)
        if state == "closed" and said is not None and said >= moment - timedelta(seconds=one.rest_seconds):
            state = "open-elsewhere"
        found[one.pk] = state
    return found
