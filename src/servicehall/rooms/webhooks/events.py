"""Facts that this room publishes: ids and words of its own lists. Where messages go and with what secret is not in them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@dataclass(frozen=True, slots=True)
class _OfEndpoint:
    endpoint: UUID


@fact("webhook.added")
@dataclass(frozen=True, slots=True)
class WebhookAdded(_OfEndpoint):
    """An address gets events from now on."""

    kinds: list[str]


@fact("webhook.changed")
@dataclass(frozen=True, slots=True)
class WebhookChanged(_OfEndpoint):
    """An address, its name or its kinds of events were changed."""

    fields: list[str]


@fact("webhook.secret-changed")
@dataclass(frozen=True, slots=True)
class WebhookSecretChanged(_OfEndpoint):
    """A new secret signs; the old one signs beside it for some hours."""

    hours: int


@fact("webhook.removed")
@dataclass(frozen=True, slots=True)
class WebhookRemoved(_OfEndpoint):
    """An address gets nothing any more; its secret and its deliveries are gone."""


@fact("webhook.tested")
@dataclass(frozen=True, slots=True)
class WebhookTested(_OfEndpoint):
    """Somebody asked for a test message to this address."""


@fact("webhook.repeated")
@dataclass(frozen=True, slots=True)
class WebhookRepeated(_OfEndpoint):
    """Somebody asked for messages to be sent again."""

    count: int


@fact("webhook.disabled")
@dataclass(frozen=True, slots=True)
class WebhookDisabled(_OfEndpoint):
    """Nothing is sent there any more: ``failing`` for days, ``gone`` (it said so), or ``stopped`` by somebody."""

    reason: str


@fact("webhook.enabled")
@dataclass(frozen=True, slots=True)
class WebhookEnabled(_OfEndpoint):
    """Messages are sent there again."""


@fact("webhook.refused")
@dataclass(frozen=True, slots=True)
class IncomingRefused:
    """A message from outside was not taken in: its signature, its moment, or it came before (``duplicate``)."""

    sender: str
    reason: str
