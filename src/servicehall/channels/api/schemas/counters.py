"""Counters: what is asked of them and their whole screen."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Id, Moment, Named, NamedBySlug, Reason, Reference, Sent, Shown, Text
from .places import Person
from .queue import Queue
from .tickets import Ticket


class SignIn(Sent):
    """Who opens the counter."""

    staff: Reference | None = Field(None, description="user name or id; none: nobody is named")


class Pause(Sent):
    """Why."""

    reason: Reason = Field("", examples=["lunch"])


class Undo(Shown):
    """The last act at the counter, while it can be taken back."""

    kind: str = Field(examples=["ticket.called"])
    number: str | None
    seconds_left: float


class ScreenCounter(Shown):
    """The counter of a screen."""

    id: Id
    label: str
    names: Text
    zone: NamedBySlug
    services: list[NamedBySlug]


class ScreenPerson(Named):
    """Who is signed in."""


class CounterScreen(Shown):
    """A counter's whole screen: its status, its customer, the queue that it can serve."""

    counter: ScreenCounter
    state: Literal["open", "paused", "closed"]
    since: Moment | None
    pause_reason: str
    staff: ScreenPerson | None
    ticket: Ticket | None = Field(description="the customer who is called or served here")
    has_next_stage: bool
    undo: Undo | None
    queue: Queue


class Head(Shown):
    """The head of a group of waiting tickets, with what decides."""

    id: Id
    number: str
    service_names: Text
    stage_names: Text
    priority_names: Text
    waited_minutes: float = Field(description="since the (virtual) arrival")
    rate: float = Field(description="points a minute of waiting")
    head_start: float = Field(description="points on arrival")
    rank: int
    score: float | None = Field(description="points; null for disciplines without a score")
    directed: bool = Field(description="sent to this counter or person")


class Explanation(Shown):
    """Why the counter's next ticket is the next: the candidates, the next one first."""

    discipline: Literal["accumulating", "strict", "fifo"]
    candidates: list[Head]
    missing_skills: list[Text] = Field(
        description="services of this counter for which the person lacks a skill"
    )
    not_served_here: list[Text]


__all__ = ["CounterScreen", "Explanation", "Head", "Pause", "Person", "SignIn", "Undo"]
