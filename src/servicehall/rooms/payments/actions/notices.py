"""What providers tell of their own accord. Nobody is signed in there: the signature is the credential."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.payments import store
from servicehall.rooms.payments.accounts import way_of
from servicehall.rooms.payments.events import NotificationRefused
from servicehall.rooms.payments.models import Account, Intent, IntentEvent
from servicehall.rooms.payments.providers.interface import Notice, NoticeRefused
from servicehall.rooms.payments.receiving import take_status
from servicehall.rooms.payments.refusals import NotificationNotBelieved


def take_notification(
    *, provider: str, account_id: UUID, headers: Mapping[str, str], body: bytes, at: datetime | None = None
) -> Intent | None:
    """Check a notification and let its order stand as it says; the same one again changes nothing.

    Args:
        headers: with names in small letters.

    Raises:
        NotFound: there is no such account.
        NotSetUp: its keys cannot be used.
        NotificationNotBelieved: forged, old, for another merchant, of an unknown order, or of another amount.
    """
    account = Account.objects.filter(pk=account_id, provider=provider, is_active=True).first()
    if account is None:
        raise NotFound
    way, moment = way_of(account), at or clock.now()
    try:
        notice = way.read_notice(headers, body, moment)
    except NoticeRefused as refused:
        _refuse(account, refused.reason, moment)
    if notice.about != "payment" or notice.status is None:
        return None  # refunds are asked about anyway
    found = _order(account, notice)
    if found is None:
        _refuse(account, "unknown-order", moment)
    name = f"{provider}:{notice.id}"[:80]
    with transaction(found.site_id):
        intent = store.lock_intent(found.pk)
        if IntentEvent.objects.filter(notification=name).exists():
            return intent
        fits = take_status(intent, notice.status, source="notification", at=moment, notification=name)
    if not fits:
        raise NotificationNotBelieved("amount")
    return intent


def _order(account: Account, notice: Notice) -> Intent | None:
    try:
        return Intent.objects.filter(pk=UUID(hex=notice.number), account=account).first()
    except ValueError:
        return None


def _refuse(account: Account, reason: str, moment: datetime) -> NoReturn:
    """Record it in the organisation's log: it belongs to no order. Always raises."""
    with transaction(account.organisation_id):
        record(NotificationRefused(account.pk, reason), actor=SYSTEM, at=moment, subject_id=account.pk)
    raise NotificationNotBelieved(reason)
