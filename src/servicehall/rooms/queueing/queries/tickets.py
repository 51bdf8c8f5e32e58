"""One ticket, as its customer and as staff see it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from servicehall.kernel import clock, events
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.models import NO_SHOW, WAITING, Ticket
from servicehall.rooms.trust import queries as evidence

from . import waits


class Named(TypedDict):
    """A thing of the setup with its names."""

    id: str
    names: Text


class NamedBySlug(Named):
    """The same with its short name."""

    slug: str


class TicketView(TypedDict):
    """What screens and the API show of a ticket. Moments in ISO 8601, durations in seconds."""

    id: str
    code: str
    number: str
    state: str
    site: NamedBySlug
    service: NamedBySlug
    stage: Named
    stage_position: int
    stage_count: int
    priority: str
    priority_names: Text
    people_ahead: int | None
    wait_minutes: list[int] | None
    near: bool
    no_counter: bool
    may_return: bool
    may_postpone: bool
    counter: Named | None
    counter_label: str | None
    zone: Named | None
    joined_at: str
    stage_since: str
    called_at: str | None
    started_at: str | None
    ended_at: str | None
    held_until: str | None
    waited: float
    served: float
    calls: int
    outcome: str
    reason: str
    note: str
    channel: str
    language: str
    visit: str
    staff: str | None
    for_counter: str | None
    for_staff: str | None
    day: str
    version: int


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def view(
    ticket: Ticket,
    setup: Configuration,
    *,
    at: datetime,
    place: bool = True,
) -> TicketView:
    """The ticket with its place in the queue (one query when it waits; none with ``place=False``)."""
    ahead = span = None
    if place and ticket.state == WAITING:
        ahead, span = waits.place(ticket, setup, at)
    service, stage = setup.services[ticket.service_id], setup.stages[ticket.stage_id]
    counter = setup.counters.get(ticket.counter_id) if ticket.counter_id else None
    may_return = (
        ticket.state == NO_SHOW
        and ticket.ended_at is not None
        and at - ticket.ended_at <= timedelta(minutes=setup.rules.return_minutes)
        and setup.day(at) == ticket.day
    )
    return {
        "id": str(ticket.pk),
        "code": ticket.code,
        "number": ticket.number,
        "state": ticket.state,
        "site": {"id": str(setup.site), "slug": setup.slug, "names": setup.names},
        "service": {"id": str(service.id), "slug": service.slug, "names": service.names},
        "stage": {"id": str(stage.id), "names": stage.names},
        "stage_position": next(n for n, s in enumerate(service.stages, 1) if s.id == stage.id),
        "stage_count": len(service.stages),
        "priority": setup.classes[ticket.priority_id].key,
        "priority_names": setup.classes[ticket.priority_id].names,
        "people_ahead": ahead,
        "wait_minutes": [span.low, span.high] if span else None,
        "near": ahead is not None and span is not None and ahead < setup.rules.near_places,
        "no_counter": ahead is not None and span is None,
        "may_return": may_return,
        "may_postpone": ticket.state == WAITING and ticket.postponed < setup.rules.postpone_times,
        "counter": {"id": str(counter.id), "names": counter.names} if counter else None,
        "counter_label": counter.label if counter else None,
        "zone": {"id": str(counter.zone), "names": setup.zones[counter.zone][1]} if counter else None,
        "joined_at": ticket.joined_at.isoformat(),
        "stage_since": ticket.stage_since.isoformat(),
        "called_at": _iso(ticket.called_at),
        "started_at": _iso(ticket.started_at),
        "ended_at": _iso(ticket.ended_at),
        "held_until": _iso(ticket.held_until),
        "waited": ticket.waited,
        "served": ticket.served,
        "calls": ticket.calls,
        "outcome": ticket.outcome,
        "reason": ticket.reason,
        "note": ticket.note,
        "channel": ticket.channel,
        "language": ticket.language,
        "visit": str(ticket.visit_id),
        "staff": str(ticket.staff_id) if ticket.staff_id else None,
        "for_counter": str(ticket.for_counter_id) if ticket.for_counter_id else None,
        "for_staff": str(ticket.for_staff_id) if ticket.for_staff_id else None,
        "day": ticket.day.isoformat(),
        "version": ticket.version,
    }


def public(found: TicketView) -> TicketView:
    """The ticket without what is only for staff."""
    found["note"] = found["reason"] = ""
    found["staff"] = found["for_staff"] = found["for_counter"] = None
    return found


def _one(found: list[Ticket]) -> Ticket:
    if not found:
        raise NotFound
    return found[0]


def ticket(ticket_id: UUID, *, actor: Actor, at: datetime | None = None) -> TicketView:
    """A ticket for staff or a device of its site.

    Raises:
        NotFound: there is none, or it is another site's.
    """
    row = _one(store.tickets("t.id = %s", ticket_id))
    if not actor.sees(row.site_id):
        raise NotFound
    found = view(row, configuration.of_site(row.site_id), at=at or clock.now())
    return found if actor.may("queue.call", row.site_id) else public(found)


def ticket_by_code(code: str, *, at: datetime | None = None) -> TicketView:
    """A ticket for whoever holds its code: nothing of staff, no notes.

    Raises:
        NotFound: no ticket has that code.
    """
    row = _one(store.tickets("t.code = %s", code))
    return public(view(row, configuration.of_site(row.site_id), at=at or clock.now()))


def id_of_code(code: str) -> tuple[UUID, UUID]:
    """(ticket id, site id) of a code.

    Raises:
        NotFound: no ticket has that code.
    """
    found = Ticket.objects.filter(code=code).values_list("pk", "site_id").first()
    if found is None:
        raise NotFound
    return found


def code_of(ticket_id: UUID) -> str:
    """The code of a ticket, for whoever holds what it was given for (a booking); empty when there is none."""
    return Ticket.objects.filter(pk=ticket_id).values_list("code", flat=True).first() or ""


class OwnTicket(TypedDict):
    """A ticket in a customer's list of their own."""

    code: str
    number: str
    state: str
    site_slug: str
    site_names: Text
    service_names: Text


