"""What this room does outside, as kinds of the effects ledger: how to ask about each, and what follows from it.

Orders, closings and refunds are keyed: a provider knows our number and does each once. What follows is
written in the transaction in which the ledger's entry is settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from servicehall.kernel import clock, effects
from servicehall.kernel.effects import Entry, Outcome
from servicehall.kernel.events import record
from servicehall.kernel.models import Effect
from servicehall.kernel.money import Money
from servicehall.kernel.rights import SYSTEM

from . import store
from .accounts import way_of
from .events import PaymentClosed, PaymentFailed, PaymentOffered, PaymentUnclear, RefundEnded
from .models import Intent, Refund
from .providers.interface import Given, NotDone, Order
from .receiving import want_back
from .standing import OPEN

OFFER, CLOSE, REFUND = "payment.offer", "payment.close", "payment.refund"
PATIENCE = timedelta(seconds=60)
SURPLUS = (Refund.Reason.LATE, Refund.Reason.TWICE)
WORDS = {
    "customer": "customer request",
    "mistake": "charged by mistake",
    "service": "service not given",
    "late": "paid after closing",
    "twice": "paid twice",
}
"""What a provider is told as the reason of a refund, and shows to the payer."""


def try_key(kind: str, number: str) -> str:
    """The ledger's key of the next try: one that failed for certain stays failed, and another one gets another key."""
    failed = Effect.objects.filter(kind=kind, key__startswith=f"{number}:", state=Effect.State.FAILED).count()
    return f"{number}:{failed}"


def _intent(entry: Entry) -> Intent:
    return Intent.objects.select_related("account").get(pk=UUID(str(entry.subject_id)))


def order_of(intent: Intent) -> Order:
    """The order as the provider is told."""
    path = reverse("payments:notify", args=[intent.provider, intent.account_id])
    return Order(
        intent.number, intent.money, intent.description, intent.expires_at,
        f"{settings.PUBLIC_URL.rstrip('/') or 'http://127.0.0.1:8000'}{path}",
    )  # fmt: skip


def given_of(refund: Refund) -> Given:
    """The refund as the provider is told."""
    intent = refund.intent
    return Given(
        intent.number,
        refund.number,
        Money(refund.amount, intent.currency),
        intent.money,
        WORDS[refund.reason],
    )


def call_offer(intent: Intent) -> Mapping[str, Any]:
    """Have the order made."""
    return {"qr": way_of(intent.account).offer(order_of(intent))}


def call_close(intent: Intent) -> Mapping[str, Any]:
    """Have the order closed."""
    way_of(intent.account).close(intent.number)
    return {}


def call_refund(refund: Refund) -> Mapping[str, Any]:
    """Have the money given back."""
    way_of(refund.intent.account).refund(given_of(refund))
    return {}


def _ask_offer(entry: Entry) -> Outcome:
    intent = _intent(entry)
    if intent.state not in OPEN:
        raise NotDone(reason="withdrawn")
    status = way_of(intent.account).query(intent.number)
    if status.state == "paid":
        return Outcome("done", {"qr": ""})
    if status.state in {"closed", "failed"}:
        raise NotDone(reason=status.state)
    # It waits, or is not there: with the same number they make it once, and tell the code again.
    return Outcome("done", call_offer(intent))


def _offered(entry: Entry) -> None:
    intent, now = store.lock_intent(UUID(str(entry.subject_id))), clock.now()
    if intent.state not in OPEN:
        return
    if entry.state == "done":
        intent.qr = str(entry.result.get("qr", ""))
        intent.save(update_fields=["qr"])
        store.add(intent, "offered", at=now, source="provider")
        store.ask_later(intent, now)
        record(PaymentOffered(intent.pk, intent.provider), actor=SYSTEM, at=now, subject_id=intent.pk)
    elif entry.state == "unknown":
        store.add(intent, "unclear", at=now, source="provider", detail="offer")
        record(PaymentUnclear(intent.pk), actor=SYSTEM, at=now, subject_id=intent.pk)
    elif (reason := str(entry.result.get("reason", ""))) not in {"unreachable", "not-there"}:
        store.add(intent, "offer-failed", at=now, source="provider", detail=reason)
        record(PaymentFailed(intent.pk, reason[:60]), actor=SYSTEM, at=now, subject_id=intent.pk)
    elif intent.state == "unknown":
        store.add(intent, "opened", at=now, source="provider", detail=reason)


def _ask_close(entry: Entry) -> Outcome:
    intent = _intent(entry)
    status = way_of(intent.account).query(intent.number)
    if status.state == "paid":
        raise NotDone(reason="paid")
    if status.state == "waiting":
        call_close(intent)
    return Outcome("done")


def _closed(entry: Entry) -> None:
    intent, now = store.lock_intent(UUID(str(entry.subject_id))), clock.now()
    if intent.state not in OPEN:
        return
    if entry.state == "done":
        reason = str(entry.request.get("reason", "withdrawn"))
        store.add(intent, "closed", at=now, source="provider", detail=reason)
        record(PaymentClosed(intent.pk, reason), actor=SYSTEM, at=now, subject_id=intent.pk)
    elif entry.state == "unknown":
        store.add(intent, "unclear", at=now, source="provider", detail="close")
        record(PaymentUnclear(intent.pk), actor=SYSTEM, at=now, subject_id=intent.pk)
    else:
        if intent.state == "unknown":
            store.add(intent, "offered", at=now, source="provider", detail="not-closed")
        store.ask_later(intent, now)


def _ask_refund(entry: Entry) -> Outcome:
    refund = Refund.objects.select_related("intent__account").get(pk=UUID(str(entry.request["refund"])))
    state = way_of(refund.intent.account).refund_state(given_of(refund))
    return Outcome(state, {"reason": "provider"} if state == "failed" else {})


def _refunded(entry: Entry) -> None:
    intent, now = store.lock_intent(UUID(str(entry.subject_id))), clock.now()
    refund = Refund.objects.get(pk=UUID(str(entry.request["refund"])))
    end_refund(intent, refund, entry.state, str(entry.result.get("reason", "")))
    record(RefundEnded(intent.pk, refund.pk, refund.state), actor=SYSTEM, at=now, subject_id=intent.pk)


def end_refund(intent: Intent, refund: Refund, state: str, detail: str = "") -> None:
    """Let a refund of a locked intent stand as it is known to; a surplus that was not given back is wanted again."""
    now, kinds = clock.now(), {"done": "refund-done", "failed": "refund-failed", "unknown": "refund-unclear"}
    refund.state, refund.detail = state, detail[:60]
    refund.ended_at = None if state == "unknown" else now
    refund.save(update_fields=["state", "detail", "ended_at"])
    store.add(intent, kinds[state], at=now, source="provider", amount=refund.amount, detail=refund.number)
    if state == "failed" and refund.reason in SURPLUS:
        want_back(intent.pk, refund.amount, refund.reason, refund.transaction_id, now)


_HOLDS = ("provider", "amount", "currency", "qr", "reason", "refund")
effects.effect(OFFER, "keyed", holds=_HOLDS, patience=PATIENCE, ask=_ask_offer, settled=_offered)
effects.effect(CLOSE, "keyed", holds=_HOLDS, patience=PATIENCE, ask=_ask_close, settled=_closed)
effects.effect(REFUND, "keyed", holds=_HOLDS, patience=PATIENCE, ask=_ask_refund, settled=_refunded)
