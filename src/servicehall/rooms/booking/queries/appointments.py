"""Appointments for the pages of customers and staff."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking import setup, store
from servicehall.rooms.booking.models import HELD, RELEASED, Appointment
from servicehall.rooms.booking.setup import OfferSetup


def appointment(code: str) -> Appointment:
    """The appointment with that code, for whoever holds it (one query).

    Raises:
        NotFound: there is none.
    """
    found = store.by_code(code)
    if found is None:
        raise NotFound
    return found


def offers(site_id: UUID, *, public: bool = True) -> list[OfferSetup]:
    """What can be booked at the site, in its order (one query)."""
    found = setup.of_site(site_id).offers.values()
    return sorted(
        (one for one in found if one.needs and (one.row.is_public or not public)),
        key=lambda o: (o.row.position, o.row.slug),
    )


def of_day(site_id: UUID, first: date, last: date, *, actor: Actor) -> list[Appointment]:
    """Who is booked from the first date to the last, by time, with offer and resources (two queries).

    Raises:
        NotFound, NotAllowed: the actor may not see them.
    """
    allow(actor, "booking.see", site_id)
    rows = Appointment.objects.filter(site_id=site_id, day__gte=first, day__lte=last).exclude(
        state__in=(HELD, RELEASED)
    )
    return list(
        rows.select_related("offer").prefetch_related("assignments__resource").order_by("starts_at", "pk")
    )


def of_customer(customer_ids: list[UUID], limit: int = 50) -> list[Appointment]:
    """A customer's appointments, the latest first."""
    rows = Appointment.objects.filter(customer_id__in=customer_ids).exclude(state__in=(HELD, RELEASED))
    return list(rows.select_related("offer", "site").order_by("-starts_at")[:limit])
