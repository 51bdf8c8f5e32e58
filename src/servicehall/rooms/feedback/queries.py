"""Reads of feedback."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Q

from servicehall.kernel.rights import Actor, allow

from . import phrases
from .models import Rating


def rating_of(ticket_id: UUID) -> Rating | None:
    """The rating of a ticket's visit."""
    return Rating.objects.filter(ticket_id=ticket_id).first()


def reasons() -> dict[str, dict[str, str]]:
    """The reasons that can be tapped, good and bad, in the current language."""
    return {
        "good": {key: str(words) for key, words in phrases.GOOD.items()},
        "bad": {key: str(words) for key, words in phrases.BAD.items()},
    }


def satisfaction(site_id: UUID, *, start: datetime, end: datetime, actor: Actor) -> dict[str, Any]:
    """Number, mean score and share of 4 and 5 of the ratings in a time."""
    allow(actor, "ops.see", site_id)
    found = Rating.objects.filter(site_id=site_id, rated_at__gte=start, rated_at__lt=end).aggregate(
        n=Count("id"), mean=Avg("score"), good=Count("id", filter=Q(score__gte=4))
    )
    return {
        "count": found["n"],
        "mean": found["mean"],
        "csat": found["good"] / found["n"] if found["n"] else None,
    }


def latest(site_id: UUID, *, actor: Actor, limit: int = 20) -> list[Rating]:
    """The newest ratings of a site."""
    allow(actor, "ops.see", site_id)
    return list(Rating.objects.filter(site_id=site_id).order_by("-rated_at")[:limit])
