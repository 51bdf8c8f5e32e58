"""Reads of messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from servicehall.kernel.protection.fields import open_all

from .aliyun import receipt_token as aliyun_receipt_token
from .models import Message
from .refusing import refused_kinds
from .transports import MAILBOX
from .twilio import FATES as TWILIO_FATES
from .twilio import signature_of as twilio_signature
from .wechat_login import authorize_url as wechat_login_url
from .wechat_login import can_ask as can_ask_wechat

__all__ = [
    "TWILIO_FATES",
    "aliyun_receipt_token",
    "can_ask_wechat",
    "ends",
    "kept",
    "made_before",
    "organisations_with_old",
    "refused_kinds",
    "twilio_signature",
    "wechat_login_url",
]


def kept(organisation_id: UUID, limit: int = 50) -> list[Message]:
    """The newest messages of the mailbox, opened (two queries). What went out elsewhere is not shown."""
    rows = list(
        Message.objects.filter(organisation_id=organisation_id, transport=MAILBOX).order_by(
            "-made_at", "-pk"
        )[:limit]
    )
    open_all(rows)
    return rows


@dataclass(frozen=True, slots=True)
class End:
    """How many messages of a way and kind ended alike since a moment; why, where they failed."""

    transport: str
    kind: str
    state: str
    detail: str
    count: int

    @property
    def kind_words(self) -> str:
        return str(Message.Kind(self.kind).label)

    @property
    def state_words(self) -> str:
        return str(Message.State(self.state).label)


def ends(organisation_id: UUID, since: datetime) -> list[End]:
    """How what went out elsewhere ended, the most first; nothing of the messages themselves (one query)."""
    rows = Message.objects.filter(organisation_id=organisation_id, made_at__gte=since)
    found = rows.exclude(transport=MAILBOX).values("transport", "kind", "state", "detail").order_by()
    return [End(**row) for row in found.annotate(count=Count("pk")).order_by("-count", "state", "detail")]


def made_before(moment: datetime) -> int:
    """How many messages are older."""
    return Message.objects.filter(made_at__lt=moment).count()


def organisations_with_old(moment: datetime) -> list[UUID]:
    """Whose messages are older."""
    rows = Message.objects.filter(made_at__lt=moment).order_by()
    return list(rows.values_list("organisation_id", flat=True).distinct())
