"""What all acts on a ticket share: finding it, who may, what undo needs, the facts' common part."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import sql
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import plain, record
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.queueing import configuration, last_act, store
from servicehall.rooms.queueing.models import Ticket

from .refusals import CounterNotOpen, NotYours, WrongState


def take(ticket_id: UUID, *, by: Actor | None = None, states: tuple[str, ...] = ()) -> Ticket:
    """The ticket, to act on (inside its site's transaction), for ``by`` to serve if that is said.

    Raises:
        NotFound: there is none.
        NotAllowed: ``by`` serves nobody there; said before anything about the ticket is.
        WrongState: it is not in one of ``states``.
    """
    ticket = store.ticket(ticket_id)
    if ticket is None:
        raise NotFound
    if by is not None:
        allow(by, "ticket.serve", ticket.site_id)
    if states and ticket.state not in states:
        raise WrongState(state=ticket.state, ticket=str(ticket.pk), number=ticket.number)
    return ticket


def site_of(ticket_id: UUID, by: Actor) -> UUID:
    """The site of a ticket, when the actor has to do with it.

    Raises:
        NotFound: there is no such ticket, or it is another site's.
    """
    found = sql.row("SELECT site_id FROM queueing_ticket WHERE id = %s", ticket_id)
    site_id = sql.uuid(found[0]) if found else None
    if site_id is None or not by.sees(site_id):
        raise NotFound
    return site_id


def allow_serving(by: Actor, ticket: Ticket) -> None:
    """Let the act go on when it is the actor's own customer, or the actor may supervise.

    Raises:
        NotAllowed: the actor does not serve here.
        NotYours: a colleague serves this customer.
    """
    allow(by, "ticket.serve", ticket.site_id)
    if (
        by.kind == "staff"
        and ticket.staff_id not in (None, by.id)
        and not by.may("queue.supervise", ticket.site_id)
    ):
        raise NotYours


def of_ticket(ticket: Ticket, setup: configuration.Configuration) -> dict[str, Any]:
    """The fields that every fact about a ticket has."""
    return {
        "ticket": ticket.pk,
        "number": ticket.number,
        "service": ticket.service_id,
        "stage": ticket.stage_id,
        "priority": setup.classes[ticket.priority_id].key,
    }


def at_counter(ticket: Ticket, setup: configuration.Configuration) -> dict[str, Any]:
    """The fields of a fact about a ticket at a counter."""
    counter = setup.counter(ticket.counter_id or UUID(int=0))
    return {
        **of_ticket(ticket, setup),
        "counter": counter.id,
        "counter_label": counter.label,
        "zone": counter.zone,
        "staff": ticket.staff_id,
    }


def open_position(counter: configuration.CounterSetup) -> store.Position:
    """The position at a counter that may call.

    Raises:
        CounterNotOpen: nobody is signed in, it is paused, or it was taken out of use meanwhile.
    """
    position = store.position(counter.id) if counter.is_active else None
    if position is None or position.state != "open":
        raise CounterNotOpen(state=position.state if position else "closed")
    return position


def seconds(start: datetime | None, end: datetime) -> float:
    """From ``start`` to ``end``, never negative; 0 without a start."""
    return max(0.0, round((end - start).total_seconds(), 3)) if start else 0.0


def changed(
    ticket: Ticket, before: dict[str, Any], fact: Any, *, by: Actor, at: datetime, counter: UUID | None
) -> None:
    """Write the ticket and its fact, and let the counter undo it."""
    store.save(ticket)
    record(fact, actor=by, at=at, subject_id=ticket.pk, visit_id=ticket.visit_id)
    if counter is not None:
        kept = {"ticket": before, "facts": plain(fact)}
        last_act.remember(counter, ticket, kind=fact.kind, before=kept, at=at)
