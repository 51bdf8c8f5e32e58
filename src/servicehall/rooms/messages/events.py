"""Facts that this room publishes: ids only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("message.meant")
@dataclass(frozen=True, slots=True)
class MessageMeant:
    """A message is to be sent."""

    message: UUID
    medium: str
    transport: str


@fact("message.ended")
@dataclass(frozen=True, slots=True)
class MessageEnded:
    """A message was taken by the other side, or not."""

    message: UUID
    state: str


@fact("mailbox.opened")
@dataclass(frozen=True, slots=True)
class MailboxOpened:
    """Somebody of staff read the mailbox."""

    shown: int
