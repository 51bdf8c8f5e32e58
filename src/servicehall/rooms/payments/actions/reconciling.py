"""Comparing a day with the provider's statement: what is missing on either side, what has another amount."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.effects import NotDone
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.money import Money
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.payments import statement
from servicehall.rooms.payments.accounts import way_of
from servicehall.rooms.payments.events import PaymentsReconciled
from servicehall.rooms.payments.models import Account, IntentEvent, Provider, Reconciliation, Refund
from servicehall.rooms.payments.providers.interface import BillLine, Unclear
from servicehall.rooms.payments.queries import account_of
from servicehall.rooms.payments.refusals import NoStatement

ZONE = "Asia/Shanghai"
"""Both providers' statements have Beijing days."""


def reconcile(
    *,
    site_id: UUID,
    account_id: UUID,
    day: date,
    by: Actor,
    lines: Collection[BillLine] | None = None,
    at: datetime | None = None,
) -> Reconciliation:
    """Compare a day of an account of the site's organisation with its statement (``lines``, else the provider's).

    Raises:
        NotFound, NotAllowed: the actor may not compare there, or it is another organisation's account.
        BadInput: cash has no statement; the day has not ended.
        NotSetUp, NoStatement: the provider cannot be asked or has none.
    """
    allow(by, "payment.reconcile", site_id)
    account, moment = account_of(account_id, site_id), at or clock.now()
    start, end = (clock.moment_of(day + timedelta(days=n), time(0), ZONE) for n in (0, 1))
    if account is None:
        raise NotFound
    if account.provider == Provider.CASH or end > moment:
        raise BadInput(errors={"day": "a day that has ended, of a provider with statements"})
    theirs = _bill(account, day) if lines is None else list(lines)
    matched, differences = statement.compare(
        theirs,
        of_day=_ours(account, start=start, end=end),
        known={statement.key(line): line for line in _ours(account, numbers={t.number for t in theirs})},
    )
    with transaction(account.organisation_id):
        made = Reconciliation.objects.create(
            account=account, day=day, made_at=moment, by_id=by.id if by.kind == "staff" else None,
            matched=matched, differences=[one.plain() for one in differences],
        )  # fmt: skip
        reason = "differences" if differences else "even"
        fact = PaymentsReconciled(account.pk, day.isoformat(), matched, len(differences), reason)
        record(fact, actor=by, at=moment, subject_id=account.pk)
    return made


def _bill(account: Account, day: date) -> list[BillLine]:
    try:
        return way_of(account).bill(day)
    except (Unclear, NotDone):
        raise NoStatement from None


def _ours(
    account: Account,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    numbers: Collection[str] | None = None,
) -> list[BillLine]:
    """Our own lines: of a span, or with these numbers of any day."""
    came = IntentEvent.objects.filter(intent__account=account, kind__in=("paid", "surplus"))
    went = Refund.objects.filter(intent__account=account, state=Refund.State.DONE)
    if numbers is not None:
        ids = {UUID(hex=one) for one in numbers if _is_ours(one)}
        came, went = came.filter(intent__in=ids), went.filter(pk__in=ids)
    else:
        came, went = (
            came.filter(at__gte=start, at__lt=end),
            went.filter(ended_at__gte=start, ended_at__lt=end),
        )
    payments = [
        BillLine("payment", one.intent.number, Money(one.amount, one.intent.currency), one.transaction_id)
        for one in came.select_related("intent")
    ]
    refunds = [
        BillLine("refund", one.number, Money(one.amount, one.intent.currency))
        for one in went.select_related("intent")
    ]
    return payments + refunds


def _is_ours(number: str) -> bool:
    return len(number) == 32 and all(c in "0123456789abcdef" for c in number)
