"""Times of load: those that are not over, and what past ones brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.diversion.models import RUNNING, Episode, LoadRule
from servicehall.rooms.queueing import queries as queueing

RIGHT = "ops.see"


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """A time of load with its rule, whether a counter that it asks for is open now, and whether the reader decides."""

    row: Episode
    is_answered: bool
    may_decide: bool

    @property
    def rule(self) -> LoadRule:
        return self.row.rule


def _rows(site_id: UUID) -> QuerySet[Episode]:
    return (
        Episode.objects.filter(site_id=site_id)
        .select_related("rule__counter", "rule__staff", "rule__other_site", "decided_by")
        .prefetch_related("rule__services", "rule__stages__service", "rule__kiosk_services")
    )


def open_episodes(site_id: UUID, *, actor: Actor) -> list[EpisodeView]:
    """The loads that are not over, those that wait for a decision first (one query while there is none).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, RIGHT, site_id)
    rows = list(_rows(site_id).filter(over_at=None).order_by("began_at"))
    opened = _open_counters(site_id, rows)
    may = actor.may("queue.supervise", site_id)
    views = [EpisodeView(row, row.rule.counter_id in opened, may) for row in rows]
    return sorted(views, key=lambda one: one.row.state != "proposed")


def asked(site_id: UUID, staff_id: UUID | None) -> list[Episode]:
    """Loads for which this person was asked by name to open a counter, and which are not over (one query while none is)."""
    rows = _rows(site_id).filter(over_at=None, state=RUNNING, rule__action=LoadRule.Action.OPEN_COUNTER)
    return list(rows.filter(rule__staff_id=staff_id).order_by("began_at")) if staff_id else []


def _open_counters(site_id: UUID, rows: Sequence[Episode]) -> frozenset[UUID]:
    """Counters at work, where somebody was asked to open one."""
    if not any(row.rule.action == LoadRule.Action.OPEN_COUNTER and row.rule.counter_id for row in rows):
        return frozenset()
    return frozenset(UUID(one["id"]) for one in queueing.counters(site_id) if one["state"] == "open")


def history(
    site_id: UUID, *, actor: Actor, before: datetime | None = None, limit: int = 50
) -> list[EpisodeView]:
    """Past loads, and those that were decided, the newest first (five queries).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, RIGHT, site_id)
    rows = _rows(site_id).filter(over_at__isnull=False).order_by("-began_at", "-pk")
    if before is not None:
        rows = rows.filter(began_at__lt=before)
    return [EpisodeView(row, is_answered=False, may_decide=False) for row in rows[:limit]]
