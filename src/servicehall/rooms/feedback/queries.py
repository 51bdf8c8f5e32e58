"""Reads of feedback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Q, QuerySet

from servicehall.kernel.rights import Actor, allow

from . import phrases
from .models import Rating

Span = tuple[datetime, datetime]
"""From, up to but not including."""


def rating_of(ticket_id: UUID) -> Rating | None:
    """The rating of a ticket's visit."""
    return Rating.objects.filter(ticket_id=ticket_id).first()


def reasons() -> dict[str, dict[str, str]]:
    """The reasons that can be tapped, good and bad, in the current language."""
    return {
        "good": {key: str(words) for key, words in phrases.GOOD.items()},
        "bad": {key: str(words) for key, words in phrases.BAD.items()},
    }


def _of(rows: Mapping[str, Any]) -> dict[str, Any]:
    n = rows["n"]
    return {"count": n, "mean": rows["mean"], "csat": rows["good"] / n if n else None}


_SUMS = {"n": Count("id"), "mean": Avg("score"), "good": Count("id", filter=Q(score__gte=4))}


def _in(site_id: UUID, span: Span | None, counters: list[UUID] | None) -> QuerySet[Rating]:
    found = Rating.objects.filter(site_id=site_id)
    if span:
        found = found.filter(rated_at__gte=span[0], rated_at__lt=span[1])
    if counters is not None:
        found = found.filter(counter_id__in=counters)
    return found


def satisfaction(
    site_id: UUID, *, start: datetime, end: datetime, actor: Actor, counters: list[UUID] | None = None
) -> dict[str, Any]:
    """Number, mean score and share of 4 and 5 of the ratings in a time, of some counters only if told so."""
    allow(actor, "ops.see", site_id)
    return _of(_in(site_id, (start, end), counters).aggregate(**_SUMS))


def satisfaction_of_sites(spans: Mapping[UUID, Span], *, actor: Actor) -> dict[UUID, dict[str, Any]]:
    """The same for several sites, each in its own time (one query); sites without a rating are left out."""
    wanted = Q(pk__in=[])
    for site_id, (start, end) in spans.items():
        allow(actor, "ops.see", site_id)
        wanted |= Q(site_id=site_id, rated_at__gte=start, rated_at__lt=end)
    if not spans:
        return {}
    rows = Rating.objects.filter(wanted).values("site_id").annotate(**_SUMS)
    return {row["site_id"]: _of(row) for row in rows}


def satisfaction_by_service(
    site_id: UUID, *, start: datetime, end: datetime, actor: Actor, counters: list[UUID] | None = None
) -> dict[UUID | None, dict[str, Any]]:
    """The same by service (one query), under None for what customers did by themselves; none without a rating."""
    allow(actor, "ops.see", site_id)
    rows = _in(site_id, (start, end), counters).values("service_id").annotate(**_SUMS)
    return {row["service_id"]: _of(row) for row in rows}


def latest(
    site_id: UUID,
    *,
    actor: Actor,
    limit: int = 20,
    span: Span | None = None,
    counters: list[UUID] | None = None,
) -> list[Rating]:
    """The newest ratings of a site, in a time or of some counters only if told so."""
    allow(actor, "ops.see", site_id)
    return list(_in(site_id, span, counters).order_by("-rated_at")[:limit])
