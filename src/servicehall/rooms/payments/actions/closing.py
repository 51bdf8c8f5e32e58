"""Closing an intent, so that it can be paid no more: here, and at the provider where it was offered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock, effects
from servicehall.kernel.events import record
from servicehall.kernel.models import Effect
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.payments import outside, store
from servicehall.rooms.payments.events import PaymentClosed
from servicehall.rooms.payments.models import Intent, Provider
from servicehall.rooms.payments.queries import intent_of
from servicehall.rooms.payments.standing import OPEN

from .asking import ask


def close(*, intent_id: UUID, by: Actor, reason: str = "withdrawn", at: datetime | None = None) -> Intent:
    """Have it paid no more; what has ended stays as it is. When it was paid meanwhile, it is paid.

    Raises:
        NotFound, NotAllowed: the actor may not have it closed.
    """
    found, moment = intent_of(intent_id), at or clock.now()
    allow(by, "payment.open", found.site_id)
    with transaction(found.site_id):
        intent = store.lock_intent(intent_id)
        if intent.state not in OPEN:
            return intent
        if intent.provider == Provider.CASH or not _was_offered(intent):
            store.add(intent, "closed", at=moment, source=by.kind, detail=reason)
            record(PaymentClosed(intent.pk, reason), actor=by, at=moment, subject_id=intent.pk)
            return intent
        key = outside.try_key(outside.CLOSE, intent.number)
        entry = effects.intend(
            outside.CLOSE, key, site_id=intent.site_id, subject_id=intent.pk, at=moment,
            request={"provider": intent.provider, "reason": reason},
        )  # fmt: skip
    if entry.is_new:
        entry = effects.carry_out(entry, lambda: outside.call_close(found))
    if entry.state == "failed" and entry.result.get("reason") == "paid":
        return ask(intent_id=intent_id, by=by, at=at)
    return intent_of(intent_id)


def _was_offered(intent: Intent) -> bool:
    """Whether anything may have got to the provider."""
    return Effect.objects.filter(subject_id=intent.pk, kind=outside.OFFER).exclude(state="failed").exists()
