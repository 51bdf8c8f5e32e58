"""What staff see: their counter, who waits and how long. Why a ticket is next: why.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock, events, sql
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.queueing import configuration, present, store
from servicehall.rooms.queueing.actions.calling import choices, servable
from servicehall.rooms.queueing.configuration import Configuration, CounterSetup, ServiceSetup, StageSetup
from servicehall.rooms.queueing.models import (
    CALLED,
    HELD,
    NO_SHOW,
    SERVING,
    Counter,
    CounterStatus,
    Ticket,
)

from . import waiting, waits
from .board import in_order
from .tickets import TicketView, view

SHOWN = 50


def counters(site_id: UUID) -> list[dict[str, Any]]:
    """Every counter in use with who is there and whom they have (three queries)."""
    setup = configuration.of_site(site_id)
    statuses = {s.pk: s for s in CounterStatus.objects.filter(site_id=site_id).select_related("staff")}
    busy = {t.counter_id: t for t in present.at_work().filter(site_id=site_id, state__in=[CALLED, SERVING])}
    found = []
    for counter in setup.counters.values():
        if not counter.is_active:
            continue
        status, ticket = statuses.get(counter.id), busy.get(counter.id)
        found.append(
            {
                **counter_brief(setup, counter),
                "state": status.state if status else "closed",
                "since": status.since.isoformat() if status else None,
                "pause_reason": status.pause_reason if status else "",
                "staff": {
                    "id": str(status.staff.pk),
                    "username": status.staff.username,
                    "names": status.staff.names,
                }
                if status and status.staff
                else None,
                "ticket": {"id": str(ticket.pk), "number": ticket.number, "state": ticket.state}
                if ticket
                else None,
            }
        )
    return found


def counter_brief(setup: Configuration, counter: CounterSetup) -> dict[str, Any]:
    """A counter's unchanging part."""
    services: list[ServiceSetup] = [
        s for s in setup.services.values() if any(stage.id in counter.stages for stage in s.stages)
    ]
    return {
        "id": str(counter.id),
        "label": counter.label,
        "names": counter.names,
        "zone": {
            "id": str(counter.zone),
            "slug": setup.zones[counter.zone][0],
            "names": setup.zones[counter.zone][1],
        },
        "services": [{"id": str(s.id), "slug": s.slug, "names": s.names} for s in services],
    }


def counter_of(staff_id: UUID) -> tuple[UUID, UUID] | None:
    """(site, counter) at which the person is signed in."""
    return (
        CounterStatus.objects.filter(staff_id=staff_id)
        .exclude(state=CounterStatus.State.CLOSED)
        .values_list("site_id", "counter_id")
        .first()
    )


def site_of_counter(counter: str | UUID) -> tuple[UUID, UUID]:
    """(counter, site) of a counter's id.

    Raises:
        NotFound: there is no such counter.
    """
    try:
        ref = counter if isinstance(counter, UUID) else UUID(counter)
    except ValueError:
        raise NotFound from None
    found = Counter.objects.filter(pk=ref).values_list("pk", "site_id").first()
    if found is None:
        raise NotFound
    return found


def _line_row(setup: Configuration, row: tuple[Any, ...]) -> dict[str, Any]:
    ticket_id, number, stage_id, priority_id, _key, since, joined = row
    stage = setup.stages[sql.uuid(stage_id)]  # type: ignore[index]
    group = setup.classes[sql.uuid(priority_id)]  # type: ignore[index]
    return {
        "id": str(sql.uuid(ticket_id)),
        "number": number,
        "service": str(stage.service),
        "service_names": setup.services[stage.service].names,
        "stage": str(stage.id),
        "stage_names": stage.names,
        "priority": group.key,
        "priority_names": group.names,
        "stage_since": waiting.moment(since).isoformat(),
        "joined_at": waiting.moment(joined).isoformat(),
    }


def _ticket_row(setup: Configuration, ticket: Ticket) -> dict[str, Any]:
    stage, group = setup.stages[ticket.stage_id], setup.classes[ticket.priority_id]
    counter = setup.counters.get(ticket.counter_id or ticket.for_counter_id or UUID(int=0))
    return {
        "id": str(ticket.pk),
        "number": ticket.number,
        "state": ticket.state,
        "service": str(stage.service),
        "service_names": setup.services[stage.service].names,
        "stage": str(stage.id),
        "stage_names": stage.names,
        "priority": group.key,
        "priority_names": group.names,
        "stage_since": ticket.stage_since.isoformat(),
        "joined_at": ticket.joined_at.isoformat(),
        "called_at": ticket.called_at.isoformat() if ticket.called_at else None,
        "ended_at": ticket.ended_at.isoformat() if ticket.ended_at else None,
        "held_until": ticket.held_until.isoformat() if ticket.held_until else None,
        "reason": ticket.reason,
        "note": ticket.note,
        "counter_label": counter.label if counter else None,
        "counter": str(counter.id) if counter else None,
        "staff": str(ticket.staff_id) if ticket.staff_id else None,
        "for_counter": str(ticket.for_counter_id) if ticket.for_counter_id else None,
        "for_staff": str(ticket.for_staff_id) if ticket.for_staff_id else None,
    }


