"""Reads of messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel.protection.fields import open_all

from .models import Message
from .transports import MAILBOX


def kept(organisation_id: UUID, limit: int = 50) -> list[Message]:
    """The newest messages of the mailbox, opened (two queries). What went out elsewhere is not shown."""
    rows = list(
        Message.objects.filter(organisation_id=organisation_id, transport=MAILBOX).order_by(
            "-made_at", "-pk"
        )[:limit]
    )
    open_all(rows)
    return rows


def made_before(moment: datetime) -> int:
    """How many messages are older."""
    return Message.objects.filter(made_at__lt=moment).count()


def organisations_with_old(moment: datetime) -> list[UUID]:
    """Whose messages are older."""
    rows = Message.objects.filter(made_at__lt=moment).order_by()
    return list(rows.values_list("organisation_id", flat=True).distinct())
