"""Who waits now, and since when: the moment they really joined a stage, not their place in the order.

A customer who let others go first keeps what they have waited; one who was put in front gains nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import sql
from servicehall.rooms.queueing import store

Group = tuple[UUID, int, datetime]
"""A stage, how many wait there, and since when the first of them."""


def in_line(stages: Collection[UUID]) -> list[Group]:
    """Those who wait for any counter (one query)."""
    return _grouped(f"{store.POOL} AND t.stage_id IN ({sql.placeholders(len(stages))})", stages)


def at_stages(sites: Collection[UUID], stages: Collection[UUID]) -> list[Group]:
    """The same, those sent to one counter or person included (two queries)."""
    sent = (
        f"t.state = 'waiting' AND t.site_id IN ({sql.placeholders(len(sites))})"
        " AND (t.for_counter_id IS NOT NULL OR t.for_staff_id IS NOT NULL)"
    )
    return in_line(stages) + [one for one in _grouped(sent, sites, store.by_directed()) if one[0] in stages]


def over_target(targets: Mapping[UUID, float], at: datetime) -> dict[UUID, int]:
    """How many of those in line at a stage have waited longer than its target in minutes (one query)."""
    by_target: dict[float, list[UUID]] = defaultdict(list)
    for stage, target in targets.items():
        by_target[target].append(stage)
    if not by_target:
        return {}
    parts: list[str] = []
    params: list[Any] = []
    for target, stages in by_target.items():
        parts.append(f"(t.stage_id IN ({sql.placeholders(len(stages))}) AND t.stage_since < %s)")
        params += [*stages, at.astimezone(UTC) - timedelta(minutes=target)]
    found = _grouped(f"{store.POOL} AND ({' OR '.join(parts)})", params)
    return {stage: count for stage, count, _since in found}


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
