"""Tickets and counts as records of a day: lists to look through, one ticket's story, rows to export.

Figures added up for screens are in figures.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from servicehall.kernel import clock, events
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.history import Tally
from servicehall.rooms.queueing.models import Ticket

from .telling import told
from .tickets import TicketView, view

_PART = 1000
LONGEST_EXPORT = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets of a day; None and "" mean any. ``hour`` is the UTC start of an hour of arrival."""

    service: UUID | None = None
    counter: UUID | None = None
    state: str = ""
    hour: datetime | None = None
    number: str = ""


def _selected(site_id: UUID, day: date, wanted: Wanted) -> QuerySet[Ticket]:
    found = Ticket.objects.filter(site_id=site_id, day=day)
    if wanted.service:
        found = found.filter(service_id=wanted.service)
    if wanted.counter:
        found = found.filter(counter_id=wanted.counter)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.hour:
        found = found.filter(joined_at__gte=wanted.hour, joined_at__lt=wanted.hour + timedelta(hours=1))
    if wanted.number:
        found = found.filter(number__istartswith=wanted.number.strip()[:12])
    return found


def _cursor(ticket: Ticket) -> str:
    return f"{clock.micros(ticket.joined_at)}.{ticket.pk.hex}"


def _before(cursor: str) -> Q:
    """What comes after the cursor in a list with the newest first."""
    try:
        micros, _, key = cursor.partition(".")
        joined, pk = clock.from_micros(int(micros)), UUID(hex=key)
    except (ValueError, OverflowError):
        raise BadInput(errors={"after": "cursor"}) from None
    return Q(joined_at__lt=joined) | Q(joined_at=joined, pk__lt=pk)


def day_tickets(
    site_id: UUID,
    day: date,
    *,
    actor: Actor,
    wanted: Wanted = Wanted(),
    after: str = "",
    limit: int = 50,
    at: datetime | None = None,
) -> dict[str, Any]:
    """A page of a business day's tickets, the newest first, how many match, and the cursor of the next page.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
        BadInput: the cursor is not one of ours.
    """
    allow(actor, "ops.see", site_id)
    setup = configuration.of_site(site_id)
    selected = _selected(site_id, day, wanted)
    page = selected.filter(_before(after)) if after else selected
    rows = list(page.order_by("-joined_at", "-pk")[: limit + 1])
    names = people.names_of({t.staff_id for t in rows if t.staff_id})
    return {
        "day": day.isoformat(),
        "at": (at or clock.now()).isoformat(),
        "count": selected.count(),
        "next": _cursor(rows[limit - 1]) if len(rows) > limit else None,
        "tickets": [_row(t, setup, names) for t in rows[:limit]],
    }


def _row(ticket: Ticket, setup: Configuration, staff: dict[UUID, Text]) -> dict[str, Any]:
    service = setup.services[ticket.service_id]
    counter = setup.counters.get(ticket.counter_id) if ticket.counter_id else None
    return {
        "id": str(ticket.pk),
        "number": ticket.number,
        "state": ticket.state,
        "service_names": service.names,
        "stage_names": setup.stages[ticket.stage_id].names if len(service.stages) > 1 else {},
        "priority_names": setup.classes[ticket.priority_id].names,
        "is_ordinary": setup.default_class is not None and ticket.priority_id == setup.default_class.id,
        "channel": ticket.channel,
        "joined_at": ticket.joined_at.isoformat(),
        "stage_since": ticket.stage_since.isoformat(),
        "called_at": ticket.called_at.isoformat() if ticket.called_at else None,
        "ended_at": ticket.ended_at.isoformat() if ticket.ended_at else None,
        "waited": ticket.waited,
        "served": ticket.served,
        "target_seconds": service.target_minutes * 60,
        "calls": ticket.calls,
        "counter_label": counter.label if counter else None,
        "counter_names": counter.names if counter else None,
        "staff_names": staff.get(ticket.staff_id) if ticket.staff_id else None,
    }


# --- One ticket ------------------------------------------------------------------------------------


def ticket_story(
    site_id: UUID, ticket_id: UUID, *, actor: Actor, at: datetime | None = None
) -> dict[str, Any]:
    """A ticket of the site, and everything that happened to it: when, what, who, from where.

    Each event has its facts with ``…_names`` for what they point at, as far as the setup still
    has it; ``who`` is the name of a member of staff, None for anybody else.

    Raises:
        NotAllowed, NotFound: there is no such ticket at that site, or the actor does not watch it.
    """
    allow(actor, "ops.see", site_id)
    ticket = Ticket.objects.filter(pk=ticket_id, site_id=site_id).first()
    if ticket is None:
        raise NotFound
    setup = configuration.of_site(site_id)
    happened = [e for e in events.of_visit(ticket.visit_id) if e.site_id == site_id]
    staff = people.names_of({one for one in (ticket.staff_id,) if one})
    shown: TicketView = view(ticket, setup, at=at or clock.now())
    return {
        "ticket": shown,
        "staff_names": staff.get(ticket.staff_id) if ticket.staff_id else None,
        "target_seconds": setup.services[ticket.service_id].target_minutes * 60,
        "events": told(happened),
    }


