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
    """How a message ended: ``done`` (a provider took it), ``arrived`` (its receipt says so) or ``failed``."""

    message: UUID
    state: str


@fact("mailbox.opened", version=2)
@dataclass(frozen=True, slots=True)
class MailboxOpened:
    """Somebody of staff read the mailbox: so many messages were shown, of which these not yet within the hour."""

    shown: int
    messages: list[str]


@fact("messages.refused")
@dataclass(frozen=True, slots=True)
class MessagesRefused:
    """Somebody wants no messages of a kind that they may refuse."""

    refusal: UUID
    medium: str


@fact("messages.accepted")
@dataclass(frozen=True, slots=True)
class MessagesAccepted:
    """They want them again."""

    refusal: UUID
    medium: str
