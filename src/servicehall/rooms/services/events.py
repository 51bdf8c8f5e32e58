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


@fact("flow.upgrading")
@dataclass(frozen=True, slots=True)
class FlowUpgrading(_OfFlow):
    """Requests of older versions are taken over to a version, as far as they can be; or given back from it."""

    number: int
    back: bool


@fact("flow.retires")
@dataclass(frozen=True, slots=True)
class FlowRetires(_OfFlow):
    """From a moment on a version is begun by nobody and what runs by it ends; no moment: it stays."""

    number: int
    retires_at: datetime | None


@fact("flow.publication-cancelled")
@dataclass(frozen=True, slots=True)
class FlowPublicationCancelled(_OfFlow):
    """A version that was to be begun from a moment on is not, as nobody had begun it yet."""

    number: int
    from_at: datetime


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
    variant: str = ""


@fact("request.answered")
@dataclass(frozen=True, slots=True)
class RequestAnswered(_OfInstance):
    """A customer's step was answered."""

    step: str
    revision: int


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


@fact("request.upgraded")
@dataclass(frozen=True, slots=True)
class RequestUpgraded(_OfInstance):
    """A request goes on by version ``number`` now; before it went by ``was``."""

    was: int
    step: str
    revision: int
    back: bool


@fact("request.ended")
@dataclass(frozen=True, slots=True)
class RequestEnded(_OfInstance):
    """A flow came to its end."""

    step: str
    outcome: str
    variant: str = ""


@fact("request.left")
@dataclass(frozen=True, slots=True)
class RequestLeft(_OfInstance):
    """A customer gave up, or nothing happened for too long."""

    step: str
    variant: str = ""


@fact("task.done")
@dataclass(frozen=True, slots=True)
class TaskDone:
    """A person did what a request needed."""

    task: UUID
    instance: UUID
