"""Changing one's mind: another time, not coming, coming late, coming for sure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor
from servicehall.kernel.timers import cancel as cancel_timer
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import setup, store
from servicehall.rooms.booking.events import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentLate,
    AppointmentMoved,
)
from servicehall.rooms.booking.models import BOOKED, CANCELLED, Appointment, Assignment
from servicehall.rooms.booking.setup import Bookable, OfferSetup

from .acting import resources_of, save, site_of, take, tell
from .holding import LOSE, admit, occupy, place
from .refusals import TimeTaken, TooLateToChange


def reschedule(
    *,
    code: str,
    starts_at: datetime,
    by: Actor,
    resource: UUID | None = None,
    at: datetime | None = None,
) -> Appointment:
    """Another time, or another resource; the old time is kept when the new one is not to be had.

    Raises:
        NotFound, NotAllowed: no such appointment, or the actor may not.
        NoLonger: it is not booked (any more).
        TooLateToChange: too close to the time for a customer.
        NotBookable, TimeTaken: as for holding a time.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    with transaction(site_id):
        row = take(code, states=(BOOKED,))
        _in_time(row, by, moment)
        here = setup.of_site(site_id)
        chosen = here.offer(row.offer_id)
        if starts_at == row.starts_at and (resource is None or str(resource) in resources_of(row)):
            return row
        admit(here, chosen, starts_at=starts_at, people=row.people, by=by, at=moment)
        move(row, here, chosen, starts_at, by=by, at=moment, resource=resource)
    return row


def cancel(*, code: str, by: Actor, reason: str = "", at: datetime | None = None) -> Appointment:
    """Give the time back. Done again it changes nothing.

    Raises:
        NotFound, NotAllowed: no such appointment, or the actor may not.
        NoLonger: it is over.
        TooLateToChange: too close to the time for a customer.
        BadInput: the reason is too long.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    if len(reason) > 200:
        raise BadInput(errors={"reason": "≤ 200"})
    with transaction(site_id):
        row = take(code, states=(BOOKED, CANCELLED))
        if row.state == CANCELLED:
            return row
        _in_time(row, by, moment)
        call_off(row, by=by, at=moment, reason=reason)
    return row


def say_late(*, code: str, minutes: int, by: Actor, at: datetime | None = None) -> Appointment:
    """The customer will be so many minutes late; staff see it, and the time is not lost meanwhile.

    Raises:
        NotFound, NotAllowed, NoLonger: as for cancelling.
        BadInput: not between 1 and 120 minutes.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    if not 1 <= minutes <= 120:
        raise BadInput(errors={"minutes": "1–120"})
    with transaction(site_id):
        row = take(code, states=(BOOKED,))
        row.late_by = minutes
        save(row, "late_by")
        lost = row.starts_at + timedelta(minutes=max(row.offer.lost, minutes + row.offer.late))
        set_timer(LOSE, str(row.pk), lost, site_id=site_id)
        tell(AppointmentLate, row, by, moment, minutes=minutes)
    return row


def confirm(*, code: str, by: Actor, at: datetime | None = None) -> Appointment:
    """The customer will come. Done again it changes nothing.

    Raises:
        NotFound, NotAllowed, NoLonger: as for cancelling.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    with transaction(site_id):
        row = take(code, states=(BOOKED,))
        if row.confirmed_at is None:
            row.confirmed_at = moment
            save(row, "confirmed_at")
            tell(AppointmentConfirmed, row, by, moment)
    return row


def move(
    row: Appointment,
    here: Bookable,
    chosen: OfferSetup,
    starts_at: datetime,
    *,
    by: Actor,
    at: datetime,
    resource: UUID | None = None,
    fits: Sequence[tuple[UUID, tuple[int, ...]]] | None = None,
) -> None:
    """To another time, in the open transaction; ``fits``: to exactly these places of these resources.

    Raises:
        TimeTaken: it is not free.
    """
    was = row.starts_at
    store.give_back([row.pk])
    Assignment.objects.filter(appointment=row).delete()
    if starts_at != was:
        row.starts_at, row.ends_at = starts_at, starts_at + timedelta(minutes=chosen.row.minutes)
        row.day, row.late_by, row.confirmed_at = clock.local(starts_at, here.zone).date(), 0, None
        row.sequence += 1
    if fits is None:
        place(row, here, chosen, by=by, at=at, resource=resource)
    elif not occupy(row, here, chosen, fits):
        raise TimeTaken(nearest=[])
    save(row, "starts_at", "ends_at", "day", "late_by", "confirmed_at", "sequence")
    if starts_at != was:
        lost = starts_at + timedelta(minutes=chosen.row.lost)
        set_timer(LOSE, str(row.pk), lost, site_id=row.site_id)
    tell(AppointmentMoved, row, by, at, was=was, resources=resources_of(row), sequence=row.sequence)


def call_off(row: Appointment, *, by: Actor, at: datetime, reason: str) -> None:
    """Cancel it, in the open transaction."""
    store.give_back([row.pk])
    row.state, row.ended_at, row.reason = CANCELLED, at, reason
    row.sequence += 1
    save(row, "state", "ended_at", "reason", "sequence")
    cancel_timer(LOSE, str(row.pk))
    tell(AppointmentCancelled, row, by, at, by_hall=by.may("booking.change", row.site_id))


def _in_time(row: Appointment, by: Actor, at: datetime) -> None:
    if at > row.starts_at - timedelta(minutes=row.offer.cutoff) and not by.may("booking.change", row.site_id):
        raise TooLateToChange(until=(row.starts_at - timedelta(minutes=row.offer.cutoff)).isoformat())