def active_of(codes: Collection[str]) -> list[OwnTicket]:
    """Those of a customer's tickets whose visit is not over, newest first (one query)."""
    found = Ticket.objects.filter(code__in=codes, state__in=Ticket.ACTIVE).select_related("site", "service")
    return [
        {
            "code": t.code,
            "number": t.number,
            "state": t.state,
            "site_slug": t.site.slug,
            "site_names": t.site.names,
            "service_names": t.service.names,
        }
        for t in found.order_by("-joined_at")
    ]


_NUMBER = re.compile(r"([A-Za-z]{0,3})[\s-]*0*(\d{1,6})")
MOST_FOUND = 20


def by_number(site_id: UUID, text: str, *, actor: Actor, at: datetime | None = None) -> list[TicketView]:
    """Today's tickets of a number as people say it: ``A017``, ``a17``, or ``17`` in every series.

    Raises:
        NotAllowed, NotFound: the actor may not see the queue there.
    """
    allow(actor, "queue.see", site_id)
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return []
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    prefix = match[1].upper()
    series = {s.series for s in setup.services.values() if prefix in ("", s.prefix)}
    found = Ticket.objects.filter(
        site_id=site_id, series__in=series, day=setup.day(moment), sequence=int(match[2])
    )
    return [view(t, setup, at=moment, place=False) for t in found.order_by("number")[:MOST_FOUND]]


def proved_receipt(code: str) -> dict[str, Any]:
    """That the ticket was taken, with what proves it: `verify_evidence.py` checks such a file without us.

    Raises:
        NotFound: no ticket has that code, or its evidence was unlinked.
        NotInTreeYet, RecordDiffers: the evidence is too new, or is not what was recorded.
    """
    found = Ticket.objects.filter(code=code).values_list("pk", "visit_id").first()
    acts = events.of_visit(found[1]) if found else []
    for act in acts:
        if act.kind == "ticket.issued" and found and act.subject_id == found[0]:
            # Who holds the code may see this act; the room of evidence knows no codes.
            return evidence.receipt(act.site_id, act.seq, actor=SYSTEM)
    raise NotFound


def joined_with(ticket_id: UUID) -> str | None:
    """The number of the ticket that this one was joined with."""
    return Ticket.objects.filter(pk=ticket_id).values_list("merged_into__number", flat=True).first()
