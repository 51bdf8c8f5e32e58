"""What can be done about messages. The only writers of this room's table."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock, transactions
from servicehall.kernel.events import record
from servicehall.kernel.models import DataKey
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import transaction

from .events import MailboxOpened, MessageEnded, MessageMeant
from .models import Message
from .transports import MAILBOX, NotSent, way_for

log = logging.getLogger(__name__)


def send_message(
    *,
    organisation_id: UUID,
    kind: str,
    address: str,
    title: str,
    body: str,
    by: Actor,
    at: datetime | None = None,
) -> Message:
    """Mean to send a message; it goes out when the open transaction has ended, and stays when that is undone."""
    way, moment = way_for(kind), at or clock.now()
    with transaction(organisation_id):
        made = Message.objects.create(
            organisation_id=organisation_id,
            kind=kind,
            transport=way.name if way else MAILBOX,
            state=Message.State.MEANT if way else Message.State.KEPT,
            address=address,
            title=title,
            body=body,
            made_at=moment,
        )
        record(MessageMeant(made.pk, kind, made.transport), actor=by, at=moment, subject_id=made.pk)
        if way is not None:
            transactions.afterwards(lambda: deliver(made.pk))
    return made


def deliver(message_id: UUID) -> None:
    """Hand a message over, outside of any transaction. One that was handed over is not sent again."""
    row = Message.objects.filter(pk=message_id, state=Message.State.MEANT).first()
    way = way_for(row.kind) if row else None
    if row is None or way is None:
        return
    try:
        way.send(address=row.address, title=row.title, body=row.body)
        state = Message.State.DONE
    except NotSent as problem:
        log.error("message.not_sent id=%s transport=%s reason=%s", row.pk, way.name, problem)
        state = Message.State.FAILED
    now = clock.now()
    with transaction(row.organisation_id):
        Message.objects.filter(pk=row.pk).update(state=state, ended_at=now)
        record(MessageEnded(row.pk, state), actor=SYSTEM, at=now, subject_id=row.pk)


def open_mailbox(*, organisation_id: UUID, place: UUID, by: Actor, limit: int = 50) -> list[Message]:
    """The newest kept messages, to read; that somebody did is recorded.

    Raises:
        NotAllowed, NotFound: the actor may not read them.
    """
    from .queries import kept

    allow(by, "mailbox.see", place)
    found = kept(organisation_id, limit)
    with transaction(organisation_id):
        record(MailboxOpened(len(found)), actor=by, at=clock.now())
    return found


def forget_messages(*, organisation_id: UUID, addresses: list[str]) -> int:
    """Remove every message to these addresses with its key; in the open transaction. Returns how many."""
    indexes = [index_of(Message, "address_index", organisation_id, address) for address in addresses]
    return _remove(list(Message.objects.filter(organisation_id=organisation_id, address_index__in=indexes)))


def forget_old_messages(*, organisation_id: UUID, before: datetime, limit: int) -> int:
    """Remove messages made before a moment; in the open transaction. Returns how many."""
    rows = Message.objects.filter(organisation_id=organisation_id, made_at__lt=before)
    return _remove(list(rows.order_by("made_at")[:limit]))


def _remove(rows: list[Message]) -> int:
    ids = [row.pk for row in rows]
    Message.objects.filter(pk__in=ids).delete()
    DataKey.objects.filter(owner_id__in=ids).delete()
    return len(ids)
