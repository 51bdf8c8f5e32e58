"""Facts that this room publishes. Ids, moments and numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicehall.kernel.events import fact


@dataclass(frozen=True, slots=True)
class _OfAppointment:
    appointment: UUID
    offer: UUID
    starts_at: datetime
    people: int


@fact("appointment.held")
@dataclass(frozen=True, slots=True)
class AppointmentHeld(_OfAppointment):
    """A time is kept for somebody who fills in the form."""

    until: datetime
    resources: list[str]


@fact("appointment.booked")
@dataclass(frozen=True, slots=True)
class AppointmentBooked(_OfAppointment):
    """It is theirs."""


@fact("appointment.confirmed")
@dataclass(frozen=True, slots=True)
class AppointmentConfirmed(_OfAppointment):
    """The customer said that they will come."""


@fact("appointment.moved")
@dataclass(frozen=True, slots=True)
class AppointmentMoved(_OfAppointment):
    """To another time, or to another resource at the same time."""

    was: datetime
    resources: list[str]
    sequence: int


@fact("appointment.late")
@dataclass(frozen=True, slots=True)
class AppointmentLate(_OfAppointment):
    """The customer said that they will be late."""

    minutes: int


@fact("appointment.cancelled")
@dataclass(frozen=True, slots=True)
class AppointmentCancelled(_OfAppointment):
    """Given back, by the customer or the hall."""

    by_hall: bool


@fact("appointment.released")
@dataclass(frozen=True, slots=True)
class AppointmentReleased(_OfAppointment):
    """The form was not filled in, in time or at all."""


@fact("appointment.arrived")
@dataclass(frozen=True, slots=True)
class AppointmentArrived(_OfAppointment):
    """Checked in; ``waits_from``: where they stand in the queue, as if they had come then."""

    ticket: UUID | None
    waits_from: datetime | None
    late: bool


@fact("appointment.lost")
@dataclass(frozen=True, slots=True)
class AppointmentLost(_OfAppointment):
    """They did not come."""


@fact("appointment.returned")
@dataclass(frozen=True, slots=True)
class AppointmentReturned(_OfAppointment):
    """Staff took back that they had come, or that they had not."""

    was: str


@fact("appointment.ended")
@dataclass(frozen=True, slots=True)
class AppointmentEnded(_OfAppointment):
    """Over: they were served, or brought back what they had taken."""


@dataclass(frozen=True, slots=True)
class _OfWaiting:
    entry: UUID
    offer: UUID


@fact("waiting.joined")
@dataclass(frozen=True, slots=True)
class WaitingJoined(_OfWaiting):
    """Somebody wants to be told when a time is free, or again, and stands last."""


@fact("waiting.offered")
@dataclass(frozen=True, slots=True)
class WaitingOffered(_OfWaiting):
    """A freed time is kept for them."""

    appointment: UUID
    until: datetime


@fact("waiting.taken")
@dataclass(frozen=True, slots=True)
class WaitingTaken(_OfWaiting):
    """They booked it."""

    appointment: UUID


@fact("waiting.expired")
@dataclass(frozen=True, slots=True)
class WaitingExpired(_OfWaiting):
    """They did not take it in time, or nothing was free until their last day."""


@fact("waiting.left")
@dataclass(frozen=True, slots=True)
class WaitingLeft(_OfWaiting):
    """They do not wait any more."""


@fact("calendar.feed-made")
@dataclass(frozen=True, slots=True)
class FeedMade:
    """A resource's calendar can be read under a new address; an older one is void."""

    resource: UUID


@fact("calendar.feed-revoked")
@dataclass(frozen=True, slots=True)
class FeedRevoked:
    """Nobody reads a resource's calendar by its address any more."""

    resource: UUID


@fact("calendar.read")
@dataclass(frozen=True, slots=True)
class CalendarRead:
    """An outside calendar closes other times, or cannot be read any more, or can again; ``finding`` says why not."""

    calendar: UUID
    finding: str
    days: int


@fact("booking.forgotten")
@dataclass(frozen=True, slots=True)
class BookingsForgotten:
    """Whose these appointments and entries of the waiting list were cannot be read any more."""

    appointments: list[str]
    entries: list[str]
