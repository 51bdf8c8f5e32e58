"""How long this room keeps calls. They hold no inputs and no answers."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel.retention import keep
from servicehall.kernel.transactions import transaction

from .models import Call


def _forget(before: datetime, limit: int) -> int:
    with transaction():
        ids = list(Call.objects.filter(at__lt=before).values_list("pk", flat=True)[:limit])
        Call.objects.filter(pk__in=ids).delete()
    return len(ids)


keep(
    "connectors.calls",
    days=30,
    count=lambda before: Call.objects.filter(at__lt=before).count(),
    remove=_forget,
)
