"""How long this room keeps deliveries. What they were about stays in the log of events."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel.retention import keep
from servicehall.kernel.transactions import transaction

from .models import Delivery


def _forget(before: datetime, limit: int) -> int:
    with transaction():
        ids = list(Delivery.objects.filter(made_at__lt=before).values_list("pk", flat=True)[:limit])
        Delivery.objects.filter(pk__in=ids).delete()
    return len(ids)


keep(
    "webhooks.deliveries",
    days=30,
    count=lambda before: Delivery.objects.filter(made_at__lt=before).count(),
    remove=_forget,
)
