"""Reads of alerts."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall

from .models import Alert
from .phrases import OTHER, PHRASES, Words

RIGHT = "alert.handle"


def words_of(about: str) -> Words:
    """What an alert is called, and what to do."""
    return PHRASES.get(about, OTHER)


def open_count(actor: Actor, site_id: UUID | None = None) -> int:
    """How many alerts nobody has taken in hand: of a site's organisation, or of all that the actor handles (one query)."""
    places = actor.sites(RIGHT)
    rows = Alert.objects.filter(acknowledged_at=None)
    if places == frozenset() or (site_id is not None and not actor.may(RIGHT, site_id)):
        return 0
    if site_id is not None:
        return rows.filter(organisation__regions__sites=site_id).count()
    if places is not None:
        rows = rows.filter(organisation__regions__sites__in=places)
    return rows.values("pk").distinct().count()


def alerts_of(site_id: UUID, *, actor: Actor, past: bool = False, limit: int = 100) -> list[Alert]:
    """The alerts of the site's organisation: the open ones, or those that were taken in hand; the newest first.

    Raises:
        NotFound, NotAllowed: the actor does not handle alerts there.
    """
    allow(actor, RIGHT, site_id)
    (_region, organisation) = hall.places_above([site_id])[site_id]
    rows = Alert.objects.filter(organisation_id=organisation, acknowledged_at__isnull=not past)
    return list(rows.select_related("acknowledged_by").order_by("-last_at", "-pk")[:limit])
