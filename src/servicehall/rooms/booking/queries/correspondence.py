"""A hall's rules of appointments, entries of the waiting list, where customers' links lead, what may be refused."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from servicehall.kernel.errors import NotFound
from servicehall.rooms.booking.correspondence import WAITING, BookingRules, WaitingEntry
from servicehall.rooms.booking.models import Appointment
from servicehall.rooms.messages import queries as messages


def rules_of(site_id: UUID) -> BookingRules:
    """What the hall does about appointments; what stands in the table's defaults when nobody set anything."""
    return BookingRules.objects.filter(site_id=site_id).first() or BookingRules(site_id=site_id)


def address(path: str) -> str:
    """An address that a customer can open; only the path where nobody knows what the hall is called outside."""
    return f"{(settings.PUBLIC_URL or settings.RUN_URL).rstrip('/')}{path}"


def booking_path(site: str, offer: str) -> str:
    """Where an offer is booked."""
    return f"/s/{site}/book/{offer}"


def waiting_entry(code: str) -> WaitingEntry:
    """The entry with that code, with offer, site and the appointment that is kept (one query).

    Raises:
        NotFound: there is none.
    """
    found = (
        WaitingEntry.objects.filter(code=code).select_related("offer", "site__region", "appointment").first()
    )
    if found is None:
        raise NotFound
    return found


def place_in_line(entry: WaitingEntry) -> int:
    """How many stand before somebody who waits for the same offer."""
    line = WaitingEntry.objects.filter(offer_id=entry.offer_id, state=WAITING)
    before = line.filter(priority__gt=entry.priority) | line.filter(
        priority=entry.priority, made_at__lt=entry.made_at
    )
    return before.count()


@dataclass(frozen=True, slots=True)
class Way:
    """A way on which a customer is reminded, and whether they refused that."""

    kind: str
    is_refused: bool


def ways_of(row: Appointment) -> list[Way]:
    """How the customer of an appointment is reminded."""
    given = {"email": row.email, "sms": row.phone, "wechat": row.wechat}
    given = {kind: to for kind, to in given.items() if to}
    refused = messages.refused_kinds(row.organisation_id, given)
    return [Way(kind, kind in refused) for kind in given]
