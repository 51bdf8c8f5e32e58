"""Reads of plans for screens. Never write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow

from .day.findings import Finding, UnusablePlan
from .day.history import stretches
from .day.ranges import differences
from .day.reading import read
from .holiday import Carried, Left
from .merge_trial import merge_comparison
from .merging import Comparison, Way
from .models import DONE, DRAFT, FAILED, RUNNING, WAITING, DayPlan

SEE, CHANGE = "ops.see", "plan.change"
MOST_COMPARED = 4


def plans(site_id: UUID, *, actor: Actor) -> list[DayPlan]:
    """The site's plans, the last changed first, without what is long (one query).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, SEE, site_id)
    return list(DayPlan.objects.filter(site_id=site_id).defer("document").order_by("-changed_at"))


def plan(plan_id: UUID, *, site_id: UUID, actor: Actor) -> DayPlan:
    """One of them (one query).

    Raises:
        NotAllowed, NotFound: see there.
    """
    allow(actor, SEE, site_id)
    found = DayPlan.objects.filter(pk=plan_id, site_id=site_id).first()
    if found is None:
        raise NotFound
    return found


def tries_of(holiday: UUID, *, site_id: UUID, actor: Actor) -> list[DayPlan]:
    """The plans of a day that try a plan for special days out, or that became it, the last changed first (one query).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, SEE, site_id)
    rows = DayPlan.objects.filter(site_id=site_id, holiday_id=holiday)
    return list(rows.defer("document").order_by("-changed_at"))


def tried(ids: Collection[UUID], *, site_id: UUID, actor: Actor) -> list[DayPlan]:
    """Those of the plans that have figures, in the order of the ids, at most as many as are compared (one query).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, SEE, site_id)
    rows = DayPlan.objects.filter(pk__in=list(ids)[:MOST_COMPARED], site_id=site_id, state=DONE)
    return sorted(rows, key=lambda row: list(ids).index(row.pk))


def findings(document: Mapping[str, Any]) -> list[Finding]:
    """What is wrong with a plan, or worth knowing."""
    try:
        return read(document)[1]
    except UnusablePlan as problem:
        return problem.findings


__all__ = [
    "CHANGE",
    "DONE",
    "DRAFT",
    "FAILED",
    "MOST_COMPARED",
    "RUNNING",
    "SEE",
    "WAITING",
    "Carried",
    "Comparison",
    "DayPlan",
    "Finding",
    "Left",
    "Way",
    "differences",
    "findings",
    "merge_comparison",
    "plan",
    "plans",
    "stretches",
    "tried",
    "tries_of",
]
