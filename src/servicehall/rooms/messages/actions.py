"""What can be done about messages. With allowance.py and delivering.py the only writers of this room's tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.models import DataKey
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.people import queries as people

from . import allowance, refusing
from .allowance import NumberTextedOften, TextsUsedUp
from .allowance import over as texts_over
from .delivering import SEND, deliver
from .events import MailboxOpened, MessageEnded, MessageMeant
from .models import Message, Reading
from .refusing import Unwanted, accept_again, refuse
from .transports import MAILBOX, way_for
from .wechat_login import NoOpenid
from .wechat_login import openid_of as wechat_openid

__all__ = [
    "NoOpenid",
    "NumberTextedOften",
    "TextsUsedUp",
    "Unwanted",
    "accept_again",
    "deliver",
    "forget_messages",
    "forget_old_messages",
    "note_receipt",
    "open_mailbox",
    "refuse",
    "send_message",
    "texts_over",
    "wechat_openid",
]
ONCE_IN = timedelta(hours=1)


def send_message(
    *,
    organisation_id: UUID,
    kind: str,
    address: str,
    title: str,
    body: str,
    by: Actor,
    secret: str = "",
    good_until: datetime | None = None,
    template: str = "",
    values: Mapping[str, str] | None = None,
    calendar: str = "",
    is_optional: bool = False,
    at: datetime | None = None,
) -> Message:
    """Mean to send a message; the worker sends it when the open transaction has ended, unless that is undone.

    Args:
        secret: the one-time code in the text, which staff are not shown.
        good_until: when it is no use any more, so that it is not tried after that.
        template, values: for ways that send approved texts only.
        calendar: a part in iCalendar, for e-mail.
        is_optional: the customer may refuse it.

    Raises:
        NumberTextedOften, TextsUsedUp: it is a text message, and the day's are used up.
        Unwanted: it is optional, and they refused such messages or got enough of them today.
    """
    way, moment = way_for(kind), at or clock.now()
    with transaction(organisation_id):
        if is_optional:
            refusing.demand_wanted(organisation_id, kind, address, moment)
        if kind == Message.Kind.SMS:
            allowance.take(organisation_id=organisation_id, address=address, at=moment)
        made = Message.objects.create(
            organisation_id=organisation_id,
            kind=kind,
            transport=way.name if way else MAILBOX,
            state=Message.State.MEANT if way else Message.State.KEPT,
            address=address,
            title=title,
            body=body,
            secret=secret,
            template=template,
            values=json.dumps(dict(values), ensure_ascii=False) if values else "",
            calendar=calendar,
            is_optional=is_optional,
            made_at=moment,
            good_until=good_until,
        )
        record(MessageMeant(made.pk, kind, made.transport), actor=by, at=moment, subject_id=made.pk)
        if way is not None:
            set_timer(SEND, str(made.pk), moment, site_id=organisation_id)
    return made


def note_receipt(
    *,
    message_id: UUID,
    transport: str,
    arrived: bool,
    number: str = "",
    detail: str = "",
    at: datetime | None = None,
) -> None:
    """A provider says what became of a message; said again, or after the end, it changes nothing.

    Raises:
        NotFound: no such message went out by that provider under that number.
    """
    found = Message.objects.filter(pk=message_id, transport=transport).first()
    if found is None or (found.number and number and found.number != number):
        raise NotFound
    moment = at or clock.now()
    with transaction(found.organisation_id):
        row = Message.objects.filter(pk=message_id).only("state").first()
        if row is None or row.state in {Message.State.ARRIVED, Message.State.FAILED, Message.State.KEPT}:
            return
        state = Message.State.ARRIVED if arrived else Message.State.FAILED
        Message.objects.filter(pk=message_id).update(
            state=state, ended_at=moment, detail=detail[:60], number=number[:100] or found.number
        )
        record(MessageEnded(message_id, state), actor=SYSTEM, at=moment, subject_id=message_id)


def open_mailbox(*, organisation_id: UUID, place: UUID, by: Actor, limit: int = 50) -> list[Message]:
    """The newest kept messages, to read; that somebody did is recorded, once for each message and hour.

    One-time codes are whole in a demo only: whoever can read them can sign in as a customer.

    Raises:
        NotAllowed, NotFound: the actor may not read them.
    """
    from .queries import kept

    allow(by, "mailbox.see", place)
    found = kept(organisation_id, limit)
    if not people.is_demo():
        for message in found:
            message.body = message.body_without_secret
            message.title = message.secret = ""
    _note_reading(organisation_id, found, by, clock.now())
    return found


def _note_reading(organisation_id: UUID, shown: list[Message], by: Actor, moment: datetime) -> None:
    """A page that is loaded again tells nothing new; what nobody may overlook are messages that were not seen yet."""
    if not _not_recorded(shown, by, moment):
        return
    with transaction(organisation_id):
        there = Message.objects.filter(
            pk__in=[one.pk for one in shown]
        )  # one may have been removed meanwhile
        new = _not_recorded(list(there.only("pk").order_by("-made_at", "-pk")), by, moment)
        if not new:
            return
        if by.id is not None:
            Reading.objects.bulk_create(
                [Reading(message_id=one, reader=by.id, recorded_at=moment) for one in new],
                update_conflicts=True, unique_fields=["message", "reader"], update_fields=["recorded_at"],
            )  # fmt: skip
        record(MailboxOpened(len(shown), [str(one) for one in new]), actor=by, at=moment)


def _not_recorded(shown: list[Message], by: Actor, moment: datetime) -> list[UUID]:
    """Those of these messages of which it is not recorded yet, within the hour, that this reader saw them."""
    if not shown or by.id is None:
        return [one.pk for one in shown]
    recorded = Reading.objects.filter(reader=by.id, message__in=shown, recorded_at__gt=moment - ONCE_IN)
    known = set(recorded.values_list("message_id", flat=True))
    return [one.pk for one in shown if one.pk not in known]


def forget_messages(*, organisation_id: UUID, addresses: list[str]) -> int:
    """Remove every message to these addresses with its key; in the open transaction. Returns how many messages."""
    indexes = [index_of(Message, "address_index", organisation_id, address) for address in addresses]
    refusing.forget(organisation_id, addresses)
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
