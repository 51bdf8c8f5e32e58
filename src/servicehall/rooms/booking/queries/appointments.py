"""Appointments for the pages of customers and staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection.fields import open_all
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
    """Who is booked from the first date to the last, by time, with offer and resources (a few queries).

    Raises:
        NotFound, NotAllowed: the actor may not see them.
    """
    allow(actor, "booking.see", site_id)
    rows = Appointment.objects.filter(site_id=site_id, day__gte=first, day__lte=last).exclude(
        state__in=(HELD, RELEASED)
    )
    found = list(
        rows.select_related("offer").prefetch_related("assignments__resource").order_by("starts_at", "pk")
    )
    open_all(found)
    return found


def of_customer(customer_ids: list[UUID], limit: int = 50) -> list[Appointment]:
    """A customer's appointments, the latest first."""
    rows = Appointment.objects.filter(customer_id__in=customer_ids).exclude(state__in=(HELD, RELEASED))
    return list(rows.select_related("offer", "site").order_by("-starts_at")[:limit])


def appointment_rows(site_id: UUID, first: date, last: date, *, actor: Actor) -> Iterator[dict[str, Any]]:
    """A line an appointment of these days for a file, without anything about who comes; times at the site.

    Raises:
        NotFound, NotAllowed: the actor may not take figures out.
    """
    allow(actor, "ops.export", site_id)
    return _appointment_rows(site_id, first, last)


def _appointment_rows(site_id: UUID, first: date, last: date) -> Iterator[dict[str, Any]]:
    zone = setup.of_site(site_id).zone
    rows = Appointment.objects.filter(site_id=site_id, day__gte=first, day__lte=last)
    rows = rows.exclude(state__in=(HELD, RELEASED)).defer("name", "phone", "email", "note")
    rows = rows.select_related("offer").prefetch_related("assignments__resource").order_by("starts_at", "pk")
    for row in rows.iterator(chunk_size=500):
        names = {one.resource_id: one.resource.names for one in row.assignments.all()}
        times = {
            name: value and clock.local(value, zone)
            for name in ("starts_at", "ends_at", "made_at", "arrived_at", "ended_at")
            for value in (getattr(row, name),)
        }
        yield {
            "day": row.day,
            "reference": row.reference,
            "offer": row.offer.names,
            "resources": list(names.values()),
            "state": row.get_state_display(),
            "people": row.people,
            "channel": row.channel,
            "appointment": row.pk,
            **times,
        }
