"""Facts that this room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("request.rated")
@dataclass(frozen=True, slots=True)
class RequestRated:
    """A customer rated a service that they did by themselves, or changed the rating."""

    request: UUID
    flow: str
    score: int
    changed: bool


@fact("visit.rated")
@dataclass(frozen=True, slots=True)
class VisitRated:
    """A customer rated a visit, or changed the rating; the comment stays in the room."""

    ticket: UUID
    service: UUID
    counter: UUID | None
    staff: UUID | None
    score: int
    reasons: list[str]
    has_comment: bool
    changed: bool
