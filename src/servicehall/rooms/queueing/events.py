"""Facts that this room publishes. Ids and numbers only; labels so that screens need no look-up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@dataclass(frozen=True, slots=True)
class _OfTicket:
    ticket: UUID
    number: str
    service: UUID
    stage: UUID
    priority: str


@dataclass(frozen=True, slots=True)
class _AtCounter(_OfTicket):
    counter: UUID
    counter_label: str
    zone: UUID
    staff: UUID | None


@fact("ticket.issued")
@dataclass(frozen=True, slots=True)
class TicketIssued(_OfTicket):
    """A customer joined the queue."""


@fact("ticket.near")
@dataclass(frozen=True, slots=True)
class TicketNear(_OfTicket):
    """The customer's turn is near; sent once a stage. Messages are sent on this."""

    ahead: int


@fact("ticket.called")
@dataclass(frozen=True, slots=True)
class TicketCalled(_AtCounter):
    """A counter called the customer; ``waited`` seconds in this stage, ``target`` seconds promised."""

    waited: float
    target: float
    call: int
    picked: str


@fact("ticket.recalled")
@dataclass(frozen=True, slots=True)
class TicketRecalled(_AtCounter):
    """The same counter called again."""

    call: int


@fact("ticket.started")
@dataclass(frozen=True, slots=True)
class TicketStarted(_AtCounter):
    """The customer is at the counter; ``waited`` seconds in this stage up to now."""

    waited: float


@fact("ticket.held")
@dataclass(frozen=True, slots=True)
class TicketHeld(_AtCounter):
    """Put aside by the counter, for example to fetch a paper."""

    served: float


@fact("ticket.resumed")
@dataclass(frozen=True, slots=True)
class TicketResumed(_AtCounter):
    """Taken up again."""


@fact("ticket.transferred")
@dataclass(frozen=True, slots=True)
class TicketTransferred(_OfTicket):
    """Sent to another service, counter or person; ``served`` seconds at the counter before.

    ``arrival``: as whose newcomer it stands now, microseconds since the epoch (``Ticket.order_key``).
    """

    from_service: UUID
    from_stage: UUID
    for_counter: UUID | None
    for_staff: UUID | None
    counter: UUID | None
    served: float
    arrival: int


@fact("ticket.advanced")
@dataclass(frozen=True, slots=True)
class TicketAdvanced(_AtCounter):
    """Went on to the service's next stage (``stage``) from ``from_stage``."""

    from_stage: UUID
    served: float


@fact("ticket.finished")
@dataclass(frozen=True, slots=True)
class TicketFinished(_AtCounter):
    """Served; ``served`` seconds at this counter."""

    served: float
    outcome: str


@fact("ticket.no-show")
@dataclass(frozen=True, slots=True)
class TicketNoShow(_AtCounter):
    """Did not come when called."""


@fact("ticket.requeued")
@dataclass(frozen=True, slots=True)
class TicketRequeued(_OfTicket):
    """Back into the queue by staff or by the customer's return, or moved within it; ``was`` is the state before.

    Of one that waited, ``counter`` is the one that it had been sent to and that is no more.
    ``arrival``: as whose newcomer it stands now, microseconds since the epoch (``Ticket.order_key``).
    """

    was: str
    counter: UUID | None
    arrival: int


@fact("ticket.postponed")
@dataclass(frozen=True, slots=True)
class TicketPostponed(_OfTicket):
    """The customer let ``places`` others go first."""

    places: int


@fact("ticket.cancelled")
@dataclass(frozen=True, slots=True)
class TicketCancelled(_OfTicket):
    """Left the queue; ``waited`` seconds in this stage, ``was`` the state before."""

    was: str
    waited: float
    counter: UUID | None


@fact("ticket.expired")
@dataclass(frozen=True, slots=True)
class TicketExpired(_OfTicket):
    """Still there when the business day was closed."""

    was: str


@fact("ticket.merged")
@dataclass(frozen=True, slots=True)
class TicketMerged(_OfTicket):
    """The same customer's second ticket was joined with ``into``."""

    into: UUID
    was: str


@fact("ticket.reclassed")
@dataclass(frozen=True, slots=True)
class TicketReclassed(_OfTicket):
    """Got another priority class."""

    from_priority: str


@fact("ticket.undone")
@dataclass(frozen=True, slots=True)
class TicketUndone(_OfTicket):
    """The last act at a counter was taken back; ``undone`` is its kind, ``facts`` its content."""

    counter: UUID
    undone: str
    facts: dict[str, object]
    undone_at: str
    state: str


@dataclass(frozen=True, slots=True)
class _OfCounter:
    counter: UUID
    counter_label: str
    zone: UUID
    staff: UUID | None


@fact("counter.opened")
@dataclass(frozen=True, slots=True)
class CounterOpened(_OfCounter):
    """Somebody signed in to the counter, or ended a pause."""


@fact("counter.paused")
@dataclass(frozen=True, slots=True)
class CounterPaused(_OfCounter):
    """The counter calls nobody for now."""

    reason: str


@fact("counter.closed")
@dataclass(frozen=True, slots=True)
class CounterClosed(_OfCounter):
    """Nobody is at the counter any more."""


@fact("service.closed")
@dataclass(frozen=True, slots=True)
class ServiceClosed:
    """No more tickets for this service today."""

    service: UUID
    day: str


@fact("service.reopened")
@dataclass(frozen=True, slots=True)
class ServiceReopened:
    """Tickets are issued again."""

    service: UUID


@fact("ticket.notes-emptied")
@dataclass(frozen=True, slots=True)
class NotesEmptied:
    """The customer of these tickets was erased: what was written about their visits is gone."""

    tickets: list[str]


@fact("waits.learned")
@dataclass(frozen=True, slots=True)
class WaitsLearned:
    """The site made model no. ``model`` of ``waits`` of its past; ``used``: customers are told what came out from now on."""

    model: int
    waits: int
    used: bool


@fact("waits.drifted")
@dataclass(frozen=True, slots=True)
class WaitModelDrifted:
    """The ranges of the model in use held no longer: the formula says what is said; ``inside``: the share that held."""

    model: int
    inside: float


@fact("waits.chosen")
@dataclass(frozen=True, slots=True)
class WaitModelChosen:
    """Somebody went back to an earlier model; ``before``: the one that was in use."""

    model: int
    before: int | None
