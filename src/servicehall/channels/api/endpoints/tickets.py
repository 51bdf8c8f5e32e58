"""Tickets: taking one, looking at one, listing them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from servicehall.channels.api.answers import rendered, show, write
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import SitePath, TicketPath, read, written
from servicehall.channels.api.schemas.base import QueryDate
from servicehall.channels.api.schemas.tickets import NewTicket, State, Ticket, TicketPage
from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing import queries as queueing

LONGEST = timedelta(days=366)


class TicketsQuery(BaseModel):
    """Which tickets."""

    day: QueryDate | None = Field(None, description="a business day; none: today, unless `from` is given")
    first: QueryDate | None = Field(None, alias="from", description="first business day, with `to`")
    last: QueryDate | None = Field(
        None, alias="to", description="last business day, at most 366 days after the first"
    )
    state: State | None = None
    cursor: UUID | None = Field(None, description="`next` of the part before")
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@written(
    "/sites/{site}/tickets",
    Ticket,
    tag="tickets",
    status=201,
    refuses=(
        actions.UnknownService,
        actions.ServiceNotOffered,
        actions.ServiceFull,
        actions.HallClosed,
        actions.PriorityNotOffered,
    ),
)
def take_ticket(request: Request, site: SitePath, body: NewTicket) -> HttpResponse:
    """Take the next number of a service's series and a place in its queue."""
    caller = request.auth
    site_id = caller.site(site)
    with caller.at(site_id):
        response = write(
            request,
            site_id,
            lambda: actions.issue_ticket(
                site_id=site_id,
                service=body.service,
                by=caller.actor,
                priority=body.priority,
                language=body.language,
                note=body.note,
            ),
            lambda ticket: rendered(Ticket, queueing.after_act(ticket, actor=caller.actor)),
            status=201,
        )
    # Every ticket begins with its id: {"id":"…36 characters…"
    response["Location"] = f"/api/v1/tickets/{response.content[7:43].decode()}"
    return response


@read("/tickets/{ticket}", Ticket, tag="tickets", public=True)
def get_ticket(request: Request, ticket: TicketPath) -> HttpResponse:
    """A ticket with its place in the queue: by id with a token, by code for whoever holds it."""
    caller = request.auth
    site_id, ticket_id = caller.ticket(ticket)
    with caller.at(site_id):
        return show(Ticket, queueing.ticket(ticket_id, actor=caller.actor))


@read("/sites/{site}/tickets", TicketPage, tag="tickets")
def list_tickets(request: Request, site: SitePath, wanted: Query[TicketsQuery]) -> HttpResponse:
    """Tickets of business days, in the order in which they were taken, a part at a time."""
    caller = request.auth
    site_id = caller.site(site)
    with caller.at(site_id):
        first, last = _days(site_id, wanted)
        found = queueing.ticket_page(
            site_id,
            first,
            last,
            actor=caller.actor,
            state=wanted.state or "",
            after=wanted.cursor,
            limit=wanted.limit + 1,
        )
    more = len(found) > wanted.limit
    items = found[: wanted.limit]
    return show(TicketPage, {"items": items, "next": items[-1]["id"] if more else None})


def _days(site_id: UUID, wanted: TicketsQuery) -> tuple[date, date]:
    if wanted.day and (wanted.first or wanted.last):
        raise BadInput(errors={"day": "day | from, to"})
    if wanted.day:
        return wanted.day, wanted.day
    if wanted.first is None and wanted.last is None:
        today = queueing.business_day(site_id, clock.now())
        return today, today
    first = wanted.first or wanted.last or date.min
    last = wanted.last or first
    if not timedelta() <= last - first <= LONGEST:
        raise BadInput(errors={"to": f"from … from + {LONGEST.days}"})
    return first, last
