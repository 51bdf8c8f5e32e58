"""Giving money back: in parts, never more than came in, confirmed for exactly this payment and amount."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock, effects, step_up
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.payments import outside, store
from servicehall.rooms.payments.accounts import way_of
from servicehall.rooms.payments.events import RefundBegun, RefundEnded
from servicehall.rooms.payments.models import Intent, Provider, Refund
from servicehall.rooms.payments.queries import intent_of
from servicehall.rooms.payments.refusals import RefundOtherwise, TooMuch


def refund(
    *, intent_id: UUID, amount: int, reason: str, key: str, by: Actor, at: datetime | None = None
) -> Refund:
    """Give back a part or all of a payment; the same key again gives the same refund.

    Args:
        amount: in minor units of the payment's currency.
        key: chosen by the caller; the number of a refund that is wanted takes that one up.

    Raises:
        NotFound, NotAllowed: the actor may not give money back there.
        BadInput: no amount or no reason.
        TooMuch: more than is left. RefundOtherwise: the key was used for something else.
        NotSetUp: the account's keys cannot be used.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    found, moment = intent_of(intent_id), at or clock.now()
    allow(by, "payment.refund", found.site_id)
    if amount <= 0 or reason not in Refund.Reason.values or not 0 < len(key) <= 64:
        raise BadInput(errors={"amount": "1…", "reason": ", ".join(Refund.Reason.values), "key": "1–64"})
    way_of(found.account)  # before anything is meant
    with transaction(found.site_id):
        intent = store.lock_intent(intent_id)
        made = Refund.objects.filter(key=key).first()
        if made is not None and (made.intent_id != intent_id or made.amount != amount):
            raise RefundOtherwise
        if made is not None and made.state != Refund.State.WANTED:
            return made
        if amount > intent.refundable.minor:
            raise TooMuch
        step_up.demand(by, step_up.Operation("payment.refund", str(intent_id), amount, intent.currency))
        made = _begin(intent, made, amount=amount, reason=reason, key=key, by=by, moment=moment)
        if intent.provider == Provider.CASH:
            outside.end_refund(intent, made, "done")
            record(RefundEnded(intent.pk, made.pk, made.state), actor=by, at=moment, subject_id=intent.pk)
            return made
        entry = effects.intend(
            outside.REFUND, made.number, site_id=intent.site_id, subject_id=intent.pk, at=moment,
            request={
                "provider": intent.provider, "refund": str(made.pk), "amount": amount,
                "currency": intent.currency,
            },
        )  # fmt: skip
        made.intent = found
    begun = made
    effects.carry_out(entry, lambda: outside.call_refund(begun))
    return Refund.objects.get(pk=made.pk)


def _begin(
    intent: Intent, wanted: Refund | None, *, amount: int, reason: str, key: str, by: Actor, moment: datetime
) -> Refund:
    who = by.id if by.kind == "staff" else None
    if wanted is None:
        made = Refund(intent=intent, key=key, amount=amount, reason=reason, made_at=moment)
    else:
        made = wanted
    made.state, made.by_id = Refund.State.MEANT, who
    made.save()
    store.add(intent, "refund-begun", at=moment, source=by.kind, amount=amount, detail=made.number)
    fact = RefundBegun(intent.pk, made.pk, amount, intent.currency)
    record(fact, actor=by, at=moment, subject_id=intent.pk)
    return made
