"""What customers do with their own ticket: leave, let others go first, come back.

The ticket's code is the right to it; it cannot be guessed.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.events import TicketCancelled, TicketPostponed, TicketRequeued
from servicehall.rooms.queueing.models import CALLED, CANCELLED, HELD, NO_SHOW, WAITING, Ticket
from servicehall.rooms.queueing.places import may_return

from .acting import allow_serving, changed, of_ticket, seconds, site_of, take
from .placing import behind_places
from .refusals import TooLateToReturn, TooOften
from .serving import HOLD_RETURN


def cancel(*, ticket_id: UUID, by: Actor, reason: str = "", at: datetime | None = None) -> Ticket:
    """Leave the queue, by the customer or by staff on their word.

    Raises:
        WrongState: the visit is over, or the customer is being served.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    if len(reason) > 200:
        raise BadInput(errors={"reason": "≤ 200"})
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, states=(WAITING, CALLED, HELD))
        if not by.may("ticket.own", site_id):
            allow_serving(by, ticket)
        before, was, counter = store.snapshot(ticket), ticket.state, ticket.counter_id
        waited = seconds(ticket.stage_since, moment) if was == WAITING else 0.0
        ticket.state, ticket.ended_at, ticket.reason = CANCELLED, moment, reason
        ticket.for_counter_id = ticket.for_staff_id = None
        fact = TicketCancelled(**of_ticket(ticket, setup), was=was, waited=waited, counter=counter)
        changed(ticket, before, fact, by=by, at=moment, counter=counter if by.kind != "customer" else None)
        timers.cancel(HOLD_RETURN, str(ticket.pk))
        return ticket


def postpone(*, ticket_id: UUID, places: int, by: Actor, at: datetime | None = None) -> Ticket:
    """Let the next ``places`` others go first.

    Raises:
        WrongState: the ticket does not wait.
        TooOften: the customer has done so as often as the hall allows.
        BadInput: more places than the hall allows, or fewer than one.
    """
    site_id = site_of(ticket_id, by)
    if not by.may("ticket.own", site_id):
        allow(by, "ticket.serve", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    if not 1 <= places <= setup.rules.postpone_places:
        raise BadInput(errors={"places": f"1–{setup.rules.postpone_places}"})
    with transaction(site_id):
        ticket = take(ticket_id, states=(WAITING,))
        if ticket.postponed >= setup.rules.postpone_times:
            raise TooOften(most=setup.rules.postpone_times)
        before = store.snapshot(ticket)
        ticket.order_key = behind_places(ticket, setup, places, moment)
        ticket.postponed += 1
        ticket.near_at = None
        fact = TicketPostponed(**of_ticket(ticket, setup), places=places)
        changed(ticket, before, fact, by=by, at=moment, counter=None)
        return ticket


def rejoin(*, ticket_id: UUID, by: Actor, at: datetime | None = None) -> Ticket:
    """Come back after a missed call: behind the hall's number of others, within the hall's time.

    Raises:
        WrongState: the ticket did not miss its call.
        TooLateToReturn: the time for it is over.
    """
    site_id = site_of(ticket_id, by)
    if not by.may("ticket.own", site_id):
        allow(by, "ticket.serve", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, states=(NO_SHOW,))
        missed = ticket.ended_at
        in_time = missed is not None and may_return(
            clock.micros(missed), clock.micros(moment), setup.rules.return_minutes
        )
        if not in_time or setup.day(moment) != ticket.day:
            raise TooLateToReturn(minutes=setup.rules.return_minutes)
        before, counter = store.snapshot(ticket), ticket.counter_id
        ticket.state, ticket.stage_since, ticket.ended_at = WAITING, moment, None
        ticket.counter_id = ticket.staff_id = ticket.called_at = ticket.near_at = None
        ticket.order_key = behind_places(ticket, setup, setup.rules.late_places, moment)
        fact = TicketRequeued(
            **of_ticket(ticket, setup), was=NO_SHOW, counter=counter, arrival=ticket.order_key
        )
        changed(ticket, before, fact, by=by, at=moment, counter=None)
        return ticket
