"""What programs ask: what a reference stands for, a ticket just after an act, tickets in pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock, sql
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.models import Ticket

from .tickets import TicketView, public, view


def counter_id(site_id: UUID, ref: str) -> UUID:
    """The id of a site's counter by label or id.

    Raises:
        NotFound: the site has no such counter.
    """
    return configuration.of_site(site_id).counter(ref).id


def business_day(site_id: UUID, moment: datetime) -> date:
    """The site's business day of a moment.

    Raises:
        NotFound: there is no such site in use.
    """
    return configuration.of_site(site_id).day(moment)


def site_of_ticket(ticket_id: UUID) -> UUID:
    """The site of a ticket.

    Raises:
        NotFound: there is no such ticket.
    """
    found = sql.row("SELECT site_id FROM queueing_ticket WHERE id = %s", ticket_id)
    site_id = sql.uuid(found[0]) if found else None
    if site_id is None:
        raise NotFound
    return site_id


def after_act(ticket: Ticket, *, actor: Actor, at: datetime | None = None) -> TicketView:
    """The ticket as an act has just left it, without reading it again (two queries when it waits)."""
    setup = configuration.last_known(ticket.site_id)
    found = view(ticket, setup, at=at or clock.now())
    return found if actor.may("queue.call", ticket.site_id) else public(found)


def ticket_page(
    site_id: UUID,
    first: date,
    last: date,
    *,
    actor: Actor,
    state: str = "",
    after: UUID | None = None,
    limit: int = 100,
    at: datetime | None = None,
) -> list[TicketView]:
    """Tickets of business days in the order in which they were taken, by id after ``after`` (two queries).

    Raises:
        NotAllowed, NotFound: the actor may not export that site's figures.
    """
    allow(actor, "ops.export", site_id)
    setup = configuration.of_site(site_id)
    moment = at or clock.now()
    where = "t.site_id = %s AND t.day >= %s AND t.day <= %s"
    params: list[Any] = [site_id, first, last]
    if state:
        where += " AND t.state = %s"
        params.append(state)
    if after:
        where += " AND t.id > %s"
        params.append(after)
    rows = store.tickets(f"{where} ORDER BY t.id LIMIT %s", *params, limit)
    return [view(ticket, setup, at=moment, place=False) for ticket in rows]
