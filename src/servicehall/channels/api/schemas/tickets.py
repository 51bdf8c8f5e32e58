"""Tickets: what is asked of them and how they are shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, Strict

from .base import (
    Comment,
    Day,
    FromText,
    Id,
    Keyword,
    LanguageTag,
    Moment,
    Named,
    NamedBySlug,
    Note,
    OfOurTime,
    Reason,
    Reference,
    Sent,
    Shown,
    Text,
    WaitMinutes,
    Whole,
)

State = Literal["waiting", "called", "serving", "held", "done", "no_show", "cancelled", "merged", "expired"]
_STATES = (
    "`no_show`: missed the call; `merged`: joined with another ticket; `expired`: left over at the day's end"
)


class Ticket(Shown):
    """A customer's place in the hall, with one number through all stages of the service."""

    id: Id
    code: str = Field(description="the customer's own right to the ticket, as in `/t/<code>`; keep it secret")
    number: str = Field(examples=["A017"])
    state: State = Field(description=_STATES)
    site: NamedBySlug
    service: NamedBySlug
    stage: Named
    stage_position: int = Field(description="1 is the first stage")
    stage_count: int
    priority: str = Field(examples=["ordinary"])
    priority_names: Text
    people_ahead: int | None = Field(description="who would be called before; null unless it waits")
    wait_minutes: WaitMinutes
    near: bool = Field(description="the turn is near, and a counter is open for it")
    may_return: bool = Field(description="missed the call and may still rejoin")
    may_postpone: bool
    counter: Named | None
    counter_label: str | None
    zone: Named | None
    joined_at: Moment
    stage_since: Moment = Field(description="waiting for this stage since")
    called_at: Moment | None
    started_at: Moment | None
    ended_at: Moment | None
    held_until: Moment | None
    waited_seconds: float = Field(validation_alias="waited", description="in all stages, to the last call")
    served_seconds: float = Field(validation_alias="served", description="in all stages")
    calls: int
    outcome: str
    reason: str = Field(description="of the hold or end; empty for customers")
    note: str = Field(description="for staff; empty for customers")
    channel: str = Field(description="where it was taken", examples=["kiosk"])
    staff: Id | None = Field(description="who serves; null for customers")
    for_counter: Id | None = Field(description="sent to this counter; null for customers")
    for_staff: Id | None = Field(description="sent to this person; null for customers")
    day: Day = Field(description="the business day")
    version: int = Field(description="grows with every act on the ticket")


class TicketPage(Shown):
    """A part of a list of tickets, in the order in which they were taken."""

    items: list[Ticket] = Field(description="`people_ahead` and `wait_minutes` are null in lists")
    next: str | None = Field(description="the `cursor` of the next part; null at the end")


class NewTicket(Sent):
    """A ticket to be taken."""

    service: Reference = Field(description="short name or id", examples=["cash"])
    priority: Reference | None = Field(
        None, description="key of a class that the service offers", examples=["elderly"]
    )
    language: LanguageTag = Field("", description="what the customer reads (BCP 47)", examples=["zh-Hans"])
    note: Note = Field("", description="for staff; no personal data")


class CallTo(Sent):
    """Where to call a ticket to."""

    counter: Reference = Field(description="id, label, or `<site>:<label>`", examples=["3"])


class Hold(Sent):
    """Why, and until when at most."""

    reason: Reason = ""
    until: Annotated[AwareDatetime, Strict(strict=False), FromText, OfOurTime] | None = Field(
        None, description="then the ticket waits for this counter again"
    )


class Resume(Sent):
    """Where to go on."""

    counter: Reference | None = Field(None, description="default: the counter that held the ticket")


class Transfer(Sent):
    """Where to send the customer: at least one of service, counter and staff."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [name]} for name in ("service", "counter", "staff")]}
    )

    service: Reference | None = None
    counter: Reference | None = None
    staff: Reference | None = Field(None, description="user name or id")
    note: Note = Field("", description="for who serves next")
    first: bool = Field(default=False, description="to the front of the queue there")


class Advance(Sent):
    """For who serves the next stage."""

    note: Note = ""


class Finish(Sent):
    """How it ended."""

    outcome: Keyword = Field("served", examples=["served"])
    note: Note = ""


class Requeue(Sent):
    """Where to wait again."""

    late: bool = Field(
        default=False, description="behind the hall's number of others instead of the old place"
    )


class Cancel(Sent):
    """Why."""

    reason: Reason = ""


class Postpone(Sent):
    """How many may go first."""

    places: Whole = Field(ge=1, le=1000, description="the hall sets a limit", examples=[3])


class Merge(Sent):
    """The ticket that is kept."""

    into: Reference = Field(description="its id")


class Move(Sent):
    """How far back."""

    places: Whole = Field(ge=0, le=10_000, description="0: to the very front of its class")


class Reclass(Sent):
    """The new class."""

    priority: Reference = Field(description="key of a class of the site")


class Rate(Sent):
    """What the customer thinks of the visit."""

    score: Whole = Field(ge=1, le=5, description="5 is best")
    reasons: list[Reference] = Field(
        default_factory=list, max_length=20, description="keys of reasons", examples=[["friendly"]]
    )
    comment: Comment = ""


class Rating(Shown):
    """A rating as it is kept."""

    ticket: Id
    score: int
    reasons: list[str]
    comment: str
    rated_at: Moment
