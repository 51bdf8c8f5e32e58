"""Having an order made at the provider, whose QR code is then shown; or saying that cash was taken."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock, effects
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.payments import outside, store
from servicehall.rooms.payments.accounts import way_of
from servicehall.rooms.payments.events import PaymentOffered
from servicehall.rooms.payments.models import Intent, Provider
from servicehall.rooms.payments.providers.interface import Status
from servicehall.rooms.payments.queries import intent_of
from servicehall.rooms.payments.receiving import take_status
from servicehall.rooms.payments.refusals import AlreadyPaid, NotOpen, Unreachable
from servicehall.rooms.payments.standing import OPEN


def offer(*, intent_id: UUID, by: Actor, at: datetime | None = None) -> Intent:
    """Have the provider make the order; again gives the same. Its state says what came of it.

    Raises:
        NotFound, NotAllowed: the actor may not have it paid.
        AlreadyPaid, NotOpen: it is paid or closed.
        NotSetUp: the account's keys cannot be used. Unreachable: nothing got to the provider.
    """
    found, moment = intent_of(intent_id), at or clock.now()
    allow(by, "payment.open", found.site_id)
    if found.provider != Provider.CASH:
        way_of(found.account)  # before anything is meant
    with transaction(found.site_id):
        intent = _open(intent_id)
        if intent.state == "offered":
            return intent
        if intent.provider == Provider.CASH:
            store.add(intent, "offered", at=moment, source=by.kind)
            record(PaymentOffered(intent.pk, intent.provider), actor=by, at=moment, subject_id=intent.pk)
            return intent
        entry = effects.intend(
            outside.OFFER, outside.try_key(outside.OFFER, intent.number), site_id=intent.site_id,
            subject_id=intent.pk, at=moment,
            request={"provider": intent.provider, "amount": intent.amount, "currency": intent.currency},
        )  # fmt: skip
    if entry.is_new:  # whoever comes meanwhile waits for the first one's answer, or the worker's
        entry = effects.carry_out(entry, lambda: outside.call_offer(found))
    if entry.state == "failed" and entry.result.get("reason") == "unreachable":
        raise Unreachable
    return intent_of(intent_id)


def take_cash(*, intent_id: UUID, by: Actor, at: datetime | None = None) -> Intent:
    """Say that the cash was taken at the counter; again changes nothing.

    Raises:
        NotFound, NotAllowed: the actor may not say so there.
        BadInput: it is paid by another way. NotOpen: it is closed.
    """
    found, moment = intent_of(intent_id), at or clock.now()
    allow(by, "payment.cash", found.site_id)
    if found.provider != Provider.CASH:
        raise BadInput(errors={"provider": "cash"})
    with transaction(found.site_id):
        intent = store.lock_intent(intent_id)
        if intent.state == "paid":
            return intent
        if intent.state not in OPEN:
            raise NotOpen
        status = Status("paid", intent.money, intent.number, moment)
        take_status(intent, status, source=by.kind, at=moment, by=by)
    return intent


def _open(intent_id: UUID) -> Intent:
    intent = store.lock_intent(intent_id)
    if intent.state == "paid":
        raise AlreadyPaid
    if intent.state not in OPEN:
        raise NotOpen
    return intent
