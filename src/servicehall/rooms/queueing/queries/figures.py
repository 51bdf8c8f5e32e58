"""The manager's live figures: what waits now, what was done today, by service, counter and hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from servicehall.kernel import clock, sql
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.models import Tally, Ticket

_SUMS = (
    "issued",
    "called",
    "in_target",
    "waited",
    "served",
    "handled",
    "serving",
    "no_show",
    "abandoned",
    "expired",
)


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _figures(sums: dict[str, Any]) -> dict[str, Any]:
    values = {name: sums.get(name) or 0 for name in _SUMS}
    return {
        "issued": int(values["issued"]),
        "called": int(values["called"]),
        "served": int(values["served"]),
        "no_show": int(values["no_show"]),
        "abandoned": int(values["abandoned"]),
        "expired": int(values["expired"]),
        "mean_wait_seconds": _ratio(values["waited"], values["called"]),
        "mean_service_seconds": _ratio(values["serving"], values["handled"]),
        "service_level": _ratio(values["in_target"], values["called"]),
        "abandonment": _ratio(values["abandoned"], values["issued"]),
    }


def site_figures(
    site_id: UUID,
    *,
    actor: Actor,
    day: date | None = None,
    zone: UUID | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """A site's day: totals, by service, counter and hour (local), and what waits now.

    With ``zone`` only its counters count, and the services they serve. Durations in seconds,
    shares from 0 to 1, None where nothing happened yet.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, "ops.see", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    wanted = day or setup.day(moment)
    counters = {c.id: c for c in setup.counters.values() if zone in (None, c.zone)}
    stages = {s for c in counters.values() for s in c.stages} if zone else set(setup.stages)
    services = {setup.stages[s].service for s in stages if s in setup.stages}
    rows = Tally.objects.filter(site_id=site_id, day=wanted)
    if zone:
        # What happens at no counter (tickets taken or given up) counts for the services served there.
        rows = rows.filter(Q(counter_id__in=counters) | Q(counter_id=UUID(int=0), service_id__in=services))
    sums = {name: Sum(name) for name in _SUMS}
    by_service = {r["service_id"]: r for r in rows.values("service_id").annotate(**sums)}
    by_counter = {r["counter_id"]: r for r in rows.values("counter_id").annotate(**sums)}
    by_hour = {r["hour"]: r for r in rows.values("hour").annotate(**sums)}
    total = {name: sum(r[name] or 0 for r in by_hour.values()) for name in _SUMS}
    live = wanted == setup.day(moment)
    now = _now(setup, stages, moment) if live else None
    return {
        "site": {"id": str(site_id), "slug": setup.slug, "names": setup.names, "timezone": setup.timezone},
        "day": wanted.isoformat(),
        "at": moment.isoformat(),
        "is_today": live,
        "total": {**_figures(total), **(now["total"] if now else {})},
        "services": [
            {
                "id": str(s.id),
                "names": s.names,
                "prefix": s.prefix,
                "target_seconds": s.target_minutes * 60,
                **_figures(by_service.get(s.id, {})),
                **(now["services"].get(s.id, {"waiting": 0, "longest_seconds": 0}) if now else {}),
            }
            for s in setup.services.values()
            if s.id in services and (s.is_active or s.id in by_service)
        ],
        "counters": [
            {
                "id": str(c.id),
                "label": c.label,
                "names": c.names,
                **_figures(by_counter.get(c.id, {})),
                **(
                    now["counters"].get(c.id, {"state": "closed", "number": None, "staff": None})
                    if now
                    else {}
                ),
            }
            for c in counters.values()
            if c.is_active or c.id in by_counter
        ],
        "hours": [
            {"hour": clock.local(hour, setup.timezone).strftime("%H:%M"), **_figures(by_hour[hour])}
            for hour in sorted(by_hour)
        ],
    }


def _now(setup: configuration.Configuration, stages: Iterable[UUID], at: datetime) -> dict[str, Any]:
    """What waits and who works at this moment (three queries)."""
    services: dict[UUID, dict[str, Any]] = {}
    for stage, _group, count, key in store.waiting_groups([s for s in stages if s in setup.stages]):
        one = services.setdefault(setup.stages[stage].service, {"waiting": 0, "longest_seconds": 0})
        one["waiting"] += count
        one["longest_seconds"] = max(one["longest_seconds"], (clock.micros(at) - key) // 1_000_000)
    found = sql.rows(
        "SELECT s.counter_id, s.state, t.number, t.state, p.username FROM queueing_counterstatus s"
        " LEFT JOIN queueing_ticket t ON t.counter_id = s.counter_id AND t.state IN ('called', 'serving')"
        " LEFT JOIN people_staff p ON p.id = s.staff_id WHERE s.site_id = %s",
        setup.site,
    )
    counters = {
        sql.uuid(counter): {"state": state, "number": number, "ticket_state": ticket, "staff": staff}
        for counter, state, number, ticket, staff in found
    }
    serving = sum(1 for c in counters.values() if c["number"])
    return {
        "services": services,
        "counters": counters,
        "total": {
            "waiting": sum(s["waiting"] for s in services.values()),
            "longest_seconds": max((s["longest_seconds"] for s in services.values()), default=0),
            "open_counters": sum(1 for c in counters.values() if c["state"] == "open"),
            "at_counters": serving,
        },
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
