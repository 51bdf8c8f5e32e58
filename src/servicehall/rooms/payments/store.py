"""The only place that locks intents and adds to what happened to them; always inside a transaction of their site."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import sql
from servicehall.kernel.errors import NotFound

from . import standing
from .models import Intent, IntentEvent
from .standing import Standing

PAUSES = (3, 5, 10, 20, 30, 60)
"""Seconds until the provider is asked about an order for the first, second … time, should it say nothing itself."""
_COLUMNS = tuple(Standing.__dataclass_fields__)


def lock_intent(intent_id: UUID) -> Intent:
    """The intent, held until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    rows = Intent.objects.filter(pk=intent_id)
    found = (rows.select_for_update() if sql.is_postgresql() else rows).first()
    if found is None:
        raise NotFound
    return found


def standing_of(intent: Intent) -> Standing:
    """The columns that events decide."""
    return Standing(**{name: getattr(intent, name) for name in _COLUMNS})


def add(
    intent: Intent,
    kind: str,
    *,
    at: datetime,
    source: str,
    amount: int = 0,
    transaction_id: str = "",
    notification: str = "",
    detail: str = "",
) -> IntentEvent:
    """Add to what happened to a locked intent, and let its row follow."""
    made = IntentEvent(
        intent=intent, kind=kind, at=at, source=source, amount=amount, transaction_id=transaction_id,
        notification=notification, detail=detail[:60],
    )  # fmt: skip
    found = asdict(standing.after(standing_of(intent), made))
    for name, value in found.items():
        setattr(intent, name, value)
    made.save(force_insert=True)
    if intent.state not in standing.OPEN:
        intent.ask_at = None
    intent.save(update_fields=[*found, "ask_at"])
    return made


def ask_later(intent: Intent, at: datetime) -> None:
    """Set when the provider is to be asked next about a locked intent."""
    pause = PAUSES[min(intent.asked, len(PAUSES) - 1)]
    intent.ask_at, intent.asked = at + timedelta(seconds=pause), intent.asked + 1
    intent.save(update_fields=["ask_at", "asked"])
