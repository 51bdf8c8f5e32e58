"""How long this room keeps alerts; that they were raised stays in the log of events."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel.retention import keep
from servicehall.kernel.transactions import transaction

from .models import Alert


def _forget(before: datetime, limit: int) -> int:
    with transaction():
        ids = list(Alert.objects.filter(last_at__lt=before).values_list("pk", flat=True)[:limit])
        Alert.objects.filter(pk__in=ids).delete()
    return len(ids)


keep(
    "alerts",
    days=400,
    count=lambda before: Alert.objects.filter(last_at__lt=before).count(),
    remove=_forget,
)