def queue(
    site_id: UUID,
    *,
    actor: Actor,
    stages: list[UUID] | None = None,
    limit: int = SHOWN,
    at: datetime | None = None,
) -> dict[str, Any]:
    """Who waits (the next ``limit``, in calling order), who is sent to whom, at counters, held, missed.

    Raises:
        NotAllowed, NotFound: the actor may not see the queue there.
    """
    allow(actor, "queue.see", site_id)
    moment = at or clock.now()
    seq = events.last_seq(site_id)
    setup = configuration.of_site(site_id)
    wanted = [s for s in (stages if stages is not None else setup.stages) if s in setup.stages]
    in_line = waiting.in_line(site_id, wanted)
    counts = {stage: count for stage, count, _since in in_line}
    longest = {stage: since for stage, _count, since in in_line}
    work = waits.workforce(setup, moment)
    busy = present.at_work().filter(site_id=site_id).order_by("called_at")
    missed = Ticket.objects.filter(site_id=site_id, day=setup.day(moment), state=NO_SHOW).order_by(
        "-ended_at"
    )[:SHOWN]
    line = in_order(setup, sorted(counts, key=str), limit, moment)
    at_counters = [_ticket_row(setup, t) for t in busy]
    return {
        "site": {
            "id": str(site_id),
            "slug": setup.slug,
            "names": setup.names,
            "timezone": setup.timezone,
        },
        "seq": seq,
        "at": moment.isoformat(),
        "ordinary": setup.default_class.key if setup.default_class else "",
        "return_minutes": setup.rules.return_minutes,
        "late_places": setup.rules.late_places,
        "waiting_count": sum(counts.values()),
        "waiting": [_line_row(setup, row) for row in line],
        "directed": [_ticket_row(setup, t) for t in store.sent(site_id, SHOWN)],
        "at_counters": [t for t in at_counters if t["state"] != HELD],
        "held": [t for t in at_counters if t["state"] == HELD],
        "missed": [_ticket_row(setup, t) for t in missed],
        "services": [
            _service_row(setup, service, counts=counts, longest=longest, work=work, at=moment)
            for service in setup.services.values()
            if service.is_active and any(s.id in wanted for s in service.stages)
        ],
    }


def _service_row(
    setup: Configuration,
    service: ServiceSetup,
    *,
    counts: dict[UUID, int],
    longest: dict[UUID, datetime],
    work: waits.Workforce,
    at: datetime,
) -> dict[str, Any]:
    since = min((longest[s.id] for s in service.stages if s.id in longest), default=None)
    span = waits.stage_range(setup, work, service.stages[0].id, counts.get(service.stages[0].id, 0))
    return {
        "id": str(service.id),
        "slug": service.slug,
        "names": service.names,
        "prefix": service.prefix,
        "closed": service.closed_on == setup.day(at),
        "waiting": sum(counts.get(s.id, 0) for s in service.stages),
        "longest_seconds": waiting.longest(since, at)["longest_seconds"],
        "target_seconds": service.target_minutes * 60,
        "wait_minutes": [span.low, span.high] if span else None,
        "stages": [
            {"id": str(s.id), "names": s.names, "waiting": counts.get(s.id, 0)} for s in service.stages
        ],
    }


def desk(site_id: UUID, counter_id: UUID, *, actor: Actor, at: datetime | None = None) -> dict[str, Any]:
    """A counter's whole screen: its status, its customer, the queue it can serve, who it holds, undo.

    The next customer is ``next_directed`` (a ticket sent here) or else the first of the queue's ``waiting``.

    Raises:
        NotAllowed, NotFound: the actor does not serve there.
    """
    allow(actor, "queue.call", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counter = setup.counter(counter_id)
    status = CounterStatus.objects.filter(pk=counter.id).select_related("staff").first()
    staff_id = status.staff_id if status else None
    current = store.ticket_at(counter.id)
    stages = servable(setup, counter, staff_id)
    shown: TicketView | None = view(current, setup, at=moment) if current else None
    undo = None
    if status and status.undo_before and status.undo_at:
        left = setup.rules.undo_seconds - (moment - status.undo_at).total_seconds()
        if left > 0:
            earlier = status.undo_before.get("earlier")
            undo = {
                "kind": status.undo_kind,
                "number": status.undo_before["facts"].get("number"),
                "seconds_left": round(left, 1),
                "earlier_kind": earlier["kind"] if earlier else None,
                "earlier_number": earlier["before"]["facts"].get("number") if earlier else None,
            }
    after: list[StageSetup] = []
    if current:
        here = setup.stages[current.stage_id].position
        after = [s for s in setup.services[current.service_id].stages if s.position > here]
    first = choices(setup, counter, staff_id, moment)[:1]
    return {
        "counter": counter_brief(setup, counter),
        "state": status.state if status else "closed",
        "since": status.since.isoformat() if status else None,
        "pause_reason": status.pause_reason if status else "",
        "staff": {"id": str(status.staff.pk), "names": status.staff.names}
        if status and status.staff
        else None,
        "ticket": shown,
        "has_next_stage": bool(after),
        "next_stage_names": after[0].names if after else None,
        "expected_seconds": setup.stages[current.stage_id].expected_minutes * 60 if current else None,
        "next_directed": str(first[0].directed) if first and first[0].directed else None,
        "undo": undo,
        "queue": queue(site_id, actor=actor, stages=stages, at=moment),
    }
