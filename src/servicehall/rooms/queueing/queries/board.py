"""What the display board shows: last calls, who waits, how long, which counters are open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import clock, events, sql
from servicehall.kernel.errors import NotFound
from servicehall.rooms.queueing import configuration, present, store
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.models import CALLED, SERVING, CounterStatus, Ticket

from . import waits

CALLS = 12
WAITING_SHOWN = 40


def in_order(setup: Configuration, stages: list[UUID], limit: int, at: datetime) -> list[tuple[Any, ...]]:
    """The next ``limit`` pool tickets of these stages in calling order: (id, number, stage, class, key, since, joined)."""
    rows = store.line([(s, c) for s in stages for c in setup.classes], limit)
    rules = {raw: setup.orders.get(group) for raw in {row[3] for row in rows} if (group := sql.uuid(raw))}
    now = clock.micros(at)
    scored = [
        (setup.discipline.score(rule, row[4], now), row[4], row)
        for row in rows
        if (rule := rules.get(row[3]))
    ]
    return [row for _s, _k, row in sorted(scored, key=lambda r: (-r[0], r[1], r[2][1]))[:limit]]


def _calls(
    setup: Configuration, counters: set[UUID], at_work: list[Ticket], at: datetime
) -> list[dict[str, Any]]:
    recent = list(
        Ticket.objects.filter(
            site_id=setup.site, called_at__gte=at - timedelta(days=2), counter_id__in=counters
        ).order_by("-called_at")[:CALLS]
    )
    # A call that is repeated counts from then on, however long ago it was first made.
    known = {t.pk for t in recent}
    recent += [t for t in at_work if t.recalled_at and t.counter_id in counters and t.pk not in known]
    recent.sort(key=lambda t: t.recalled_at or t.called_at or at, reverse=True)
    found = []
    for ticket in recent[:CALLS]:
        if ticket.counter_id is None or ticket.called_at is None:
            continue
        counter, service = setup.counters[ticket.counter_id], setup.services[ticket.service_id]
        found.append(
            {
                "ticket": str(ticket.pk),
                "number": ticket.number,
                "counter": str(counter.id),
                "counter_label": counter.label,
                "counter_names": counter.names,
                "service": str(service.id),
                "service_names": service.names,
                "zone": str(counter.zone),
                "called_at": ticket.called_at.isoformat(),
                "heard_at": (ticket.recalled_at or ticket.called_at).isoformat(),
                "call": ticket.calls,
                "state": ticket.state,
            }
        )
    return found


def _zone(setup: Configuration, slug: str | None) -> tuple[UUID | None, dict[str, Any] | None]:
    if slug is None:
        return None, None
    for zone_id, (name, names) in setup.zones.items():
        if name == slug:
            return zone_id, {"id": str(zone_id), "slug": slug, "names": names}
    raise NotFound


def board(site_id: UUID, zone: str | None = None, *, at: datetime | None = None) -> dict[str, Any]:
    """The state of a board, for one zone or the whole site; ``seq`` is the last event it contains.

    Raises:
        NotFound: the site has no such zone.
    """
    moment = at or clock.now()
    seq = events.last_seq(site_id)  # first: an event between here and the reads is applied again, not lost
    setup = configuration.of_site(site_id)
    zone_id, zone_view = _zone(setup, zone)
    counters = {c.id: c for c in setup.counters.values() if c.is_active and zone_id in (None, c.zone)}
    stages = sorted(
        {s for c in counters.values() for s in c.stages} if zone_id else set(setup.stages), key=str
    )
    served_here = {setup.stages[s].service for s in stages if s in setup.stages}
    work = waits.workforce(setup, moment)
    counts = waits.waiting_by_stage(setup)
    statuses = dict(CounterStatus.objects.filter(site_id=site_id).values_list("counter_id", "state"))
    at_work = list(present.at_work().filter(site_id=site_id, state__in=[CALLED, SERVING]))
    numbers = {ticket.counter_id: ticket.number for ticket in at_work}
    line = in_order(setup, [s for s in stages if counts.get(s)], WAITING_SHOWN, moment)
    return {
        "site": {"id": str(site_id), "slug": setup.slug, "names": setup.names, "timezone": setup.timezone},
        "zone": zone_view,
        "seq": seq,
        "at": moment.isoformat(),
        "calls": _calls(setup, set(counters), at_work, moment),
        "waiting": [
            {
                "ticket": str(sql.uuid(row[0])),
                "number": row[1],
                "service": str(setup.stages[sql.uuid(row[2])].service),  # type: ignore[index]
                "priority": setup.classes[sql.uuid(row[3])].key,  # type: ignore[index]
            }
            for row in line
        ],
        "waiting_count": sum(counts.get(s, 0) for s in stages),
        "services": [
            {
                "id": str(service.id),
                "names": service.names,
                "prefix": service.prefix,
                "waiting": sum(counts.get(s.id, 0) for s in service.stages),
                "range": _range(setup, work, service.stages[0].id, counts),
            }
            for service in setup.services.values()
            if service.is_active and service.stages and service.id in served_here
        ],
        "counters": [
            {
                "id": str(c.id),
                "label": c.label,
                "names": c.names,
                "zone": str(c.zone),
                "state": statuses.get(c.id, "closed"),
                "number": numbers.get(c.id),
            }
            for c in counters.values()
        ],
        "announce": {
            "languages": setup.rules.announce_languages or ["zh-Hans", "en"],
            "repeat": setup.rules.announce_repeat,
        },
    }


def _range(
    setup: Configuration, work: waits.Workforce, stage: UUID, counts: dict[UUID, int]
) -> list[int] | None:
    span = waits.stage_range(setup, work, stage, counts.get(stage, 0))
    return [span.low, span.high] if span else None
