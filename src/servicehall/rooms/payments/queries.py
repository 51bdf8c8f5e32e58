"""Reads of payments, for screens and for the rooms above. Never write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from servicehall.kernel.errors import NotFound
from servicehall.kernel.money import Money
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall

from .models import Account, Intent, IntentEvent, Provider, Reconciliation, Refund

SEE = "payment.see"
STATES = Intent.State.choices
PROVIDERS = Provider.choices
REASONS = [
    choice for choice in Refund.Reason.choices if choice[0] not in {Refund.Reason.LATE, Refund.Reason.TWICE}
]


def intent_of(intent_id: UUID) -> Intent:
    """The intent with its account, for the room's own acts.

    Raises:
        NotFound: there is none.
    """
    found = Intent.objects.select_related("account").filter(pk=intent_id).first()
    if found is None:
        raise NotFound
    return found


def intent(intent_id: UUID, *, site_id: UUID, actor: Actor) -> Intent:
    """An intent of the site.

    Raises:
        NotFound, NotAllowed: it is not there, or the actor may not see payments there.
    """
    allow(actor, SEE, site_id)
    found = Intent.objects.select_related("account", "site").filter(pk=intent_id, site_id=site_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a site's payments is looked at."""

    state: str = ""
    provider: str = ""
    number: str = ""
    start: datetime | None = None
    end: datetime | None = None
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some intents, the newest first, and where the next ones begin."""

    rows: list[Intent]
    next: str = ""
    tasks: dict[UUID, int] = field(default_factory=dict)


def intents(
    site_id: UUID, *, actor: Actor, filters: Filters, after: UUID | None = None, limit: int = 50
) -> Page:
    """The site's intents, from ``after`` on (two queries).

    Raises:
        NotFound, NotAllowed: the actor may not see payments there.
    """
    allow(actor, SEE, site_id)
    rows = _filtered(site_id, filters).order_by("-pk")
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: limit + 1])
    more, found = found[limit:], found[:limit]
    tasks: dict[UUID, int] = {}
    wanted = Refund.objects.filter(intent__in=[one.pk for one in found], state=Refund.State.WANTED)
    for one in wanted.values_list("intent_id", flat=True):
        tasks[one] = tasks.get(one, 0) + 1
    return Page(found, str(found[-1].pk) if more else "", tasks)


def _filtered(site_id: UUID, filters: Filters) -> QuerySet[Intent]:
    rows = Intent.objects.filter(site_id=site_id)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.provider:
        rows = rows.filter(provider=filters.provider)
    if filters.start is not None:
        rows = rows.filter(opened_at__gte=filters.start)
    if filters.end is not None:
        rows = rows.filter(opened_at__lt=filters.end)
    if filters.wanted:
        rows = rows.filter(refunds__state=Refund.State.WANTED).distinct()
    if filters.number:
        rows = rows.filter(transaction_id=filters.number) | rows.filter(pk__in=_ids(filters.number))
    return rows


def _ids(number: str) -> list[UUID]:
    try:
        return [UUID(number)]
    except ValueError:
        return []


def rows_of(site_id: UUID, start: datetime, end: datetime, *, actor: Actor) -> Iterator[Intent]:
    """The intents that were opened in a span, oldest first, for a file.

    Raises:
        NotFound, NotAllowed: the actor may not take them out there.
    """
    allow(actor, "payment.reconcile", site_id)
    return _filtered(site_id, Filters(start=start, end=end)).order_by("pk").iterator(chunk_size=500)


def events_of(intent: Intent) -> list[IntentEvent]:
    """What happened to an intent, in order."""
    return list(intent.events.order_by("pk"))


def refunds_of(intent: Intent) -> list[Refund]:
    """The refunds of an intent, in order."""
    return list(intent.refunds.order_by("pk"))


def wanted_count(site_id: UUID, *, actor: Actor) -> int:
    """How many surpluses wait for a decision; 0 for who may not see them (one query)."""
    if not actor.may(SEE, site_id):
        return 0
    return Refund.objects.filter(intent__site_id=site_id, state=Refund.State.WANTED).count()


def account_of(account_id: UUID, site_id: UUID) -> Account | None:
    """The account, when it is one of the site's organisation."""
    organisation = hall.places_above([site_id])[site_id][1]
    return Account.objects.filter(pk=account_id, organisation_id=organisation).first()


def accounts(site_id: UUID) -> list[Account]:
    """The ways of paying in use at a site, in their usual order."""
    organisation = hall.places_above([site_id])[site_id][1]
    rows = Account.objects.filter(organisation_id=organisation, is_active=True)
    return sorted(rows, key=lambda one: Provider.values.index(one.provider))


def reconciliations(account: Account, *, limit: int = 31) -> list[Reconciliation]:
    """The newest comparisons of an account."""
    return list(Reconciliation.objects.filter(account=account).order_by("-day", "-pk")[:limit])


def reconciliation(account: Account, day: date) -> Reconciliation | None:
    """The newest comparison of a day."""
    return Reconciliation.objects.filter(account=account, day=day).order_by("-pk").first()


def receipt_of(intent: Intent) -> dict[str, Any]:
    """What stands on the receipt of a paid intent: programs' values, and money to be said in words.

    Raises:
        NotFound: it was not paid.
    """
    if intent.paid_at is None:
        raise NotFound
    back = Refund.objects.filter(intent=intent, state=Refund.State.DONE).values_list("amount", flat=True)
    return {
        "number": intent.number,
        "site": intent.site.names,
        "description": intent.description,
        "money": intent.money,
        "provider": intent.provider,
        "transaction_id": intent.transaction_id,
        "paid_at": intent.paid_at,
        "given_back": Money(sum(back), intent.currency),
    }


def ways(organisation_id: UUID, *, to_staff: bool = False) -> list[tuple[str, str]]:
    """How customers can pay at an organisation, by themselves or to staff: providers in use, their names (one query)."""
    rows = Account.objects.filter(organisation_id=organisation_id, is_active=True)
    if not to_staff:
        rows = rows.exclude(provider=Provider.CASH)
    return [(one.provider, str(one.get_provider_display())) for one in rows.order_by("provider")]