# --- Exports ---------------------------------------------------------------------------------------


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def allow_export(site_id: UUID, first: date, last: date, actor: Actor) -> None:
    allow(actor, "ops.export", site_id)
    if last < first:
        raise BadInput(errors={"last": "≥ first"})
    if last - first > LONGEST_EXPORT:
        raise BadInput(errors={"last": f"≤ {LONGEST_EXPORT.days} days"})


def count_rows(site_id: UUID, first: date, last: date, *, actor: Actor) -> Iterator[dict[str, Any]]:
    """The counts of business days by hour, service and counter, oldest first, a day read at a time.

    Raises:
        NotAllowed, NotFound: the actor may not export that site's figures.
        BadInput: the last day is before the first, or more than 366 days after it.
    """
    allow_export(site_id, first, last, actor)
    return _count_rows(configuration.of_site(site_id), first, last)


def _count_rows(setup: Configuration, first: date, last: date) -> Iterator[dict[str, Any]]:
    for day in _days(first, last):
        rows = Tally.objects.filter(site_id=setup.site, day=day).order_by("hour", "service_id", "counter_id")
        for row in rows:
            service = setup.services.get(row.service_id)
            counter = setup.counters.get(row.counter_id)
            yield {
                "day": day,
                "hour": clock.local(row.hour, setup.timezone),
                "service": service.names if service else {},
                "prefix": service.prefix if service else "",
                "counter": counter.label if counter else "",
                "issued": row.issued,
                "called": row.called,
                "in_target": row.in_target,
                "waited": row.waited,
                "served": row.served,
                "handled": row.handled,
                "serving": row.serving,
                "no_show": row.no_show,
                "abandoned": row.abandoned,
                "expired": row.expired,
            }


def ticket_rows(site_id: UUID, first: date, last: date, *, actor: Actor) -> Iterator[dict[str, Any]]:
    """The tickets of business days without anything about persons, oldest first, read in parts.

    Raises:
        NotAllowed, NotFound: the actor may not export that site's figures.
        BadInput: the last day is before the first, or more than 366 days after it.
    """
    allow_export(site_id, first, last, actor)
    return _ticket_rows(configuration.of_site(site_id), first, last)


def _ticket_rows(setup: Configuration, first: date, last: date) -> Iterator[dict[str, Any]]:
    for day in _days(first, last):
        rest = Ticket.objects.filter(site_id=setup.site, day=day).order_by("joined_at", "pk")
        part = list(rest[:_PART])
        while part:
            for ticket in part:
                yield _exported(ticket, setup)
            end = part[-1]
            later = Q(joined_at__gt=end.joined_at) | Q(joined_at=end.joined_at, pk__gt=end.pk)
            part = list(rest.filter(later)[:_PART]) if len(part) == _PART else []


def _exported(ticket: Ticket, setup: Configuration) -> dict[str, Any]:
    def wall(moment: datetime | None) -> datetime | None:
        return clock.local(moment, setup.timezone) if moment else None

    counter = setup.counters.get(ticket.counter_id) if ticket.counter_id else None
    return {
        "day": ticket.day,
        "number": ticket.number,
        "service": setup.services[ticket.service_id].names,
        "stage": setup.stages[ticket.stage_id].names,
        "priority": setup.classes[ticket.priority_id].names,
        "channel": ticket.channel,
        "state": ticket.state,
        "joined_at": wall(ticket.joined_at),
        "called_at": wall(ticket.called_at),
        "started_at": wall(ticket.started_at),
        "ended_at": wall(ticket.ended_at),
        "waited": ticket.waited,
        "served": ticket.served,
        "calls": ticket.calls,
        "counter": counter.label if counter else "",
        "outcome": ticket.outcome,
        "ticket": str(ticket.pk),
    }


def tickets_of_days(
    site_id: UUID, first: date, last: date, *, actor: Actor, after: UUID | None = None, limit: int = 1000
) -> list[Ticket]:
    """Tickets of business days, by id from ``after`` on: for export, a part at a time.

    Raises:
        NotAllowed, NotFound: the actor may not export that site's figures.
        BadInput: the last day is before the first.
    """
    allow(actor, "ops.export", site_id)
    if last < first:
        raise BadInput(errors={"last": "≥ first"})
    found = Ticket.objects.filter(site_id=site_id, day__gte=first, day__lte=last)
    if after:
        found = found.filter(pk__gt=after)
    return list(found.select_related("service", "priority", "counter", "staff").order_by("pk")[:limit])
