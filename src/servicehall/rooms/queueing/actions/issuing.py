"""Taking a ticket."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.configuration import ClassSetup, Configuration, ServiceSetup
from servicehall.rooms.queueing.events import TicketIssued
from servicehall.rooms.queueing.models import Ticket
from servicehall.rooms.queueing.places import is_reached

from .acting import of_ticket
from .refusals import (
    HallClosed,
    PriorityNotOffered,
    ServiceFull,
    ServiceNotOffered,
    TooManyTickets,
    UnknownService,
)

MOST_HELD = 3
"""Active tickets that one customer may hold at a site, where the channel can tell customers apart."""


def _service(setup: Configuration, ref: str | UUID) -> ServiceSetup:
    found = setup.services_by_ref.get(str(ref))
    if found is None:
        raise UnknownService(service=str(ref))
    return found


def _priority(
    service: ServiceSetup, setup: Configuration, key: str | None, by: Actor, *, booked: bool
) -> ClassSetup:
    if not key:
        if setup.default_class is None:
            raise PriorityNotOffered
        return setup.default_class
    found = next((c for c in service.classes if c.key == key), None)
    if found is None or not (
        found.is_public or found == setup.default_class or booked or by.may("queue.call", setup.site)
    ):
        raise PriorityNotOffered(priority=key, offered=[c.key for c in service.classes if c.is_public])
    return found


def _admit(setup: Configuration, service: ServiceSetup, by: Actor, at: datetime, *, booked: bool) -> None:
    """Refuse when the doors, the service or its limits are closed."""
    if not service.is_active or not service.stages or service.closed_on == setup.day(at):
        raise ServiceNotOffered(service=service.slug)
    if not setup.schedule.is_open(at) and not by.may("queue.supervise", setup.site):
        opens = setup.schedule.opens_next(at)
        raise HallClosed(opens_at=opens.isoformat() if opens else None)
    if booked:
        return
    stages = [s.id for s in service.stages]
    if is_reached(lambda: store.waiting_for(stages), service.max_waiting):
        raise ServiceFull(limit="waiting", most=service.max_waiting)
    if is_reached(lambda: store.issued_on(service.id, setup.site, setup.day(at)), service.daily_limit):
        raise ServiceFull(limit="day", most=service.daily_limit)


def _not_hoarding(site_id: UUID, held: Collection[str]) -> None:
    """Refuse when the customer holds enough already: places taken to be dropped make others wait."""
    if not held:
        return
    active = Ticket.objects.filter(code__in=held, site_id=site_id, state__in=Ticket.ACTIVE).count()
    if active >= MOST_HELD:
        raise TooManyTickets(most=MOST_HELD)


def issue_ticket(
    *,
    site_id: UUID,
    service: str | UUID,
    by: Actor,
    priority: str | None = None,
    language: str = "",
    note: str = "",
    held: Collection[str] = (),
    customer_id: UUID | None = None,
    arrival: datetime | None = None,
    booked: bool = False,
    at: datetime | None = None,
) -> Ticket:
    """Give a customer the next number of the service's series and a place in its queue.

    Args:
        service: its id or short name.
        priority: the key of a class that the service offers; None: the ordinary class.
        language: what the customer reads (BCP 47); kept for calls and messages.
        note: what staff should know, at most 500 characters.
        held: codes of tickets that the same customer took before, as far as the channel knows.
        customer_id: the signed-in customer, whose visit it will be.
        arrival: when they count as having come (see merging.py); None: now.
        booked: they have an appointment, so the day's limits do not turn them away and any class is theirs.

    Raises:
        UnknownService, ServiceNotOffered, ServiceFull, HallClosed, PriorityNotOffered, TooManyTickets: see there.
        NotAllowed, NotFound: the actor may not issue tickets at that site.
    """
    allow(by, "ticket.issue", site_id)
    if len(note) > 500:
        raise BadInput(errors={"note": "≤ 500"})
    moment = at or clock.now()
    with transaction(site_id):
        setup = configuration.of_site(site_id)
        chosen = _service(setup, service)
        _admit(setup, chosen, by, moment, booked=booked)
        _not_hoarding(site_id, held)
        group = _priority(chosen, setup, priority, by, booked=booked)
        day = setup.day(moment)
        sequence = store.next_number(chosen.series, day, chosen.first)
        ticket = store.insert_ticket(
            site=site_id,
            series=chosen.series,
            day=day,
            sequence=sequence,
            number=f"{chosen.prefix}{sequence:0{chosen.width}d}",
            service=chosen.id,
            stage=chosen.stages[0].id,
            priority=group.id,
            order_key=clock.micros(arrival or moment),
            channel=by.channel,
            language=language[:10],
            at=moment,
            note=note,
            customer=customer_id,
        )
        record(
            TicketIssued(**of_ticket(ticket, setup)),
            actor=by,
            at=moment,
            subject_id=ticket.pk,
            visit_id=ticket.visit_id,
        )
    return ticket
