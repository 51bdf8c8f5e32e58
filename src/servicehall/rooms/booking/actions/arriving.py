"""Coming: checked in, into the queue where the offer has one; not coming; and the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.kernel.timers import cancel as cancel_timer
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import cells, setup, store
from servicehall.rooms.booking.events import (
    AppointmentArrived,
    AppointmentEnded,
    AppointmentLost,
    AppointmentReturned,
)
from servicehall.rooms.booking.models import ARRIVED, BOOKED, DONE, LOST, Appointment, Assignment
from servicehall.rooms.booking.setup import OfferSetup
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as lines
from servicehall.rooms.queueing.queries import rules

from .acting import save, site_of, take, tell
from .holding import LOSE, taken_by
from .refusals import NoLonger, NotBegun, TimeTaken, TooEarly

_MICROSECOND = timedelta(microseconds=1)


def check_in(*, code: str, by: Actor, at: datetime | None = None) -> Appointment:
    """The customer is here. Where the offer has a service they get its ticket, and stand where the offer says.

    Done again it changes nothing. Whoever comes after their time was lost, on the same day, joins as walk-ins do.

    Raises:
        NotFound, NotAllowed: no such appointment, or the actor may not.
        NoLonger: it was cancelled, is over, or is for another day.
        TooEarly: check-in is not open yet; ``from`` says when it is.
        HallClosed, ServiceNotOffered, ServiceFull: of the queue.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    with transaction(site_id):
        row = take(code, states=(BOOKED, ARRIVED, LOST))
        if row.state == ARRIVED:
            return row
        opens = row.starts_at - timedelta(minutes=row.offer.early)
        if moment < opens:
            raise TooEarly(**{"from": opens.isoformat()})
        late = (
            moment > row.starts_at + timedelta(minutes=max(row.offer.late, row.late_by)) or row.state == LOST
        )
        if row.state == LOST and moment > row.starts_at + timedelta(hours=12):
            take(code, states=(BOOKED,))
        waits_from = None
        if row.offer.service_id:
            waits_from = _standing(row, moment, late=late)
            ticket = queue.issue_ticket(
                site_id=site_id,
                service=row.offer.service_id,
                by=by,
                priority=row.offer.priority or None,
                language=row.language,
                customer_id=row.customer_id,
                arrival=waits_from,
                booked=True,
                at=moment,
            )
            row.ticket_id, row.visit_id = ticket.pk, ticket.visit_id
        row.state, row.arrived_at, row.ended_at = ARRIVED, moment, None
        save(row, "state", "arrived_at", "ended_at", "ticket_id", "visit_id")
        cancel_timer(LOSE, str(row.pk))
        tell(AppointmentArrived, row, by, moment, ticket=row.ticket_id, waits_from=waits_from, late=late)
    return row


def _standing(row: Appointment, at: datetime, *, late: bool) -> datetime:
    """When they count as having come, by the queue's one rule for who is booked."""
    if late:
        return at
    wait = timedelta()
    if row.offer.merge == "front" and row.offer.service_id:
        wait = lines.longest_wait(row.site_id, row.offer.service_id, at)
    lead = timedelta(minutes=row.offer.merge_minutes)
    key = rules.booked_key(
        clock.micros(row.starts_at),
        clock.micros(at),
        lead=lead // _MICROSECOND,
        late=timedelta(days=1) // _MICROSECOND,  # whether they are late is decided
        rule=row.offer.merge,
        wait=wait // _MICROSECOND,
    )
    return clock.from_micros(key)


def lose(*, code: str, by: Actor = SYSTEM, at: datetime | None = None) -> Appointment:
    """They did not come: what is left of the time is free again.

    Raises:
        NotFound, NotAllowed, NoLonger: as for the others.
        NotBegun: it is still to come, and so may they be.
    """
    site_id, moment = site_of(code, by, "booking.change"), at or clock.now()
    with transaction(site_id):
        row = take(code, states=(BOOKED, LOST))
        if row.state == BOOKED:
            if moment < row.starts_at:
                raise NotBegun(starts_at=row.starts_at.isoformat())
            _free_rest(row, moment)
            row.state, row.ended_at = LOST, moment
            save(row, "state", "ended_at")
            cancel_timer(LOSE, str(row.pk))
            tell(AppointmentLost, row, by, moment)
    return row


def finish(*, code: str, by: Actor, at: datetime | None = None) -> Appointment:
    """Over, for offers without a queue: the goods were collected, the bay is free. Who has a ticket ends with it.

    Raises:
        NotFound, NotAllowed, NoLonger: as for the others.
    """
    site_id, moment = site_of(code, by, "booking.change"), at or clock.now()
    with transaction(site_id):
        row = take(code, states=(BOOKED, ARRIVED, DONE))
        if row.state != DONE:
            if row.ticket_id is not None:
                raise NoLonger(state=row.state)
            end(row, by, moment)
    return row


def end(row: Appointment, by: Actor, at: datetime) -> None:
    """It is over; in the open transaction."""
    _free_rest(row, at)
    row.state, row.ended_at = DONE, at
    save(row, "state", "ended_at")
    cancel_timer(LOSE, str(row.pk))
    tell(AppointmentEnded, row, by, at)


def take_back(*, code: str, by: Actor, at: datetime | None = None) -> Appointment:
    """Staff pressed the wrong button: it is booked again, when nobody was called and the time is still free.

    Raises:
        NotFound, NotAllowed: no such appointment, or the actor may not.
        NoLonger: it cannot be taken back any more, because the customer was called.
        TimeTaken: it had counted as not come, and somebody else has got the time since.
    """
    site_id, moment = site_of(code, by, "booking.change"), at or clock.now()
    with transaction(site_id):
        row = take(code, states=(LOST, ARRIVED))
        was = row.state
        if was == ARRIVED:
            _leave_queue(row, by, moment)
        else:
            _claim_again(row)
        row.state, row.ended_at, row.arrived_at = BOOKED, None, None
        save(row, "state", "ended_at", "arrived_at", "ticket_id", "visit_id")
        lost = row.starts_at + timedelta(minutes=row.offer.lost)
        again = max(lost, moment + timedelta(minutes=row.offer.lost))
        set_timer(LOSE, str(row.pk), again, site_id=site_id)
        tell(AppointmentReturned, row, by, moment, was=was)
    return row


def _leave_queue(row: Appointment, by: Actor, at: datetime) -> None:
    if row.ticket_id is None:
        return
    if lines.ticket(row.ticket_id, actor=by, at=at)["state"] != "waiting":
        raise NoLonger(state=row.state)
    queue.cancel(ticket_id=row.ticket_id, by=by, at=at)
    row.ticket_id = row.visit_id = None


def _claim_again(row: Appointment) -> None:
    """The same places for the whole time; what had been given back may be somebody else's by now."""
    here = setup.of_site(row.site_id)
    had: dict[UUID, list[int]] = {}
    for one in Assignment.objects.filter(appointment=row).order_by("pk"):
        had.setdefault(one.resource_id, []).append(one.place)
    store.give_back([row.pk])
    chosen = OfferSetup(row.offer, ())
    fits = [(resource, tuple(places)) for resource, places in had.items()]
    if not store.claim(row.pk, taken_by(row, here, chosen, fits)):
        raise TimeTaken(nearest=[])


def _free_rest(row: Appointment, at: datetime) -> None:
    """From the next five minutes on; what is over stays as it was."""
    zone = row.site.timezone
    day = clock.local(at, zone).date()
    store.give_back([row.pk], after=(day, cells.cell_of(at, day, zone) + 1))
