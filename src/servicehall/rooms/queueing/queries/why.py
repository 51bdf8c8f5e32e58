"""Why a ticket is next, or was: what the discipline compared."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q

from servicehall.kernel import clock, events
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.queueing import configuration, present, store
from servicehall.rooms.queueing.actions.calling import choices, servable
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.models import CounterStatus, Ticket
from servicehall.rooms.queueing.places import Choice

COMPARED = 20


def explain(site_id: UUID, counter_id: UUID, *, actor: Actor, at: datetime | None = None) -> dict[str, Any]:
    """Why the counter's next ticket is the next: the head of each group with its score and what made it.

    While a customer is at the counter, ``current`` says the same of their call, and the others are
    those who waited then and still do, as they stood at that moment.
    Scores are points for ``accumulating`` (rate × minutes waited + head start), else an order only.
    """
    allow(actor, "queue.call", site_id)
    setup = configuration.of_site(site_id)
    counter = setup.counter(counter_id)
    status = CounterStatus.objects.filter(pk=counter.id).first()
    staff_id = status.staff_id if status else None
    called = store.ticket_at(counter.id)
    moment = at or (called.called_at if called and called.called_at else clock.now())
    stages = servable(setup, counter, staff_id)
    found = choices(setup, counter, staff_id, moment)
    if called:
        found = [c for c in found if c.candidate.order_key <= clock.micros(moment)]
    return {
        "discipline": setup.discipline.name,
        "at": moment.isoformat(),
        "current": _called(setup, called, moment) if called else None,
        "candidates": _candidates(setup, found[:COMPARED], moment),
        "missing_skills": [
            setup.services[setup.stages[s].service].names
            for s in counter.stages
            if s in setup.stages and s not in stages
        ],
        "not_served_here": [
            s.names
            for s in setup.services.values()
            if s.is_active and not any(stage.id in counter.stages for stage in s.stages)
        ],
    }


def _claim(
    setup: Configuration, ticket: Ticket, order_key: int, at: datetime, *, directed: bool
) -> dict[str, Any]:
    rule, now = setup.orders[ticket.priority_id], clock.micros(at)
    score = setup.discipline.score(rule, order_key, now)
    return {
        "id": str(ticket.pk),
        "number": ticket.number,
        "service_names": setup.services[ticket.service_id].names,
        "stage_names": setup.stages[ticket.stage_id].names,
        "priority_names": setup.classes[ticket.priority_id].names,
        "waited_minutes": round((now - order_key) / 60_000_000, 1),
        "rate": rule.rate,
        "head_start": rule.head_start,
        "rank": rule.rank,
        "score": round(score, 2) if setup.discipline.name == "accumulating" else None,
        "directed": directed,
    }


def _candidates(setup: Configuration, found: list[Choice], at: datetime) -> list[dict[str, Any]]:
    if not found:
        return []
    heads = [
        Q(stage=c.candidate.stage, priority=c.candidate.priority, order_key=c.candidate.order_key)
        for c in found
        if c.directed is None
    ]
    sent = [c.directed for c in found if c.directed]
    by_id: dict[UUID, Ticket] = {}
    by_head: dict[tuple[UUID, UUID, int], Ticket] = {}
    tickets = list(present.in_line().filter(reduce(or_, heads)).order_by("-sequence")) if heads else []
    tickets += list(present.directed().filter(pk__in=sent)) if sent else []
    for ticket in tickets:
        by_id[ticket.pk] = ticket
        if ticket.for_counter_id is None and ticket.for_staff_id is None:
            by_head[ticket.stage_id, ticket.priority_id, ticket.order_key] = ticket
    rows = []
    for choice in found:
        head = choice.candidate
        one = (
            by_id.get(choice.directed)
            if choice.directed
            else by_head.get((head.stage, head.priority, head.order_key))
        )
        if one is not None:
            rows.append(_claim(setup, one, head.order_key, at, directed=choice.directed is not None))
    return rows


def _called(setup: Configuration, ticket: Ticket, at: datetime) -> dict[str, Any]:
    calls = [e for e in events.of_visit(ticket.visit_id) if e.kind == "ticket.called"]
    picked = calls[-1].data["picked"] if calls else ""
    return {**_claim(setup, ticket, ticket.order_key, at, directed=False), "picked": picked}
