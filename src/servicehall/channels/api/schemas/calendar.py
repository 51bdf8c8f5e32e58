"""Appointments as staff's programs see them: the list of a day, booking for a customer, moving, cancelling."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, Strict, StringConstraints

from .base import (
    Day,
    FromText,
    Id,
    LanguageTag,
    Moment,
    NamedBySlug,
    Note,
    OfOurTime,
    Printable,
    Reason,
    Reference,
    Sent,
    Shown,
    Whole,
)

AppointmentState = Literal["booked", "arrived", "done", "lost", "cancelled"]
Start = Annotated[AwareDatetime, Strict(strict=False), FromText, OfOurTime]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=80), Printable]
PhoneNumber = Annotated[str, StringConstraints(max_length=30), Printable]
EmailAddress = Annotated[str, StringConstraints(max_length=254), Printable]


class StaffAppointment(Shown):
    """An appointment with who comes."""

    id: Id
    reference: str = Field(description="the number that customers are told", examples=["K7M2QX"])
    state: AppointmentState = Field(description="`lost`: did not come; `done`: over")
    offer: NamedBySlug
    resources: list[NamedBySlug]
    day: Day
    starts_at: Moment
    ends_at: Moment
    people: int
    name: str
    phone: str
    email: str
    note: str
    late_minutes: int = Field(description="the customer said that they will be so late")
    confirmed_at: Moment | None
    arrived_at: Moment | None
    ended_at: Moment | None
    ticket: Id | None = Field(description="the ticket of the check-in")
    version: int = Field(description="grows with every act on the appointment")


class CalendarDay(Shown):
    """Who is booked on a day, by time."""

    day: Day
    items: list[StaffAppointment]


class NewAppointment(Sent):
    """A booking for a customer."""

    offer: Reference = Field(description="short name or id", examples=["advice"])
    starts_at: Start = Field(examples=["2026-11-27T10:00:00+08:00"])
    people: Whole = Field(1, ge=1, le=500)
    resource: Reference | None = Field(None, description="only with this one: short name or id")
    name: PersonName
    phone: PhoneNumber = ""
    email: EmailAddress = ""
    note: Note = ""
    language: LanguageTag = Field("", description="what the customer reads (BCP 47)", examples=["zh-Hans"])


class MoveAppointment(Sent):
    """Where to move it."""

    starts_at: Start = Field(examples=["2026-11-27T11:00:00+08:00"])
    resource: Reference | None = Field(None, description="short name or id; none: whichever is free")


class CancelAppointment(Sent):
    """Why."""

    reason: Reason = Field("", description="the customer is told")
