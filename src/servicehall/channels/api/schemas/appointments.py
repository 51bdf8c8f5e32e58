"""Appointments: what can be booked, free times, a booking. Who comes is sent, and never shown again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, Strict, StringConstraints

from .base import (
    _PATTERN,
    Day,
    FromText,
    Id,
    Keyword,
    LanguageTag,
    Moment,
    Note,
    OfOurTime,
    Printable,
    Reason,
    Reference,
    Sent,
    Shown,
    Text,
    Whole,
)

State = Literal["held", "booked", "arrived", "done", "lost", "cancelled", "released"]
Start = Annotated[AwareDatetime, Strict(strict=False), FromText, OfOurTime]
Line = Annotated[str, StringConstraints(max_length=254), Printable, _PATTERN]


class Offer(Shown):
    """Something that can be booked at a site."""

    id: Id
    slug: str = Field(examples=["mortgage-advice"])
    names: Text
    hint: Text
    icon: str
    minutes: int = Field(description="how long it takes", examples=[30])
    group_most: int = Field(description="people who can come together")
    needs_email: bool
    lead_minutes: int = Field(description="booked at least so long before")
    last_day: Day = Field(description="the last date that can be booked")
    service: str | None = Field(description="the service of the queue whose ticket who checks in gets")


class Offers(Shown):
    """What can be booked, in the site's order."""

    items: list[Offer]


class FreeDay(Shown):
    """A date at the site and when something can begin on it."""

    day: Day
    starts: list[Moment]


class Times(Shown):
    """Free times. Whoever is first gets one; holding it tells."""

    timezone: str = Field(examples=["Asia/Shanghai"])
    days: list[FreeDay]
    next: list[Moment] = Field(description="the first free times at all, when these days have none")


class Appointment(Shown):
    """A booking, without who comes."""

    id: Id
    code: str = Field(
        description="whoever has it may look after the booking", examples=["q0Xw5v1mB3uZs7TgkYd2Lw"]
    )
    reference: str = Field(description="what the customer says at the hall", examples=["7KQ2M9"])
    state: State
    site: str
    offer: str
    names: Text
    day: Day
    starts_at: Moment
    ends_at: Moment
    people: int
    hold_until: Moment | None = Field(description="so long it is kept while the form is filled in")
    confirmed_at: Moment | None
    late_by: int = Field(description="minutes that the customer said to be late")
    arrived_at: Moment | None
    ticket: str | None = Field(description="the code of the ticket after checking in")
    sequence: int = Field(description="grows with every change of the time, as in iCalendar")
    version: int


class Booked(Shown):
    """What was booked: one appointment, or one of each week."""

    items: list[Appointment]


class NewHold(Sent):
    """A time to be kept."""

    offer: Reference = Field(description="short name or id", examples=["mortgage-advice"])
    starts_at: Start = Field(examples=["2026-11-23T09:30:00+08:00"])
    people: Whole = Field(1, ge=1, le=500)
    language: LanguageTag = Field("", description="what the customer reads (BCP 47)")


class Details(Sent):
    """Who comes."""

    name: Line = Field(examples=["王小明"])
    phone: Line = ""
    email: Line = ""
    note: Note = ""
    weeks: Whole = Field(1, ge=1, le=12, description="so many appointments, week by week; all or none")


class Move(Sent):
    """Another time."""

    starts_at: Start


class Late(Sent):
    """How late."""

    minutes: Whole = Field(ge=1, le=120)


class Cancel(Sent):
    """Why, if one likes."""

    reason: Reason = ""


class CheckIn(Sent):
    """That the customer is here."""

    door: Keyword = Field("", description="the code of the day at the door; a device of the hall needs none")
