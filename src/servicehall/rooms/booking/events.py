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
