"""Facts that this room publishes: ids, names of flows and steps. Never what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicehall.kernel.events import fact


@dataclass(frozen=True, slots=True)
class _OfFlow:
    flow: UUID


@fact("flow.drafted")
@dataclass(frozen=True, slots=True)
class FlowDrafted(_OfFlow):
    """A draft was written or changed."""

    draft: int


@fact("flow.published")
@dataclass(frozen=True, slots=True)
class FlowPublished(_OfFlow):
    """A version is the one that is begun, from a moment on."""

    number: int
    digest: str
    from_at: datetime


@fact("flow.withdrawn")
@dataclass(frozen=True, slots=True)
class FlowWithdrawn(_OfFlow):
    """Nobody can begin the flow any more; who is half-way through goes on."""


@dataclass(frozen=True, slots=True)
class _OfInstance:
    instance: UUID
    flow: str
    number: int


@fact("request.begun")
@dataclass(frozen=True, slots=True)
class RequestBegun(_OfInstance):
    """A customer, or staff for one, began a flow."""

    channel: str


@fact("request.answered")
@dataclass(frozen=True, slots=True)
class RequestAnswered(_OfInstance):
    """A customer's step was answered."""

    step: str
    revision: int


@fact("request.file-added")
@dataclass(frozen=True, slots=True)
class RequestFileAdded(_OfInstance):
    """A customer sent a file for a question. Its name is kept nowhere."""

    step: str
    media_type: str
    size: int


@fact("request.went-back")
@dataclass(frozen=True, slots=True)
class RequestWentBack(_OfInstance):
    """A step that was answered before is open again."""

    step: str
    revision: int


@fact("request.done-step")
@dataclass(frozen=True, slots=True)
class RequestDoneStep(_OfInstance):
    """What a machine does at a step has its outcome: done, refused, unknown or unavailable."""

    step: str
    outcome: str
    revision: int


@fact("request.needs-person")
@dataclass(frozen=True, slots=True)
class RequestNeedsPerson(_OfInstance):
    """A person has to look before it goes on."""

    step: str
    why: str


@fact("request.ended")
@dataclass(frozen=True, slots=True)
class RequestEnded(_OfInstance):
    """A flow came to its end."""

    step: str
    outcome: str


@fact("request.left")
@dataclass(frozen=True, slots=True)
class RequestLeft(_OfInstance):
    """A customer gave up, or nothing happened for too long."""

    step: str


@fact("task.done")
@dataclass(frozen=True, slots=True)
class TaskDone:
    """A person did what a request needed."""

    task: UUID
    instance: UUID
