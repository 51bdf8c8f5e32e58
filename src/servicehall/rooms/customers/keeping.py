"""How long this room keeps what: codes, messages, customers who never came back."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel.retention import keep
from servicehall.kernel.transactions import transaction
from servicehall.rooms.messages import actions as messages
from servicehall.rooms.messages import queries as message_queries

from .actions.erasing import erase_unseen
from .models import ContactCode
from .queries.records import unseen_since


def _forget_codes(before: datetime, limit: int) -> int:
    with transaction():
        ids = list(ContactCode.objects.filter(sent_at__lt=before).values_list("pk", flat=True)[:limit])
        ContactCode.objects.filter(pk__in=ids).delete()
    return len(ids)


def _forget_messages(before: datetime, limit: int) -> int:
    count = 0
    for organisation in message_queries.organisations_with_old(before):
        with transaction(organisation):
            count += messages.forget_old_messages(organisation_id=organisation, before=before, limit=limit)
    return count


keep(
    "customers.codes",
    days=1,
    count=lambda before: ContactCode.objects.filter(sent_at__lt=before).count(),
    remove=_forget_codes,
)
keep("messages", days=7, count=message_queries.made_before, remove=_forget_messages)
keep("customers.unseen", days=730, count=lambda before: unseen_since(before).count(), remove=erase_unseen)
