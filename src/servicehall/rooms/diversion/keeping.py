"""How long times of load are kept; that they were stays in the log of events."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel.retention import keep
from servicehall.kernel.transactions import transaction

from .models import Episode


def _forget(before: datetime, limit: int) -> int:
    with transaction():
        ids = list(Episode.objects.filter(over_at__lt=before).values_list("pk", flat=True)[:limit])
        Episode.objects.filter(pk__in=ids).delete()
    return len(ids)


keep(
    "diversion.episodes",
    days=400,
    count=lambda before: Episode.objects.filter(over_at__lt=before).count(),
    remove=_forget,
)
