"""How loaded a hall is, for rules about it: its lines, its free counters, and waits of a stretch of time or a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Avg, Count, Max

from servicehall.kernel import clock
from servicehall.kernel.languages import Text
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.models import Ticket

from . import services, waiting, waits


@dataclass(frozen=True, slots=True)
class LineNow:
    """A service's line: people, those who wait longer than its target, seconds of the longest wait, minutes expected.

    ``expected_minutes`` is the high end of the range that a new customer is told; None: nothing can be said.
    """

    service: UUID
    slug: str
    names: Text
    waiting: int
    over_target: int
    longest_seconds: float
    expected_minutes: float | None


@dataclass(frozen=True, slots=True)
class Pressure:
    """A hall at a moment: its lines, what each free counter serves, which counters are open."""

    lines: tuple[LineNow, ...]
    free: tuple[frozenset[UUID], ...]
    open: frozenset[UUID]


def pressure(site_id: UUID, *, at: datetime | None = None) -> Pressure:
    """The load of a hall now (ten queries at most, whoever waits)."""
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    door = services.hall(site_id, at=moment)
    work = waits.workforce(setup, moment)
    targets = {s: setup.services[one.service].target_minutes for s, one in setup.stages.items()}
    over = waiting.over_target(site_id, targets, moment)
    people: dict[UUID, int] = {}
    late: dict[UUID, int] = {}
    since: dict[UUID, datetime] = {}
    for stage, count, first in waiting.at_site(site_id, setup.stages):
        service = setup.stages[stage].service
        people[service] = people.get(service, 0) + count
        late[service] = late.get(service, 0) + over.pop(stage, 0)
        since[service] = min(since.get(service, first), first)
    lines = []
    for one in door["services"]:
        service = UUID(one["id"])
        longest = (moment - since[service]).total_seconds() if service in since else 0.0
        span = one["wait_minutes"]
        lines.append(
            LineNow(
                service,
                one["slug"],
                one["names"],
                people.get(service, 0),
                late.get(service, 0),
                max(0.0, longest),
                float(span[1]) if span else None,
            )
        )
    free = tuple(
        frozenset(setup.stages[s].service for s in setup.counters[c].stages if s in setup.stages)
        for c in work.idle
        if c in setup.counters
    )
    return Pressure(tuple(lines), free, work.open)


@dataclass(frozen=True, slots=True)
class Waits:
    """Of those called in a stretch of time: how many, and their mean and longest wait in seconds."""

    count: int
    mean: float | None
    longest: float | None


def waits_called(site_id: UUID, start: datetime, end: datetime, *, services: Collection[UUID] = ()) -> Waits:
    """The waits of those called from ``start`` up to ``end``, of some services or all (one query)."""
    rows = Ticket.objects.filter(site_id=site_id, called_at__gte=start, called_at__lt=end)
    if services:
        rows = rows.filter(service_id__in=services)
    found = rows.aggregate(count=Count("pk"), mean=Avg("waited"), longest=Max("waited"))
    return Waits(found["count"], found["mean"], found["longest"])


def issued_between(site_id: UUID, start: datetime, end: datetime, *, services: Collection[UUID] = ()) -> int:
    """How many took a ticket from ``start`` up to ``end`` (one query)."""
    setup = configuration.of_site(site_id)
    days = {setup.day(start), setup.day(end)}
    rows = Ticket.objects.filter(site_id=site_id, day__in=days, joined_at__gte=start, joined_at__lt=end)
    return (rows.filter(service_id__in=services) if services else rows).count()


@dataclass(frozen=True, slots=True)
class WaitOfDay:
    """One ticket's wait: its service, from when until when, and the minutes promised."""

    service: UUID
    since: datetime
    until: datetime
    target_minutes: float


def waits_of_day(site_id: UUID, day: date, *, at: datetime | None = None) -> list[WaitOfDay]:
    """Each ticket's wait on a business day, its stages' waits pushed together (one query)."""
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    rows = Ticket.objects.filter(site_id=site_id, day=day).values_list(
        "service_id", "joined_at", "called_at", "ended_at", "waited"
    )
    found = []
    for service, joined, called, ended, waited in rows:
        until = joined + timedelta(seconds=waited) if called else (ended or moment)
        if service in setup.services and until > joined:
            found.append(WaitOfDay(service, joined, until, setup.services[service].target_minutes))
    return found


@dataclass(frozen=True, slots=True)
class StageChoice:
    """A stage as a choice: its service and (where that has several) itself; the skills that it needs."""

    id: UUID
    service: UUID
    service_names: Text
    names: Text
    is_only: bool
    skills: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class CounterChoice:
    """A counter as a choice, with the zone where it stands and what it serves."""

    id: UUID
    label: str
    names: Text
    zone: UUID
    stages: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class SetupChoices:
    """A site's services, stages and counters in use, to choose from."""

    services: tuple[tuple[UUID, str, Text], ...]
    stages: tuple[StageChoice, ...]
    counters: tuple[CounterChoice, ...]


def setup_choices(site_id: UUID) -> SetupChoices:
    """What may be chosen in forms about a site's queue (no query but that for the setup)."""
    setup = configuration.of_site(site_id)
    active = [one for one in setup.services.values() if one.is_active]
    stages = [
        StageChoice(stage.id, one.id, one.names, stage.names, len(one.stages) == 1, stage.skills)
        for one in active
        for stage in one.stages
    ]
    counters = [
        CounterChoice(c.id, c.label, c.names, c.zone, c.stages)
        for c in setup.counters.values()
        if c.is_active
    ]
    return SetupChoices(
        tuple((one.id, one.slug, one.names) for one in active), tuple(stages), tuple(counters)
    )
