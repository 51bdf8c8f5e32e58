"""Serving a called customer: start, hold, resume, transfer, next stage, finish, no-show, back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.events import (
    TicketAdvanced,
    TicketFinished,
    TicketHeld,
    TicketNoShow,
    TicketRequeued,
    TicketResumed,
    TicketStarted,
    TicketTransferred,
)
from servicehall.rooms.queueing.models import CALLED, DONE, HELD, NO_SHOW, SERVING, WAITING, Ticket

from .acting import allow_serving, at_counter, changed, of_ticket, open_position, seconds, site_of, take
from .placing import behind_places
from .refusals import CannotServe, CounterBusy, NoFurtherStage

HOLD_RETURN = "queueing.hold-return"


def _text(name: str, value: str, most: int) -> str:
    if len(value) > most:
        raise BadInput(errors={name: f"≤ {most}"})
    return value.strip()


def _leave_counter(ticket: Ticket, at: datetime) -> float:
    """End the time at the counter; returns the seconds served there."""
    served = seconds(ticket.started_at, at) if ticket.state == SERVING else 0.0
    ticket.served = round(ticket.served + served, 3)
    return served


def _wait_again(ticket: Ticket, at: datetime, order_key: int) -> None:
    ticket.state = WAITING
    ticket.counter_id = ticket.staff_id = ticket.for_counter_id = ticket.for_staff_id = None
    ticket.stage_since, ticket.order_key = at, order_key
    ticket.called_at = ticket.started_at = ticket.held_until = ticket.near_at = None


def start(*, ticket_id: UUID, by: Actor, at: datetime | None = None) -> Ticket:
    """The called customer has come to the counter.

    Raises:
        WrongState: the ticket is not called.
        NotYours, NotAllowed, NotFound: see there.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(CALLED,))
        allow_serving(by, ticket)
        before = store.snapshot(ticket)
        ticket.state, ticket.started_at = SERVING, moment
        fact = TicketStarted(**at_counter(ticket, setup), waited=seconds(ticket.stage_since, moment))
        changed(ticket, before, fact, by=by, at=moment, counter=ticket.counter_id)
        return ticket


def hold(
    *, ticket_id: UUID, by: Actor, reason: str = "", until: datetime | None = None, at: datetime | None = None
) -> Ticket:
    """Put the customer aside and free the counter; at ``until`` they wait for that counter again.

    Raises:
        WrongState: the ticket is neither called nor served.
        BadInput: the reason is too long, or ``until`` is past.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    reason = _text("reason", reason, 200)
    if until is not None and until <= moment:
        raise BadInput(errors={"until": "> now"})
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(CALLED, SERVING))
        allow_serving(by, ticket)
        before = store.snapshot(ticket)
        served = _leave_counter(ticket, moment)
        ticket.state, ticket.reason, ticket.held_until = HELD, reason, until
        fact = TicketHeld(**at_counter(ticket, setup), served=served)
        changed(ticket, before, fact, by=by, at=moment, counter=ticket.counter_id)
        if until is not None and not clock.is_virtual():
            timers.set_timer(
                HOLD_RETURN, str(ticket.pk), until, site_id=site_id, data={"version": ticket.version}
            )
        return ticket


def resume(
    *, ticket_id: UUID, by: Actor, counter_id: UUID | None = None, at: datetime | None = None
) -> Ticket:
    """Go on serving a held customer, at the counter that held them or at ``counter_id``.

    Raises:
        WrongState: the ticket is not on hold.
        CounterNotOpen, CounterBusy: the counter cannot take them.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(HELD,))
        allow_serving(by, ticket)
        counter = setup.counter(counter_id or ticket.counter_id or UUID(int=0))
        status = open_position(counter)
        if status.is_busy:
            raise CounterBusy
        before = store.snapshot(ticket)
        ticket.state, ticket.started_at, ticket.held_until = SERVING, moment, None
        ticket.counter_id, ticket.staff_id = counter.id, status.staff_id
        changed(
            ticket, before, TicketResumed(**at_counter(ticket, setup)), by=by, at=moment, counter=counter.id
        )
        timers.cancel(HOLD_RETURN, str(ticket.pk))
        return ticket


def _destination(
    setup: Configuration,
    ticket: Ticket,
    service: str | UUID | None,
    counter_id: UUID | None,
    staff: str | None,
) -> None:
    """Set service, stage and addressee of a transfer on the ticket.

    Raises:
        CannotServe: the addressee serves no stage of the service, or lacks a skill.
    """
    if service is not None:
        chosen = setup.service(service)
        if not chosen.stages:
            raise CannotServe
        if chosen.id != ticket.service_id:
            ticket.service_id, ticket.stage_id = chosen.id, chosen.stages[0].id
    stages = setup.services[ticket.service_id].stages
    if counter_id is not None:
        counter = setup.counter(counter_id)
        if ticket.stage_id not in counter.stages:
            reachable = [s.id for s in stages if s.id in counter.stages]
            if not reachable:
                raise CannotServe
            ticket.stage_id = reachable[0]
        ticket.for_counter_id = counter.id
    if staff is not None:
        person = people.staff_at(setup.site, staff)
        if not setup.stages[ticket.stage_id].skills <= people.skills_of(person.pk):
            raise CannotServe
        ticket.for_staff_id = person.pk


