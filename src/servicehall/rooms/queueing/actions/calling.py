"""Calling customers to a counter: the next one, a certain one, again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotAllowed
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import configuration, places, store
from servicehall.rooms.queueing.configuration import Configuration, CounterSetup
from servicehall.rooms.queueing.events import TicketCalled, TicketRecalled
from servicehall.rooms.queueing.models import CALLED, HELD, NO_SHOW, WAITING, CounterStatus, Ticket
from servicehall.rooms.queueing.places import Choice, can_serve

from .acting import allow_serving, at_counter, changed, open_position, seconds, site_of, take
from .refusals import CannotServe, CounterBusy, CounterNotOpen, NotYours


def servable(setup: Configuration, counter: CounterSetup, staff_id: UUID | None) -> list[UUID]:
    """The stages on the counter's list for which the person has the skills.

    Without a person (a caller that only knows counters) the list alone decides.
    """
    stages = [setup.stages[s] for s in counter.stages if s in setup.stages]
    if staff_id is not None and any(s.skills for s in stages):
        skills = people.skills_of(staff_id)
        stages = [s for s in stages if can_serve(s.skills, skills)]
    return [s.id for s in stages]


def choices(setup: Configuration, counter: CounterSetup, staff_id: UUID | None, at: datetime) -> list[Choice]:
    """Who could be called to the counter, the next one first: one head of each group, and who was sent there."""
    heads = store.heads(servable(setup, counter, staff_id), setup.orders)
    sent = store.directed(setup.site, counter.id, staff_id)
    return places.choices(setup.discipline, setup.orders, heads, sent, clock.micros(at))


def _own_counter(by: Actor, status: store.Position) -> None:
    if by.kind == "staff" and status.staff_id != by.id and not by.may("queue.supervise", status.site_id):
        raise NotYours


def _call(
    ticket: Ticket, status: store.Position, setup: Configuration, *, by: Actor, at: datetime, picked: str
) -> Ticket:
    before = store.snapshot(ticket)
    waited = seconds(ticket.stage_since, at) if ticket.state == WAITING else 0.0
    ticket.state = CALLED
    ticket.counter_id, ticket.staff_id = status.counter_id, status.staff_id
    ticket.for_counter_id = ticket.for_staff_id = None
    ticket.called_at, ticket.recalled_at = at, None
    ticket.started_at = ticket.ended_at = ticket.held_until = None
    ticket.calls += 1
    ticket.waited = round(ticket.waited + waited, 3)
    fact = TicketCalled(
        **at_counter(ticket, setup),
        waited=waited,
        target=setup.services[ticket.service_id].target_minutes * 60,
        call=ticket.calls,
        picked=picked,
    )
    changed(ticket, before, fact, by=by, at=at, counter=status.counter_id)
    return ticket


def call_next(*, site_id: UUID, counter_id: UUID, by: Actor, at: datetime | None = None) -> Ticket | None:
    """Give the counter its next customer, by the site's discipline (see discipline.py).

    Returns None when nobody waits that this counter and person may serve.

    Raises:
        CounterNotOpen: nobody is signed in there, or it is paused.
        CounterBusy: it still has a customer.
        NotYours: somebody else is signed in there.
        NotAllowed, NotFound: the actor does not call at that site.
    """
    allow(by, "queue.call", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counter = setup.counter(counter_id)
    with transaction(site_id):
        status = open_position(counter)
        _own_counter(by, status)
        if status.is_busy:
            raise CounterBusy
        found = choices(setup, counter, status.staff_id, moment)
        if not found:
            return None
        first = found[0]
        ticket = take(first.directed) if first.directed else store.at_head(first.candidate)
        return _call(ticket, status, setup, by=by, at=moment, picked=setup.discipline.name)


def call_ticket(*, ticket_id: UUID, counter_id: UUID, by: Actor, at: datetime | None = None) -> Ticket:
    """Call a certain waiting, held or missed customer to a counter.

    A supervisor may call any; an agent those held by or sent to their own counter, and those
    whose call they saw missed.

    Raises:
        WrongState, CounterNotOpen, CounterBusy, CannotServe, NotAllowed, NotFound: see there.
    """
    site_id = site_of(ticket_id, by)
    allow(by, "queue.call", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counter = setup.counter(counter_id)
    with transaction(site_id):
        status = open_position(counter)
        _own_counter(by, status)
        ticket = take(ticket_id, states=(WAITING, HELD, NO_SHOW))
        own = counter.id in (ticket.for_counter_id, ticket.counter_id) or (
            status.staff_id is not None and status.staff_id in (ticket.for_staff_id, ticket.staff_id)
        )
        if not own and by.kind != "token" and not by.may("queue.supervise", site_id):
            raise NotAllowed(right="queue.supervise")
        if ticket.stage_id not in servable(setup, counter, status.staff_id) and not own:
            raise CannotServe
        if status.is_busy:
            raise CounterBusy
        return _call(ticket, status, setup, by=by, at=moment, picked="by hand")


def recall(*, ticket_id: UUID, by: Actor, at: datetime | None = None) -> Ticket:
    """Call a called customer again at the same counter.

    Raises:
        WrongState: the ticket is not called.
        CounterNotOpen: nobody is at the counter any more.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, by=by, states=(CALLED,))
        allow_serving(by, ticket)
        if not CounterStatus.objects.filter(pk=ticket.counter_id).exclude(state="closed").exists():
            raise CounterNotOpen
        before = store.snapshot(ticket)
        ticket.calls += 1
        ticket.recalled_at = moment
        fact = TicketRecalled(**at_counter(ticket, setup), call=ticket.calls)
        # A recall is heard at once: there is nothing to undo, and the last act stays undoable no more.
        changed(ticket, before, fact, by=by, at=moment, counter=None)
        return ticket
