"""Messages that a customer may refuse: reminders, offers. Who wants none of a kind, and how many a day are enough.

What answers an act of the customer's own (a booking confirmed, a one-time code) is never refused here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import Refused
from servicehall.kernel.events import record
from servicehall.kernel.models import DataKey
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction

from .events import MessagesAccepted, MessagesRefused
from .models import Message, Refusal

DAY = timedelta(hours=24)


class Unwanted(Refused):
    """They refused such messages, or got as many within a day as are enough."""

    kind = "message-unwanted"
    title = _("This message is not wanted")
    advice = _("Nothing was sent.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


def demand_wanted(organisation_id: UUID, kind: str, address: str, at: datetime) -> None:
    """In the organisation's line, so that of two messages the second sees the first.

    Raises:
        Unwanted: ``refused``, or ``enough`` today.
    """
    if refused_kinds(organisation_id, {kind: address}):
        raise Unwanted("refused")
    index = index_of(Message, "address_index", organisation_id, address)
    rows = Message.objects.filter(
        organisation_id=organisation_id, address_index=index, kind=kind, is_optional=True
    )
    if rows.filter(made_at__gt=at - DAY).count() >= settings.OPTIONAL_TO_ONE_A_DAY:
        raise Unwanted("enough")


def refused_kinds(organisation_id: UUID, addresses: dict[str, str]) -> set[str]:
    """Of these addresses by kind, the kinds that were refused."""
    found = set()
    for kind, address in addresses.items():
        index = index_of(Refusal, "address_index", organisation_id, address)
        if Refusal.objects.filter(organisation_id=organisation_id, kind=kind, address_index=index).exists():
            found.add(kind)
    return found


def refuse(*, organisation_id: UUID, kind: str, address: str, by: Actor, at: datetime | None = None) -> None:
    """They want no messages of the kind that they may refuse. Said again it changes nothing."""
    moment = at or clock.now()
    with transaction(organisation_id):
        if refused_kinds(organisation_id, {kind: address}):
            return
        row = Refusal.objects.create(
            organisation_id=organisation_id, kind=kind, address=address, made_at=moment
        )
        record(MessagesRefused(row.pk, kind), actor=by, at=moment, subject_id=row.pk)


def accept_again(
    *, organisation_id: UUID, kind: str, address: str, by: Actor, at: datetime | None = None
) -> None:
    """They want them again. Said again it changes nothing."""
    moment = at or clock.now()
    with transaction(organisation_id):
        index = index_of(Refusal, "address_index", organisation_id, address)
        rows = Refusal.objects.filter(organisation_id=organisation_id, kind=kind, address_index=index)
        for pk in _remove(list(rows)):
            record(MessagesAccepted(pk, kind), actor=by, at=moment, subject_id=pk)


def forget(organisation_id: UUID, addresses: list[str]) -> None:
    """Remove what these addresses refused; in the open transaction."""
    indexes = [index_of(Refusal, "address_index", organisation_id, address) for address in addresses]
    _remove(list(Refusal.objects.filter(organisation_id=organisation_id, address_index__in=indexes)))


def _remove(rows: list[Refusal]) -> list[UUID]:
    ids = [row.pk for row in rows]
    Refusal.objects.filter(pk__in=ids).delete()
    DataKey.objects.filter(owner_id__in=ids).delete()
    return ids
