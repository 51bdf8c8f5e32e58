"""What a provider's word about an order does to it: paid once, or a surplus that is to be given back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor

from . import store
from .events import NotificationRefused, PaymentClosed, PaymentPaid, PaymentSurplus
from .models import Intent, Refund
from .providers.interface import Status
from .standing import OPEN


def take_status(
    intent: Intent, status: Status, *, source: str, at: datetime, notification: str = "", by: Actor = SYSTEM
) -> bool:
    """Let a locked intent follow what the provider says. False: the amount is another one, nothing was changed."""
    if status.state == "closed":
        if intent.state in OPEN:
            store.add(intent, "closed", at=at, source=source, detail="expired", notification=notification)
            record(PaymentClosed(intent.pk, "expired"), actor=by, at=at, subject_id=intent.pk)
        return True
    if status.state != "paid" or status.money is None:
        return True
    if status.money != intent.money:
        _refuse_amount(intent, status, source=source, at=at)
        return False
    _receive(intent, status, source=source, at=at, notification=notification, by=by)
    return True


def _receive(
    intent: Intent, status: Status, *, source: str, at: datetime, notification: str, by: Actor
) -> None:
    if _is_known(intent, status.transaction_id):
        return
    # The provider's own moment, which decides on whose statement it is; a clock that runs ahead is not believed.
    when = status.at if status.at and intent.opened_at - timedelta(hours=1) < status.at <= at else at
    given = {"amount": intent.amount, "transaction_id": status.transaction_id, "notification": notification}
    if intent.state in OPEN:
        store.add(intent, "paid", at=when, source=source, **given)  # type: ignore[arg-type]
        fact = PaymentPaid(
            intent.pk, intent.reference_kind, intent.reference_id, intent.amount, intent.currency,
            intent.provider,
        )  # fmt: skip
        record(fact, actor=by, at=at, subject_id=intent.pk)
        return
    reason = Refund.Reason.TWICE if intent.state == "paid" else Refund.Reason.LATE
    store.add(intent, "surplus", at=when, source=source, detail=reason, **given)  # type: ignore[arg-type]
    want_back(intent.pk, intent.amount, reason, status.transaction_id, at)


def want_back(intent_id: UUID, amount: int, reason: str, transaction_id: str, at: datetime) -> None:
    """Have somebody decide about money that came in when nothing was to be paid; tells managers."""
    made = Refund(
        intent_id=intent_id, amount=amount, reason=reason, transaction_id=transaction_id,
        state=Refund.State.WANTED, made_at=at,
    )  # fmt: skip
    made.key = made.number
    made.save(force_insert=True)
    record(PaymentSurplus(intent_id, made.pk, amount, reason), actor=SYSTEM, at=at, subject_id=intent_id)


def _is_known(intent: Intent, transaction_id: str) -> bool:
    if intent.state == "paid" and intent.transaction_id == transaction_id:
        return True
    return intent.events.filter(kind__in=("paid", "surplus"), transaction_id=transaction_id).exists()


def _refuse_amount(intent: Intent, status: Status, *, source: str, at: datetime) -> None:
    amount = status.money.minor if status.money else 0
    detail = f"amount {amount} {status.money.currency if status.money else ''}"
    if intent.events.filter(kind="refused", detail=detail, transaction_id=status.transaction_id).exists():
        return  # said before: asking every minute must not alarm every minute
    store.add(
        intent, "refused", at=at, source=source, amount=amount, transaction_id=status.transaction_id,
        detail=detail,
    )  # fmt: skip
    record(NotificationRefused(intent.account_id, "amount"), actor=SYSTEM, at=at, subject_id=intent.pk)
