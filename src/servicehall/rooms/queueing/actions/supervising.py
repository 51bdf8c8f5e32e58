"""What supervisors do: move, merge and reclass tickets, close a service for today, close a day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.events import (
    ServiceClosed,
    ServiceReopened,
    TicketExpired,
    TicketMerged,
    TicketReclassed,
    TicketRequeued,
)
from servicehall.rooms.queueing.models import CALLED, EXPIRED, HELD, MERGED, SERVING, WAITING, Service, Ticket

from .acting import changed, of_ticket, site_of, take
from .placing import behind_places
from .refusals import PriorityNotOffered, WrongState
from .serving import HOLD_RETURN


def move(*, ticket_id: UUID, by: Actor, places: int, at: datetime | None = None) -> Ticket:
    """Move a waiting ticket: ``places`` back, or (0) to the very front of its class.

    Raises:
        WrongState: it does not wait.
        BadInput: a negative number of places.
    """
    from .serving import _front

    site_id = site_of(ticket_id, by)
    allow(by, "queue.supervise", site_id)
    if not 0 <= places <= 10_000:
        raise BadInput(errors={"places": "0–10000"})
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, states=(WAITING,))
        before = store.snapshot(ticket)
        ticket.order_key = (
            behind_places(ticket, setup, places, moment) if places else _front(ticket, ticket.order_key)
        )
        fact = TicketRequeued(**of_ticket(ticket, setup), was=WAITING, counter=None, arrival=ticket.order_key)
        changed(ticket, before, fact, by=by, at=moment, counter=None)
        return ticket


def reclass(*, ticket_id: UUID, priority: str, by: Actor, at: datetime | None = None) -> Ticket:
    """Give a waiting ticket another class of the site.

    Raises:
        PriorityNotOffered: the site has no such class.
        WrongState: it does not wait.
    """
    site_id = site_of(ticket_id, by)
    allow(by, "queue.supervise", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    found = next((c for c in setup.classes.values() if c.key == priority), None)
    if found is None:
        raise PriorityNotOffered(priority=priority)
    with transaction(site_id):
        ticket = take(ticket_id, states=(WAITING,))
        before, was = store.snapshot(ticket), setup.classes[ticket.priority_id].key
        ticket.priority_id = found.id
        fact = TicketReclassed(**of_ticket(ticket, setup), from_priority=was)
        changed(ticket, before, fact, by=by, at=moment, counter=None)
        return ticket


def merge(*, ticket_id: UUID, into: UUID, by: Actor, at: datetime | None = None) -> Ticket:
    """Join a waiting or held ticket with another of the same customer; the earlier arrival counts.

    Raises:
        WrongState: one of them is over or at a counter, or both are the same.
    """
    site_id = site_of(ticket_id, by)
    allow(by, "queue.supervise", site_id)
    if site_of(into, by) != site_id or into == ticket_id:
        raise WrongState
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        ticket = take(ticket_id, states=(WAITING, HELD))
        kept = take(into, states=(WAITING, CALLED, SERVING, HELD))
        before, was = store.snapshot(ticket), ticket.state
        ticket.state, ticket.merged_into_id, ticket.ended_at = MERGED, kept.pk, moment
        ticket.for_counter_id = ticket.for_staff_id = None
        fact = TicketMerged(**of_ticket(ticket, setup), into=kept.pk, was=was)
        changed(ticket, before, fact, by=by, at=moment, counter=None)
        if kept.state == WAITING and kept.stage_id == ticket.stage_id and ticket.order_key < kept.order_key:
            was_kept = store.snapshot(kept)
            kept.order_key = ticket.order_key
            moved = TicketRequeued(
                **of_ticket(kept, setup), was=WAITING, counter=None, arrival=kept.order_key
            )
            changed(kept, was_kept, moved, by=by, at=moment, counter=None)
        return kept


def close_service(*, site_id: UUID, service: str | UUID, by: Actor, at: datetime | None = None) -> None:
    """No more tickets for the service on this business day; who waits is still served."""
    allow(by, "service.close", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    chosen, day = setup.service(service), setup.day(moment)
    with transaction(site_id):
        if Service.objects.filter(pk=chosen.id).exclude(closed_on=day).update(closed_on=day):
            hall.touch(site_id)
            record(ServiceClosed(chosen.id, day.isoformat()), actor=by, at=moment, subject_id=chosen.id)


def reopen_service(*, site_id: UUID, service: str | UUID, by: Actor, at: datetime | None = None) -> None:
    """Issue tickets for the service again."""
    allow(by, "service.close", site_id)
    moment = at or clock.now()
    chosen = configuration.of_site(site_id).service(service)
    with transaction(site_id):
        if Service.objects.filter(pk=chosen.id, closed_on__isnull=False).update(closed_on=None):
            hall.touch(site_id)
            record(ServiceReopened(chosen.id), actor=by, at=moment, subject_id=chosen.id)


def expire_before(*, site_id: UUID, day: date, by: Actor, at: datetime | None = None, most: int = 500) -> int:
    """End what is left over from business days before ``day``; returns how many (at most ``most``)."""
    allow(by, "queue.supervise", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        left = Ticket.objects.filter(site_id=site_id, day__lt=day, state__in=[WAITING, CALLED, HELD, SERVING])
        count = 0
        for ticket in left.order_by("day", "sequence")[:most]:
            before, was = store.snapshot(ticket), ticket.state
            ticket.state, ticket.ended_at = EXPIRED, moment
            ticket.for_counter_id = ticket.for_staff_id = None
            fact = TicketExpired(**of_ticket(ticket, setup), was=was)
            changed(ticket, before, fact, by=by, at=moment, counter=None)
            timers.cancel(HOLD_RETURN, str(ticket.pk))
            count += 1
        return count
