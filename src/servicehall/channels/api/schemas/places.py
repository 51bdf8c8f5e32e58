"""Sites and what is in them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Id, Moment, Named, NamedBySlug, Shown, Text, WaitMinutes


class SiteBrief(NamedBySlug):
    """A site in a list."""

    address: Text
    timezone: str = Field(description="IANA name", examples=["Asia/Shanghai"])
    region: NamedBySlug
    is_rehearsal: bool = Field(description="a site for replays, whose clock a token may set")


class Sites(Shown):
    """The sites that the caller may see."""

    items: list[SiteBrief]


class Site(SiteBrief):
    """A site with its doors."""

    day_ends: str = Field(description="wall-clock time at which the business day ends", examples=["00:00"])
    is_open: bool
    opens_at: Moment | None = Field(description="when closed: the next opening")
    closes_at: Moment | None = Field(description="when open: the end of this opening period")


class PriorityClass(Shown):
    """A class of customers that a service offers."""

    key: str = Field(examples=["elderly"])
    names: Text
    rule: Text = Field(description="who may choose it, in the hall's words")
    is_public: bool = Field(description="customers may choose it; else staff give it")
    is_default: bool


class Service(NamedBySlug):
    """Something that customers come for, with its queue now."""

    hint: Text
    icon: str
    prefix: str = Field(description="of its ticket numbers", examples=["A"])
    state: Literal["open", "closed", "full"] = Field(description="`closed`: for today; `full`: try later")
    waiting: int = Field(description="people who wait for its first stage")
    wait_minutes: WaitMinutes
    stages: list[Named]
    priorities: list[PriorityClass]


class Services(Shown):
    """The services of a site, in the order of its kiosk."""

    is_open: bool
    opens_at: Moment | None
    closes_at: Moment | None
    items: list[Service]


class Floor(Shown):
    """A level of a site."""

    level: int = Field(description="0 is the ground floor")
    names: Text


class Zone(NamedBySlug):
    """A part of a floor; boards and counters belong to zones."""

    kind: Literal["consultation", "private", "waiting", "self_service", "lounge"]
    floor: Floor


class Zones(Shown):
    """The zones of a site, by floor."""

    items: list[Zone]


class Person(Shown):
    """A member of staff."""

    id: Id
    username: str
    names: Text


class CounterTicket(Shown):
    """The ticket at a counter."""

    id: Id
    number: str
    state: Literal["called", "serving"]


class Counter(Shown):
    """A counter, who is there and whom they have."""

    id: Id
    label: str = Field(description="as on the sign", examples=["3"])
    names: Text
    zone: NamedBySlug
    services: list[NamedBySlug] = Field(description="what it serves")
    state: Literal["open", "paused", "closed"]
    since: Moment | None
    pause_reason: str
    staff: Person | None = Field(description="null for callers without `queue.see`, or when nobody is named")
    ticket: CounterTicket | None = Field(description="null for callers without `queue.see`, or when free")


class Counters(Shown):
    """The counters in use of a site, by label."""

    items: list[Counter]


class CounterRef(Shown):
    """A counter in short."""

    id: Id
    label: str
    names: Text


class Colleague(Person):
    """A member of staff with a role at the site, and the counter where they are signed in there."""

    counter: CounterRef | None


class Staff(Shown):
    """Who may serve at a site, by user name."""

    items: list[Colleague]


class SiteRights(NamedBySlug):
    """A site and what the caller may do there."""

    is_rehearsal: bool
    rights: list[str] = Field(examples=[["site.see", "ticket.issue"]])


class Me(Shown):
    """Whose token this is."""

    kind: Literal["token"]
    id: Id
    name: str
    roles: list[str] = Field(examples=[["desk"]])
    sites: list[SiteRights]
