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
    """Nobody can begin the flow from a moment on; who is half-way through goes on."""

    from_at: datetime | None = None


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


@fact("flow.run-saved")
@dataclass(frozen=True, slots=True)
class RunSaved(_OfFlow):
    """A test run is kept with a flow, to be played again with later drafts."""

    run: UUID


@fact("flow.run-dropped")
@dataclass(frozen=True, slots=True)
class RunDropped(_OfFlow):
    """A test run is not kept any more."""

    run: UUID


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


@fact("request.upgraded")
@dataclass(frozen=True, slots=True)
class RequestUpgraded(_OfInstance):
    """A request goes on by version ``number`` now; before it went by ``was``."""

    was: int
    step: str
    revision: int
    back: bool


@fact("request.wished")
@dataclass(frozen=True, slots=True)
class RequestWished(_OfInstance):
    """A customer wants to ``pay``, or to ``stop`` paying; the worker sees to it."""

    step: str
    what: str
    revision: int


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


@fact("request.taken-over")
@dataclass(frozen=True, slots=True)
class RequestTakenOver(_OfInstance):
    """A member of staff goes on with it, in the customer's place."""

    step: str
    revision: int


@fact("request.handed-back")
@dataclass(frozen=True, slots=True)
class RequestHandedBack(_OfInstance):
    """Staff leave it to the customer again, at a step."""

    step: str
    revision: int


@fact("request.address-made")
@dataclass(frozen=True, slots=True)
class RequestAddressMade(_OfInstance):
    """It has a new address for its customer; the one before opens nothing any more."""


@fact("request.written-to")
@dataclass(frozen=True, slots=True)
class RequestWrittenTo(_OfInstance):
    """Staff sent its customer a message."""

    message: UUID


@fact("task.done")
@dataclass(frozen=True, slots=True)
class TaskDone:
    """A person did what a request needed."""

    task: UUID
    instance: UUID


@fact("request.paying")
@dataclass(frozen=True, slots=True)
class RequestPaying(_OfInstance):
    """A payment was begun for a step, or stopped."""

    step: str
    revision: int


@dataclass(frozen=True, slots=True)
class _OfMove(_OfInstance):
    move: UUID
    way: str


@fact("move.offered")
@dataclass(frozen=True, slots=True)
class MoveOffered(_OfMove):
    """A code was shown with which another device can have the request."""


@fact("move.claimed")
@dataclass(frozen=True, slots=True)
class MoveClaimed(_OfMove):
    """A device came with the code; the number is still to be compared."""


@fact("move.taken")
@dataclass(frozen=True, slots=True)
class MoveTaken(_OfMove):
    """The request is on the other device now, or on both."""

    revision: int


@fact("move.closed")
@dataclass(frozen=True, slots=True)
class MoveClosed(_OfMove):
    """It did not come to it, or is over: another number was chosen, somebody stopped it, it was given back."""

    why: str


@fact("request.asked-person")
@dataclass(frozen=True, slots=True)
class RequestAskedPerson(_OfInstance):
    """The customer wants to go on with a person, and stands in a queue with it."""

    step: str
    ticket: UUID
    revision: int
