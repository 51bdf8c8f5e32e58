"""Opening an intent: once for a reference and revision; a changed one closes what was to be paid before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.money import Money
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.payments import store
from servicehall.rooms.payments.events import PaymentOpened
from servicehall.rooms.payments.models import Account, Intent, Provider
from servicehall.rooms.payments.refusals import (
    AlreadyPaid,
    NoSuchWay,
    OtherIntent,
    OutdatedRevision,
    StillOpen,
)
from servicehall.rooms.payments.standing import OPEN

from .closing import close

LONGEST_DESCRIPTION = 40
"""Characters that both providers show, also in Chinese (WeChat Pay: 127 bytes)."""
_WORD = re.compile(r"[a-z][a-z0-9-]{0,29}")


def open_intent(
    *,
    site_id: UUID,
    reference_kind: str,
    reference_id: UUID,
    revision: int,
    money: Money,
    description: str,
    provider: str,
    by: Actor,
    at: datetime | None = None,
) -> Intent:
    """Mean to have something paid. The same reference and revision again gives the same intent.

    Args:
        description: what the payer reads; never anything about a person.

    Raises:
        NotAllowed, NotFound: the actor may not have anything paid there.
        BadInput: no amount, or no fitting words.
        NoSuchWay: the organisation does not take money by this way.
        OtherIntent: the revision was used for something else. OutdatedRevision: there is a newer one.
        AlreadyPaid: an earlier revision was paid.
        StillOpen: nobody knows yet whether an earlier one can still be paid.
    """
    allow(by, "payment.open", site_id)
    _check(reference_kind, revision, money, description)
    account, moment = _account(site_id, provider, money), at or clock.now()
    wanted = Intent(
        site_id=site_id, account=account, provider=provider, reference_kind=reference_kind,
        reference_id=reference_id, revision=revision, amount=money.minor, currency=money.currency,
        description=description.strip(), opened_at=moment,
        expires_at=moment + timedelta(minutes=settings.PAYMENT_MINUTES),
    )  # fmt: skip
    same, earlier = _earlier(wanted)
    if same is not None:
        return same
    if earlier is not None and earlier.state in OPEN:
        # The call outside of the transaction comes first; inside it is looked at once more.
        close(intent_id=earlier.pk, by=by, reason="replaced", at=at)
    with transaction(site_id):
        same, earlier = _earlier(wanted)
        if same is not None:
            return same
        if earlier is not None and earlier.state in OPEN:
            raise StillOpen
        wanted.save(force_insert=True)
        store.add(wanted, "opened", at=moment, source=by.kind, amount=money.minor)
        fact = PaymentOpened(
            wanted.pk, reference_kind, reference_id, revision, money.minor, money.currency, provider
        )
        record(fact, actor=by, at=moment, subject_id=wanted.pk)
    return wanted


def _check(reference_kind: str, revision: int, money: Money, description: str) -> None:
    errors = {}
    if money.minor <= 0:
        errors["amount"] = gettext("Enter an amount above zero.")
    if not 0 < len(description.strip()) <= LONGEST_DESCRIPTION or not description.strip().isprintable():
        errors["description"] = gettext("Say in at most %(most)d characters what is paid for.") % {
            "most": LONGEST_DESCRIPTION
        }
    if not _WORD.fullmatch(reference_kind) or not 0 <= revision < 2**31:
        errors["reference"] = gettext("Name what is paid for by a kind, an id and a revision.")
    if errors:
        raise BadInput(errors=errors)


def _account(site_id: UUID, provider: str, money: Money) -> Account:
    organisation = hall.places_above([site_id])[site_id][1]
    found = Account.objects.filter(organisation_id=organisation, provider=provider, is_active=True).first()
    if found is None or (provider != Provider.CASH and money.currency != "CNY"):
        raise NoSuchWay
    return found


def _earlier(wanted: Intent) -> tuple[Intent | None, Intent | None]:
    """The intent of the very revision, and the newest one of the reference."""
    rows = Intent.objects.filter(reference_kind=wanted.reference_kind, reference_id=wanted.reference_id)
    newest = rows.order_by("-revision").first()
    if newest is None:
        return None, None
    same = newest if newest.revision == wanted.revision else rows.filter(revision=wanted.revision).first()
    if same is not None:
        fields = ("site_id", "account_id", "amount", "currency")
        if any(getattr(same, name) != getattr(wanted, name) for name in fields):
            raise OtherIntent
        return same, newest
    if rows.filter(state="paid").exists():
        raise AlreadyPaid
    if newest.revision > wanted.revision:
        raise OutdatedRevision
    return None, newest
