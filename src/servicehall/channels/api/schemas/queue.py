"""The queue, the board, the figures and the log of a site."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from .base import Day, Id, Moment, Named, NamedBySlug, Shown, Text, WaitMinutes
from .tickets import State

Seq = Annotated[int, Field(ge=0, description="number of the last event in the site's log that this contains")]
Seconds = Annotated[float, Field(ge=0)]


class Waiting(Shown):
    """A ticket in line."""

    id: Id
    number: str
    service: Id
    service_names: Text
    stage: Id
    stage_names: Text
    priority: str
    priority_names: Text
    stage_since: Moment
    joined_at: Moment


class InHand(Waiting):
    """A ticket at a counter, on hold, missed, or sent to somebody."""

    state: State
    called_at: Moment | None
    ended_at: Moment | None
    held_until: Moment | None
    reason: str
    note: str
    counter: Id | None
    counter_label: str | None
    for_counter: Id | None
    for_staff: Id | None


class StageQueue(Named):
    """Who waits for a stage."""

    waiting: int


class ServiceQueue(NamedBySlug):
    """Who waits for a service."""

    prefix: str
    closed: bool = Field(description="no more tickets today")
    waiting: int
    longest_seconds: Seconds = Field(description="the longest wait now")
    target_seconds: Seconds
    wait_minutes: WaitMinutes
    stages: list[StageQueue]


class Queue(Shown):
    """Who waits, in calling order, and who is in hand."""

    site: NamedBySlug
    seq: Seq
    at: Moment
    waiting_count: int
    waiting: list[Waiting] = Field(description="the next ones, in the order of the discipline")
    directed: list[InHand] = Field(description="sent to a counter or person")
    at_counters: list[InHand]
    held: list[InHand]
    missed: list[InHand]
    services: list[ServiceQueue]


class BoardSite(NamedBySlug):
    """The board's site."""

    timezone: str


class Call(Shown):
    """A call as the board shows it."""

    ticket: Id
    number: str
    counter: Id
    counter_label: str
    counter_names: Text
    service: Id
    service_names: Text
    zone: Id
    called_at: Moment
    heard_at: Moment = Field(description="when it was last called: the call itself, or its last repetition")
    call: int = Field(description="1: the first call")
    state: State


class BoardTicket(Shown):
    """A waiting ticket on the board."""

    ticket: Id
    number: str
    service: Id
    priority: str


class BoardService(Named):
    """A service on the board."""

    prefix: str
    waiting: int
    wait_minutes: WaitMinutes = Field(validation_alias="range")


class BoardCounter(Shown):
    """A counter on the board."""

    id: Id
    label: str
    names: Text
    zone: Id
    state: Literal["open", "paused", "closed"]
    number: str | None = Field(description="of the ticket that is called or served there")


class Announce(Shown):
    """How calls are spoken."""

    languages: list[str]
    repeat: int


class Board(Shown):
    """The state of a display board."""

    site: BoardSite
    zone: NamedBySlug | None
    seq: Seq
    at: Moment
    calls: list[Call] = Field(description="the last calls, newest first")
    waiting: list[BoardTicket] = Field(description="the next ones, in calling order")
    waiting_count: int
    services: list[BoardService]
    counters: list[BoardCounter]
    announce: Announce


class Figures(Shown):
    """What was done. Shares from 0 to 1; null where nothing happened yet."""

    issued: int
    called: int
    served: int
    no_show: int
    abandoned: int = Field(description="left the queue")
    expired: int = Field(description="left over at the end of the day")
    mean_wait_seconds: float | None
    mean_service_seconds: float | None
    service_level: float | None = Field(description="share of calls within the target wait")
    abandonment: float | None = Field(description="share of tickets whose holder left")


class TotalFigures(Figures):
    """The site's day; what waits now only for today."""

    waiting: int | None = None
    longest_seconds: Seconds | None = None
    open_counters: int | None = None
    at_counters: int | None = None


class ServiceFigures(Figures):
    """A service's day."""

    id: Id
    names: Text
    prefix: str
    target_seconds: Seconds
    waiting: int | None = None
    longest_seconds: Seconds | None = None


class CounterFigures(Figures):
    """A counter's day; its state only for today."""

    id: Id
    label: str
    names: Text
    state: Literal["open", "paused", "closed"] | None = None
    number: str | None = None
    staff: str | None = Field(None, description="user name")


class HourFigures(Figures):
    """An hour of the day."""

    hour: str = Field(description="on the site's wall clock", examples=["09:00"])


class SiteFigures(Shown):
    """A site's day in figures. They follow the log by a second or so."""

    site: BoardSite
    day: Day
    at: Moment
    is_today: bool
    total: TotalFigures
    services: list[ServiceFigures]
    counters: list[CounterFigures]
    hours: list[HourFigures]


class Event(Shown):
    """One thing that happened. The log is never changed and has no gaps."""

    seq: int = Field(description="number in the site's log; the id of the live stream")
    kind: str = Field(examples=["ticket.called"])
    version: int = Field(description="of the form of `data`")
    at: Moment
    actor_kind: Literal["staff", "token", "customer", "device", "system"]
    actor_id: Id | None
    channel: str
    visit_id: Id | None
    subject_id: Id | None = Field(description="the ticket or counter that it is about")
    data: dict[str, Any]


class Events(Shown):
    """A part of a site's log, oldest first."""

    items: list[Event]
    last: int = Field(description="send this as `after` next time")
