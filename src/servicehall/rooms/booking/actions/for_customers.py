"""Booking for somebody who calls or stands at the desk: the time is taken and booked in one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking.models import Appointment

from .holding import Details, book, hold_time


def book_for(
    *,
    site_id: UUID,
    offer: str | UUID,
    starts_at: datetime,
    details: Details,
    by: Actor,
    people: int = 1,
    resource: UUID | None = None,
    customer_id: UUID | None = None,
    language: str = "",
    at: datetime | None = None,
) -> Appointment:
    """Book a time for a customer; a refused detail leaves nothing held.

    Raises:
        NotFound, NotAllowed: no such offer here, or the actor may not book for others.
        NotBookable, TimeTaken, TooManyPeople, BadInput: as for holding a time and booking it.
    """
    allow(by, "booking.change", site_id)
    with transaction(site_id):
        held = hold_time(
            site_id=site_id,
            offer=offer,
            starts_at=starts_at,
            by=by,
            people=people,
            resource=resource,
            customer_id=customer_id,
            language=language,
            at=at,
        )
        return book(code=held.code, details=details, by=by, at=at)
