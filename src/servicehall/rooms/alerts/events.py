"""Facts that this room publishes. That something happened is ``alert.raised`` (rooms/people/events.py)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("alert.acknowledged")
@dataclass(frozen=True, slots=True)
class AlertAcknowledged:
    """Somebody takes an alert in hand; ``count`` is how often it had happened by then."""

    alert: UUID
    about: str
    count: int
