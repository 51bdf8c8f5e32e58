"""Who waits now, and since when: the moment they really joined a stage, not their place in the order.

A customer who let others go first keeps what they have waited; one who was put in front gains nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from servicehall.kernel import events, sql
from servicehall.rooms.queueing import store

Group = tuple[UUID, int, datetime]
"""A stage, how many wait there, and since when the first of them."""


LONG = 500
"""A line of so many is counted once an event, not once a reader: to count ten thousand takes milliseconds."""
STEP = 5
"""Seconds for which it is good how many of a long line have waited too long: that grows without an event."""
_MOST_KEPT = 1000
_long: dict[Hashable, tuple[int, list[Group]]] = {}


def in_line(site: UUID, stages: Collection[UUID]) -> list[Group]:
    """Those who wait for any counter (one query; of a long line, at least the last number of the site's log)."""
    return _once_an_event(site, frozenset(stages), lambda: _in_line(stages))


def _once_an_event(site: UUID, what: Hashable, count: Callable[[], list[Group]]) -> list[Group]:
    if connection.in_atomic_block:  # what is read here may never be
        return count()
    key = (site, what)
    kept = _long.get(key)
    # Asked for before the count: what happens between the two is counted again, not missed.
    seq = events.last_seq(site) if kept else -1
    if kept and kept[0] == seq:
        return kept[1]
    found = count()
    if sum(number for _stage, number, _since in found) >= LONG:
        if len(_long) >= _MOST_KEPT:
            _long.clear()
        _long[key] = (seq, found)
    else:
        _long.pop(key, None)
    return found


def _in_line(stages: Collection[UUID]) -> list[Group]:
    return _grouped(f"{store.POOL} AND t.stage_id IN ({sql.placeholders(len(stages))})", stages)


def at_site(site: UUID, stages: Collection[UUID]) -> list[Group]:
    """The same at one site, those sent to one counter or person included (two queries)."""
    return in_line(site, stages) + _sent([site], stages)


def at_sites(sites: Collection[UUID], stages: Collection[UUID]) -> list[Group]:
    """The same at several sites (two queries)."""
    return _in_line(stages) + _sent(sites, stages)


def _sent(sites: Collection[UUID], stages: Collection[UUID]) -> list[Group]:
    sent = (
        f"t.state = 'waiting' AND t.site_id IN ({sql.placeholders(len(sites))})"
        " AND (t.for_counter_id IS NOT NULL OR t.for_staff_id IS NOT NULL)"
    )
    return [one for one in _grouped(sent, sites, store.by_directed()) if one[0] in stages]


def over_target(site: UUID, targets: Mapping[UUID, float], at: datetime) -> dict[UUID, int]:
    """How many of those in line at a stage have waited longer than its target in minutes (one query)."""
    what = ("over", frozenset(targets.items()), int(at.timestamp()) // STEP)
    found = _once_an_event(site, what, lambda: _over_target(targets, at))
    return {stage: count for stage, count, _since in found}


def over_target_at_sites(targets: Mapping[UUID, float], at: datetime) -> dict[UUID, int]:
    """The same of stages of several sites (one query)."""
    return {stage: count for stage, count, _since in _over_target(targets, at)}


def _over_target(targets: Mapping[UUID, float], at: datetime) -> list[Group]:
    by_target: dict[float, list[UUID]] = defaultdict(list)
    for stage, target in targets.items():
        by_target[target].append(stage)
    if not by_target:
        return []
    parts: list[str] = []
    params: list[Any] = []
    for target, stages in by_target.items():
        parts.append(f"(t.stage_id IN ({sql.placeholders(len(stages))}) AND t.stage_since < %s)")
        params += [*stages, at.astimezone(UTC) - timedelta(minutes=target)]
    return _grouped(f"{store.POOL} AND ({' OR '.join(parts)})", params)


def longest(since: datetime | None, at: datetime) -> dict[str, Any]:
    """The longest wait, from the moment at which it began."""
    if since is None:
        return {"longest_seconds": 0, "longest_since": None}
    waited = max(0, int((at - since).total_seconds()))
    return {"longest_seconds": waited, "longest_since": since.isoformat()}


def moment(value: Any) -> datetime:
    """A moment as read by a raw statement."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _grouped(where: str, params: Collection[Any], index: str = "") -> list[Group]:
    if not params:
        return []
    rows = sql.rows(
        f"SELECT t.stage_id, count(*), min(t.stage_since) FROM queueing_ticket t{index} WHERE {where} GROUP BY t.stage_id",
        *params,
    )
    return [(stage, int(n), moment(since)) for s, n, since in rows if (stage := sql.uuid(s))]
