"""How booking is set up at a site, for whoever changes it: rows that are out of use, too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking.models import Audience, DayHours, Offer, Resource, WeeklyHours
from servicehall.rooms.booking.order import in_order
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing

AUDIENCES: Iterable[tuple[str, Any]] = Audience.choices
DAY_KINDS: Iterable[tuple[str, Any]] = DayHours.Kind.choices


def setup_offers(site_id: UUID, *, actor: Actor) -> list[Offer]:
    """Every offer with what it takes. Raises NotFound, NotAllowed."""
    allow(actor, "setup.see", site_id)
    rows = Offer.objects.filter(site_id=site_id).select_related("service")
    return sorted(rows.prefetch_related("needs__resources"), key=in_order)


def setup_offer(site_id: UUID, offer_id: UUID, *, actor: Actor) -> Offer:
    """An offer of the site. Raises NotFound, NotAllowed."""
    found: Offer = _one(setup_offers(site_id, actor=actor), offer_id)
    return found


def setup_resources(site_id: UUID, *, actor: Actor) -> list[Resource]:
    """Every resource with its weekly hours, and who or which counter it is. Raises NotFound, NotAllowed."""
    allow(actor, "setup.see", site_id)
    rows = Resource.objects.filter(site_id=site_id).select_related("staff", "counter")
    return sorted(rows.prefetch_related("hours", "staff__skills"), key=in_order)


def setup_resource(site_id: UUID, resource_id: UUID, *, actor: Actor) -> Resource:
    """A resource of the site. Raises NotFound, NotAllowed."""
    found: Resource = _one(setup_resources(site_id, actor=actor), resource_id)
    return found


def setup_week(resource_id: UUID) -> list[WeeklyHours]:
    """The weekly hours of a resource, in their order."""
    return list(WeeklyHours.objects.filter(resource_id=resource_id).order_by("weekday", "opens", "pk"))


def setup_dates(site_id: UUID, first: date, *, actor: Actor, limit: int = 200) -> list[DayHours]:
    """Hours of dates from the first one on. Raises NotFound, NotAllowed."""
    allow(actor, "setup.see", site_id)
    rows = DayHours.objects.filter(resource__site_id=site_id, date__gte=first).select_related("resource")
    return list(rows.order_by("date", "resource__position", "opens", "pk")[:limit])


def without_resource(site_id: UUID) -> tuple[list[Any], list[dict[str, Any]]]:
    """Staff (with their skills) and counters of the site that cannot be booked yet."""
    had = {
        pk
        for row in Resource.objects.filter(site_id=site_id).values_list("staff_id", "counter_id")
        for pk in row
    }
    staff = [one for one in people.colleagues(site_id) if one.pk not in had]
    return staff, [one for one in queueing.counters(site_id) if UUID(one["id"]) not in had]


def _one(rows: list[Any], pk: UUID) -> Any:
    found = next((one for one in rows if one.pk == pk), None)
    if found is None:
        raise NotFound
    return found