def transfer(
    *,
    ticket_id: UUID,
    by: Actor,
    service: str | UUID | None = None,
    counter_id: UUID | None = None,
    staff: str | None = None,
    note: str = "",
    first: bool = False,
    at: datetime | None = None,
) -> Ticket:
    """Send the customer to another service, counter or person, with a note for who serves next.

    The customer keeps the time of arrival (nobody waits twice for the hall's reasons);
    ``first`` puts them at the front.

    Raises:
        WrongState: the visit is over.
        CannotServe: nobody there can serve it.
        BadInput: nowhere to send it to, or the note is longer than 500 characters.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    note = _text("note", note, 500)
    if service is None and counter_id is None and staff is None:
        raise BadInput(errors={"service": "service | counter | staff"})
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(WAITING, CALLED, SERVING, HELD))
        allow_serving(by, ticket)
        before, counter, joined = store.snapshot(ticket), ticket.counter_id, clock.micros(ticket.joined_at)
        from_service, from_stage = ticket.service_id, ticket.stage_id
        served = _leave_counter(ticket, moment)
        _wait_again(ticket, moment, 0 if first else joined)
        ticket.note = note or ticket.note
        _destination(setup, ticket, service, counter_id, staff)
        if first:
            ticket.order_key = _front(ticket, joined)
        fact = TicketTransferred(
            **of_ticket(ticket, setup),
            from_service=from_service,
            from_stage=from_stage,
            for_counter=ticket.for_counter_id,
            for_staff=ticket.for_staff_id,
            counter=counter,
            served=served,
            arrival=ticket.order_key,
        )
        changed(ticket, before, fact, by=by, at=moment, counter=counter)
        timers.cancel(HOLD_RETURN, str(ticket.pk))
        return ticket


def _front(ticket: Ticket, joined: int) -> int:
    """An arrival before everybody of the ticket's group (a day before, so that no class overtakes)."""
    earliest = [key for _s, p, _n, key in store.waiting_groups([ticket.stage_id]) if p == ticket.priority_id]
    return min([*earliest, joined]) - 86_400_000_000


def advance(*, ticket_id: UUID, by: Actor, note: str = "", at: datetime | None = None) -> Ticket:
    """Done at this counter; the customer goes on to the service's next stage.

    Raises:
        NoFurtherStage: this is the last one: finish instead.
        WrongState: nobody serves the ticket.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    note = _text("note", note, 500)
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(SERVING,))
        allow_serving(by, ticket)
        here = setup.stages[ticket.stage_id]
        after = [s for s in setup.services[ticket.service_id].stages if s.position > here.position]
        if not after:
            raise NoFurtherStage
        before, counter = store.snapshot(ticket), ticket.counter_id
        facts = at_counter(ticket, setup)
        served = _leave_counter(ticket, moment)
        _wait_again(ticket, moment, clock.micros(moment))
        ticket.stage_id, ticket.note = after[0].id, note or ticket.note
        fact = TicketAdvanced(**{**facts, "stage": ticket.stage_id}, from_stage=here.id, served=served)
        changed(ticket, before, fact, by=by, at=moment, counter=counter)
        return ticket


def finish(
    *, ticket_id: UUID, by: Actor, outcome: str = "served", note: str = "", at: datetime | None = None
) -> Ticket:
    """The customer has been served. A called customer who was never started was served since the call.

    Raises:
        WrongState: the ticket is neither called nor served.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    outcome, note = _text("outcome", outcome, 40), _text("note", note, 500)
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(CALLED, SERVING))
        allow_serving(by, ticket)
        before = store.snapshot(ticket)
        if ticket.state == CALLED:
            ticket.state, ticket.started_at = SERVING, ticket.called_at
        served = _leave_counter(ticket, moment)
        ticket.state, ticket.ended_at, ticket.outcome = DONE, moment, outcome or "served"
        ticket.note = note or ticket.note
        fact = TicketFinished(**at_counter(ticket, setup), served=served, outcome=ticket.outcome)
        changed(ticket, before, fact, by=by, at=moment, counter=ticket.counter_id)
        return ticket


def no_show(*, ticket_id: UUID, by: Actor, at: datetime | None = None) -> Ticket:
    """The called customer did not come.

    Raises:
        WrongState: the ticket is not called.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(CALLED,))
        allow_serving(by, ticket)
        before = store.snapshot(ticket)
        ticket.state, ticket.ended_at = NO_SHOW, moment
        changed(
            ticket,
            before,
            TicketNoShow(**at_counter(ticket, setup)),
            by=by,
            at=moment,
            counter=ticket.counter_id,
        )
        return ticket


def requeue(*, ticket_id: UUID, by: Actor, late: bool = False, at: datetime | None = None) -> Ticket:
    """Back into the queue: to the old place, or (``late``) behind the hall's number of others.

    Raises:
        WrongState: the ticket waits already, or the visit is over.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(CALLED, SERVING, HELD, NO_SHOW))
        allow_serving(by, ticket)
        before, counter, was = store.snapshot(ticket), ticket.counter_id, ticket.state
        _leave_counter(ticket, moment)
        _wait_again(ticket, moment, ticket.order_key)
        ticket.ended_at = None
        if late:
            ticket.order_key = behind_places(ticket, setup, setup.rules.late_places, moment)
        fact = TicketRequeued(**of_ticket(ticket, setup), was=was, counter=counter, arrival=ticket.order_key)
        changed(ticket, before, fact, by=by, at=moment, counter=counter)
        timers.cancel(HOLD_RETURN, str(ticket.pk))
        return ticket
