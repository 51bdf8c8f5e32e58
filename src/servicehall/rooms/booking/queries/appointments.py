"""Appointments for the pages of customers and staff."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.protection.normal_form import half_width
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking import coming, setup, store
from servicehall.rooms.booking.coming import Standing
from servicehall.rooms.booking.door_codes import door_code, plain
from servicehall.rooms.booking.models import HELD, RELEASED, Appointment
from servicehall.rooms.booking.order import in_order
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
        key=lambda one: in_order(one.row),
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


def held_by(codes: Collection[str]) -> list[Appointment]:
    """The appointments of these codes that are still to come or going on, by time (one query)."""
    rows = Appointment.objects.filter(code__in=codes, state__in=Appointment.TAKING)
    return list(rows.select_related("offer", "site").order_by("starts_at"))


def of_party(row: Appointment) -> list[Appointment]:
    """The other appointments of the same visit, by time."""
    first = row.party or row.pk
    rows = Appointment.objects.filter(Q(pk=first) | Q(party=first), state__in=("booked", "arrived"))
    return list(rows.exclude(pk=row.pk).select_related("offer", "site").order_by("starts_at"))


def of_weeks(row: Appointment) -> list[Appointment]:
    """The other weeks that were booked together with it and still stand, by time (one query, or none)."""
    if row.repeats is None:
        return []
    rows = Appointment.objects.filter(site_id=row.site_id, repeats=row.repeats, state__in=Appointment.TAKING)
    return list(rows.exclude(pk=row.pk).order_by("starts_at"))


def by_reference(site_id: UUID, reference: str) -> Appointment:
    """The appointment with that number at the site (one query); whoever asks is slowed down by the channel.

    Raises:
        NotFound: there is none.
    """
    rows = Appointment.objects.filter(site_id=site_id, reference=plain(reference)[:12])
    found = rows.exclude(state__in=(HELD, RELEASED)).select_related("offer__service", "site").first()
    if found is None:
        raise NotFound
    return found


def by_reference_and_phone(site_id: UUID, reference: str, digits: str) -> Appointment:
    """The same for whoever knows the last four digits of the phone number, too.

    Raises:
        NotFound: there is none, or the digits are others: which of the two is not told.
    """
    found = by_reference(site_id, reference)
    number = re.sub(r"\D", "", half_width(found.phone or ""))
    if len(digits) != 4 or not number.endswith(half_width(digits)):
        raise NotFound
    return found


def came_late(row: Appointment) -> bool:
    """Whether they checked in so late that they stand among those who walked in."""
    return row.arrived_at is not None and coming.is_late(row.starts_at, row.arrived_at, _allowed(row))


def _allowed(row: Appointment) -> timedelta:
    return timedelta(minutes=max(row.offer.late, row.late_by))


def standing(row: Appointment, *, at: datetime | None = None) -> Standing | None:
    """How they came, and whether the booked time is kept for them; None: they have not checked in."""
    if row.arrived_at is None:
        return None
    return coming.standing(
        row.starts_at,
        row.arrived_at,
        at or clock.now(),
        allowed=_allowed(row),
        rule=row.offer.merge,
        lead=timedelta(minutes=row.offer.merge_minutes),
    )


def of_ticket(ticket_id: UUID) -> Appointment | None:
    """The appointment that got this ticket at check-in."""
    return Appointment.objects.filter(ticket_id=ticket_id).select_related("offer", "site").first()


def bookings_of(ticket_ids: Collection[UUID]) -> dict[UUID, Appointment]:
    """By ticket, the appointments that got these at check-in, with their offers; nothing of who comes (one query)."""
    if not ticket_ids:
        return {}
    rows = Appointment.objects.filter(ticket_id__in=ticket_ids).select_related("offer")
    found = rows.defer("name", "phone", "email", "wechat", "note")
    return {one.ticket_id: one for one in found if one.ticket_id is not None}


def code_at_door(site_id: UUID, day: date, *, actor: Actor) -> str:
    """What the door shows on that day, for who prints it.

    Raises:
        NotFound, NotAllowed: the actor may not see it.
    """
    allow(actor, "booking.see", site_id)
    return door_code(site_id, day)
