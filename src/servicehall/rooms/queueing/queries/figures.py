"""The manager's live figures: what waits now, what was done on a day, by service, counter and hour.

One site in full, or several side by side. Single tickets and exports are in records.py.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from servicehall.kernel import clock, events, followers, sql
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import configuration, present
from servicehall.rooms.queueing.history import Tally
from servicehall.rooms.queueing.models import CALLED, SERVING, Counter, Stage

from . import waiting

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
_TALLY = "queueing.tally"
_ADDED = ("waiting", "at_counters", "open_counters", "counters", "over_target")
_NOBODY = {
    "state": "closed",
    "since": None,
    "number": None,
    "ticket_state": None,
    "staff": None,
    "staff_names": None,
}


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _figures(sums: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: sums.get(name) or 0 for name in _SUMS}
    return {
        "issued": int(values["issued"]),
        "called": int(values["called"]),
        "in_target": int(values["in_target"]),
        "served": int(values["served"]),
        "no_show": int(values["no_show"]),
        "abandoned": int(values["abandoned"]),
        "expired": int(values["expired"]),
        "mean_wait_seconds": _ratio(values["waited"], values["called"]),
        "mean_service_seconds": _ratio(values["serving"], values["handled"]),
        "service_level": _ratio(values["in_target"], values["called"]),
        "abandonment": _ratio(values["abandoned"], values["issued"]),
    }


def _added(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = defaultdict(int)
    for row in rows:
        for name in _SUMS:
            total[name] += row[name] or 0
    return total


def late_seconds(sites: Collection[UUID], at: datetime) -> dict[UUID, float]:
    """How many seconds the counts are behind the log, for the sites where they are (one query)."""
    behind = followers.behind(_TALLY, sites)
    return {site: max(0.0, (at - since).total_seconds()) for site, since in behind.items()}


# --- One site --------------------------------------------------------------------------------------


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
    shares from 0 to 1, None where nothing happened yet. ``late_seconds`` says how far the counts
    (not what waits) are behind, None when they are not.

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
    seq = events.last_seq(site_id)
    by_service = {r["service_id"]: r for r in rows.values("service_id").annotate(**sums)}
    by_counter = {r["counter_id"]: r for r in rows.values("counter_id").annotate(**sums)}
    by_hour = {r["hour"]: r for r in rows.values("hour").annotate(**sums)}
    live = wanted == setup.day(moment)
    now = _now(setup, stages, set(counters), moment) if live else None
    nothing = {"waiting": 0, "over_target": 0, "longest_seconds": 0, "longest_since": None, "unserved": 0}
    return {
        "site": {"id": str(site_id), "slug": setup.slug, "names": setup.names, "timezone": setup.timezone},
        "day": wanted.isoformat(),
        "at": moment.isoformat(),
        "seq": seq,
        "late_seconds": late_seconds([site_id], moment).get(site_id),
        "is_today": live,
        "total": {**_figures(_added(by_hour.values())), **(now["total"] if now else {})},
        "services": [
            {
                "id": str(s.id),
                "slug": s.slug,
                "names": s.names,
                "prefix": s.prefix,
                "target_seconds": s.target_minutes * 60,
                "closed": live and s.closed_on == wanted,
                **_figures(by_service.get(s.id, {})),
                **(now["services"].get(s.id, nothing) if now else {}),
            }
            for s in setup.services.values()
            if s.id in services and (s.is_active or s.id in by_service)
        ],
        "counters": [
            {
                "id": str(c.id),
                "label": c.label,
                "names": c.names,
                "zone_names": setup.zones[c.zone][1],
                **_figures(by_counter.get(c.id, {})),
                **(now["counters"].get(c.id, _NOBODY) if now else {}),
            }
            for c in counters.values()
            if c.is_active or c.id in by_counter
        ],
        "hours": [
            {
                "hour": clock.local(hour, setup.timezone).strftime("%H:%M"),
                "start": hour.isoformat(),
                **_figures(by_hour[hour]),
            }
            for hour in sorted(by_hour)
        ],
    }


def _now(
    setup: configuration.Configuration, stages: set[UUID], counters: set[UUID], at: datetime
) -> dict[str, Any]:
    """What waits and who works at this moment (four queries)."""
    at_work = _at_work(setup.site, counters)
    opened = {c for c, one in at_work.items() if one["state"] == "open"}
    shown = stages & set(setup.stages)
    targets = {s: setup.services[setup.stages[s].service].target_minutes for s in shown}
    over = waiting.over_target(setup.site, targets, at)
    services: dict[UUID, dict[str, Any]] = {}
    for stage, count, since in waiting.at_site(setup.site, shown):
        one = services.setdefault(
            setup.stages[stage].service, {"waiting": 0, "over_target": 0, "since": since, "unserved": 0}
        )
        one["waiting"] += count
        one["over_target"] += over.pop(stage, 0)
        one["since"] = min(one["since"], since)
        if not any(c.id in opened for c in setup.counters_for(stage)):
            one["unserved"] += count
    earliest = min((s["since"] for s in services.values()), default=None)
    return {
        "services": {
            service: {**one, **waiting.longest(one.pop("since"), at)} for service, one in services.items()
        },
        "counters": at_work,
        "total": {
            "waiting": sum(s["waiting"] for s in services.values()),
            "over_target": sum(s["over_target"] for s in services.values()),
            **waiting.longest(earliest, at),
            "open_counters": len(opened),
            "counters": sum(1 for c in setup.counters.values() if c.is_active and c.id in counters),
            "at_counters": sum(1 for c in at_work.values() if c["number"]),
        },
    }


def _names(value: Any) -> Text | None:
    found: Text | None = json.loads(value) if isinstance(value, str) else value
    return found


def _at_work(site_id: UUID, counters: set[UUID]) -> dict[UUID, dict[str, Any]]:
    """Who is at which counter, with whom (one query)."""
    found = sql.rows(
        "SELECT s.counter_id, s.state, s.since, t.number, t.state, p.username, p.names"
        " FROM queueing_counterstatus s"
        " LEFT JOIN queueing_ticket t ON t.counter_id = s.counter_id AND t.state IN ('called', 'serving')"
        " LEFT JOIN people_staff p ON p.id = s.staff_id WHERE s.site_id = %s",
        site_id,
    )
    return {
        counter: {
            "state": state,
            "since": events.moment(since).isoformat(),
            "number": number,
            "ticket_state": ticket,
            "staff": staff,
            "staff_names": _names(names),
        }
        for key, state, since, number, ticket, staff, names in found
        if (counter := sql.uuid(key)) in counters and counter is not None
    }


# --- Several sites side by side --------------------------------------------------------------------


def sites_figures(
    *, actor: Actor, region: UUID | None = None, day: date | None = None, at: datetime | None = None
) -> dict[str, Any]:
    """The sites that the actor watches, side by side, with their sum; the same figures as a single site's.

    Each site's today is its own business day. The number of queries does not depend on how many
    sites or tickets there are.
    """
    moment = at or clock.now()
    seen = list(hall.sites_seen(actor, "ops.see").order_by("region__slug", "slug"))
    sites = [s for s in seen if region in (None, s.region_id)]
    days = {s.pk: day or clock.business_day(moment, s.timezone, s.day_ends) for s in sites}
    today = {s.pk for s in sites if days[s.pk] == clock.business_day(moment, s.timezone, s.day_ends)}
    sums = _sums_by_site(days)
    late = late_seconds(days, moment)
    now = _now_by_site(sorted(today, key=str), moment)
    return {
        "at": moment.isoformat(),
        "day": day.isoformat() if day else None,
        "is_today": len(today) == len(sites),
        "regions": [{"id": str(r.pk), "names": r.names} for r in hall.regions_of(seen)],
        "late_seconds": max(late.values(), default=None),
        "total": {**_figures(_added(sums.values())), **_sum_now(now.values())},
        "sites": [
            {
                "id": str(s.pk),
                "slug": s.slug,
                "names": s.names,
                "region_names": s.region.names,
                "timezone": s.timezone,
                "day": days[s.pk].isoformat(),
                "late_seconds": late.get(s.pk),
                **_figures(sums.get(s.pk, {})),
                **now.get(s.pk, {}),
            }
            for s in sites
        ],
    }


def _sums_by_site(days: dict[UUID, date]) -> dict[UUID, Mapping[str, Any]]:
    by_day: dict[date, list[UUID]] = defaultdict(list)
    for site_id, one in days.items():
        by_day[one].append(site_id)
    wanted = Q(pk__in=[])
    for one, ids in by_day.items():
        wanted |= Q(day=one, site_id__in=ids)
    rows = Tally.objects.filter(wanted).values("site_id").annotate(**{name: Sum(name) for name in _SUMS})
    return {row["site_id"]: row for row in rows}


def _now_by_site(sites: Sequence[UUID], at: datetime) -> dict[UUID, dict[str, Any]]:
    """What waits and who works at each site (seven queries)."""
    if not sites:
        return {}
    rows = Stage.objects.filter(service__site_id__in=sites)
    stages, targets = {}, {}
    for stage, site, target in rows.values_list("pk", "service__site_id", "service__target_minutes"):
        stages[stage], targets[stage] = site, target
    counters = dict(
        Counter.objects.filter(site_id__in=sites, is_active=True)
        .values_list("site_id")
        .annotate(n=Count("pk"))
    )
    opened = dict(
        Counter.objects.filter(site_id__in=sites, status__state="open")
        .values_list("site_id")
        .annotate(n=Count("pk"))
    )
    busy = dict(
        present.at_work()
        .filter(site_id__in=sites, state__in=[CALLED, SERVING])
        .values_list("site_id")
        .annotate(n=Count("pk"))
    )
    found: dict[UUID, dict[str, Any]] = {
        site: {
            "waiting": 0,
            "over_target": 0,
            "at_counters": busy.get(site, 0),
            "open_counters": opened.get(site, 0),
            "counters": counters.get(site, 0),
        }
        for site in sites
    }
    earliest: dict[UUID, datetime] = {}
    for stage, count, since in waiting.at_sites(sites, stages):
        site = stages[stage]
        found[site]["waiting"] += count
        earliest[site] = min(earliest.get(site, since), since)
    for stage, count in waiting.over_target_at_sites(targets, at).items():
        found[stages[stage]]["over_target"] += count
    return {site: {**one, **waiting.longest(earliest.get(site), at)} for site, one in found.items()}


def _sum_now(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    found = list(rows)
    if not found:
        return {}
    longest = max(found, key=lambda one: one["longest_seconds"])
    return {
        **{name: sum(one[name] for one in found) for name in _ADDED},
        "longest_seconds": longest["longest_seconds"],
        "longest_since": longest["longest_since"],
    }
