"""Checking in by phone, at the door: with the code of the day that only the door shows."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import store
from servicehall.rooms.booking.door_codes import is_door_code
from servicehall.rooms.booking.models import ARRIVED, Appointment

from .acting import site_of
from .arriving import check_in
from .refusals import AnotherDay, WrongDoorCode


def check_in_at_door(*, code: str, door: str, by: Actor, at: datetime | None = None) -> Appointment:
    """The customer says that they are here, and shows it by the code at the door. Done again it changes nothing.

    Raises:
        NotFound, NotAllowed: no such appointment, or the actor may not.
        WrongDoorCode: that is not the code of the day.
        AnotherDay: the appointment is for another date; ``day`` says which.
        NoLonger, TooEarly, HallClosed, ServiceNotOffered, ServiceFull: as for checking in.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    row = store.by_code(code)
    if row is not None and row.state != ARRIVED:
        today = clock.business_day(moment, row.site.timezone, row.site.day_ends)
        if not is_door_code(door, site_id, today):
            raise WrongDoorCode
    return check_in_today(code=code, by=by, at=moment)


def check_in_today(*, code: str, by: Actor, at: datetime | None = None) -> Appointment:
    """Check in, where somebody stands in the hall already (a kiosk): another date is told from too early.

    Raises:
        As checking in; AnotherDay.
    """
    site_of(code, by, "booking.use")
    moment, row = at or clock.now(), store.by_code(code)
    if row is not None and row.state != ARRIVED:
        today = clock.local(moment, row.site.timezone).date()
        if clock.local(row.starts_at, row.site.timezone).date() != today and not _at_midnight(row, moment):
            raise AnotherDay(day=row.day.isoformat(), starts_at=row.starts_at.isoformat())
    return check_in(code=code, by=by, at=moment)


def _at_midnight(row: Appointment, at: datetime) -> bool:
    """Whether check-in is open although the calendar shows another date."""
    minutes = (at - row.starts_at).total_seconds() / 60
    return -row.offer.early <= minutes <= row.offer.lost
