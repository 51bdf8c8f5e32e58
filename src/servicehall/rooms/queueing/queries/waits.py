"""How many are ahead and how long it will take: for tickets, services and boards."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock, sql
from servicehall.rooms.queueing import store, watching
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.discipline import thresholds
from servicehall.rooms.queueing.estimate import WaitRange, wait_range
from servicehall.rooms.queueing.models import Ticket

from . import waiting


@dataclass(frozen=True, slots=True)
class Workforce:
    """Which counters are open and which of these have nobody, mean minutes by service, and what was learned."""

    open: frozenset[UUID]
    idle: frozenset[UUID]
    minutes: dict[UUID, float]
    newcomers: dict[UUID, WaitRange]
    """By first stage: the range of who joins now, where the site has a model of its waits."""


# How many services of the expected duration the hall's own mean is blended with.
_PRIOR = 5.0
_JUST_NOW = timedelta(seconds=5)
# Seconds for which the means of a week's services are good.
_MINUTES_KEPT = 30.0
_minutes_kept: dict[UUID, tuple[Configuration, date, float, dict[UUID, float]]] = {}


def workforce(setup: Configuration, at: datetime) -> Workforce:
    """The counters at work now (one query, and two more every half minute; with a model, two every second)."""
    found = sql.rows(
        "SELECT s.counter_id, EXISTS (SELECT 1 FROM queueing_ticket t WHERE t.counter_id = s.counter_id"
        " AND t.state IN ('called', 'serving')) FROM queueing_counterstatus s"
        " WHERE s.site_id = %s AND s.state = 'open'",
        setup.site,
    )
    counters = {counter: busy for raw, busy in found if (counter := sql.uuid(raw))}
    return Workforce(
        frozenset(counters),
        frozenset(counter for counter, busy in counters.items() if not busy),
        mean_minutes(setup, setup.day(at) - timedelta(days=7)),
        watching.of_newcomers(setup, at),
    )


def mean_minutes(setup: Configuration, since: date) -> dict[UUID, float]:
    """By service, the expected minutes blended with what the hall's services took since that day."""
    kept = _minutes_kept.get(setup.site)
    if kept and kept[0] is setup and kept[1] == since and time.monotonic() < kept[2]:
        return kept[3]
    found = sql.rows(
        "SELECT service_id, sum(handled), sum(serving) FROM queueing_tally"
        " WHERE site_id = %s AND day >= %s AND handled > 0 GROUP BY service_id",
        setup.site,
        since,
    )
    sums = {sql.uuid(service): (int(n), float(seconds)) for service, n, seconds in found}
    minutes = {}
    for service in setup.services.values():
        n, seconds = sums.get(service.id, (0, 0.0))
        minutes[service.id] = (_PRIOR * service.expected_minutes + seconds / 60) / (_PRIOR + n)
    _minutes_kept[setup.site] = (setup, since, time.monotonic() + _MINUTES_KEPT, minutes)
    return minutes


def place(ticket: Ticket, setup: Configuration, at: datetime) -> tuple[int, WaitRange | None]:
    """How many who wait for the same stage would be called before the ticket, and its time until the call.

    One query, and two more every half minute; with a model of the site's waits, two every second.
    """
    limits = thresholds(
        setup.discipline, setup.orders, ticket.priority_id, ticket.order_key, clock.micros(at)
    )
    ahead, counters, idle = store.standing(ticket.stage_id, limits)
    minutes = mean_minutes(setup, setup.day(at) - timedelta(days=7))
    service = setup.stages[ticket.stage_id].service
    span = wait_range(ahead=ahead, counters=counters, mean_minutes=minutes[service], idle=idle)
    if span is None or ticket.for_counter_id or ticket.for_staff_id:
        return ahead, span
    fresh = at - ticket.stage_since < _JUST_NOW
    return ahead, watching.of_ticket(setup, ticket.pk, ticket.stage_id, at, fresh=fresh) or span


def stage_range(setup: Configuration, work: Workforce, stage: UUID, ahead: int) -> WaitRange | None:
    """The time until the call for somebody with ``ahead`` in front of them in the stage."""
    counters = {c.id for c in setup.counters_for(stage)}
    span = wait_range(
        ahead=ahead,
        counters=len(counters & work.open),
        mean_minutes=work.minutes[setup.stages[stage].service],
        idle=len(counters & work.idle),
    )
    return work.newcomers.get(stage, span) if span else None


def waiting_by_stage(setup: Configuration) -> dict[UUID, int]:
    """How many wait in the pool of each stage (one query)."""
    return {stage: count for stage, count, _since in waiting.in_line(setup.site, setup.stages)}


def waiting_by_site(site_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many wait at each of these sites (one query)."""
    if not site_ids:
        return {}
    found = sql.rows(
        "SELECT v.site_id, count(*) FROM queueing_ticket t JOIN queueing_stage s ON s.id = t.stage_id"
        " JOIN queueing_service v ON v.id = s.service_id WHERE t.state = 'waiting' AND t.for_counter_id IS NULL"
        f" AND t.for_staff_id IS NULL AND v.site_id IN ({sql.placeholders(len(site_ids))}) GROUP BY v.site_id",
        *site_ids,
    )
    return {site: int(count) for raw, count in found if (site := sql.uuid(raw))}


def longest_wait(site_id: UUID, service_id: UUID, at: datetime) -> timedelta:
    """How long whoever stands first in the line of the service has stood there (one query)."""
    found = sql.row(
        "SELECT min(t.order_key) FROM queueing_ticket t JOIN queueing_stage s ON s.id = t.stage_id"
        f" WHERE s.service_id = %s AND t.site_id = %s AND {store.POOL}",
        service_id,
        site_id,
    )
    first = int(found[0]) if found and found[0] is not None else clock.micros(at)
    return timedelta(microseconds=max(clock.micros(at) - first, 0))
