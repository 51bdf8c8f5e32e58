"""How long answers are kept: as many days after the last change as their flow says."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel.protection import keys
from servicehall.kernel.retention import keep
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction

from .models import Instance


def _count(before: datetime) -> int:
    return Instance.objects.filter(forget_at__lt=before, answers__isnull=False).count()


def _forget(before: datetime, limit: int) -> int:
    due = Instance.objects.filter(forget_at__lt=before, answers__isnull=False)
    listed = list(due.values_list("pk", "site_id")[:limit])
    for pk, site_id in listed:
        with transaction(site_id):
            keys.destroy(pk, by=SYSTEM)
            Instance.objects.filter(pk=pk).update(answers=None)
    return len(listed)


keep("services.answers", days=0, count=_count, remove=_forget)
