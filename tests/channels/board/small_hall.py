"""A small hall for the board's tests: two zones, four counters, three services, in both languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall.models import Floor, OpeningHours, Organisation, Region, Site, Zone
from servicehall.rooms.queueing import actions, configuration, queries
from servicehall.rooms.queueing.models import (
    Counter,
    PriorityClass,
    QueueRules,
    Series,
    Service,
    Stage,
    Ticket,
)


@dataclass
class Hall:
    """The hall with short words for what happens in it; every act is a second after the one before."""

    site: Site
    zones: dict[str, Zone]
    counters: dict[str, UUID]
    now: datetime = field(default_factory=clock.now)

    def _at(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def issue(self, service: str = "general") -> Ticket:
        return actions.issue_ticket(site_id=self.site.pk, service=service, by=SYSTEM, at=self._at())

    def open(self, *labels: str) -> None:
        for label in labels or tuple(self.counters):
            actions.sign_in(site_id=self.site.pk, counter_id=self.counters[label], by=SYSTEM, at=self._at())

    def call(self, label: str) -> Ticket:
        ticket = actions.call_next(
            site_id=self.site.pk, counter_id=self.counters[label], by=SYSTEM, at=self._at()
        )
        assert ticket is not None
        return ticket

    def do(self, act: Any, ticket: Ticket, **more: Any) -> Ticket:
        done = act(ticket_id=ticket.pk, by=SYSTEM, at=self._at(), **more)
        assert isinstance(done, Ticket)
        return done

    def undo(self, label: str) -> None:
        actions.undo(site_id=self.site.pk, counter_id=self.counters[label], by=SYSTEM, at=self._at())

    def board(self, zone: str | None = None) -> dict[str, Any]:
        return queries.board(self.site.pk, zone, at=self._at())

    def tickets(self) -> list[Ticket]:
        return list(Ticket.objects.filter(site=self.site).order_by("joined_at"))


def build_hall() -> Hall:
    organisation = Organisation.objects.create(slug="north", names={"en": "North", "zh-Hans": "北方"})
    region = Region.objects.create(
        organisation=organisation, slug="city", names={"en": "City", "zh-Hans": "市区"}
    )
    site = Site.objects.create(
        region=region,
        slug="mall",
        names={"en": "Riverside Mall Service Hall", "zh-Hans": "滨江购物中心服务大厅"},
    )
    for weekday in range(7):
        OpeningHours.objects.create(site=site, weekday=weekday, opens="00:00", closes="00:00")
    QueueRules.objects.create(site=site, announce_repeat=2)
    PriorityClass.objects.create(
        site=site, key="ordinary", names={"en": "Ordinary", "zh-Hans": "普通"}, is_default=True
    )
    floor = Floor.objects.create(site=site, level=0, names={"en": "Ground floor", "zh-Hans": "一层"})
    zones = {
        "main": _zone(floor, "main", Zone.Kind.WAITING, "Main hall", "综合大厅"),
        "lobby": _zone(floor, "lobby", Zone.Kind.LOUNGE, "Lobby", "休息区"),
        "private": _zone(floor, "private", Zone.Kind.PRIVATE, "Private business", "专属服务区"),
    }
    stages = {
        "general": _stage(site, "general", "A", "General business", "综合业务"),
        "payments": _stage(site, "payments", "B", "Payments", "缴费业务"),
        "advice": _stage(site, "advice", "V", "Personal advice", "专属咨询"),
    }
    counters = {}
    for label, zone, served in (
        ("1", "main", ("general", "payments")),
        ("2", "main", ("general",)),
        ("3", "main", ("payments",)),
        ("8", "private", ("advice", "general")),
    ):
        counter = Counter.objects.create(
            site=site,
            zone=zones[zone],
            label=label,
            names={"en": f"Counter {label}", "zh-Hans": f"{label} 号窗口"},
        )
        counter.stages.set([stages[name] for name in served])
        counters[label] = counter.pk
    configuration.forget()
    return Hall(site, zones, counters)


def _zone(floor: Floor, slug: str, kind: str, english: str, chinese: str) -> Zone:
    return Zone.objects.create(
        site=floor.site, floor=floor, slug=slug, kind=kind, names={"en": english, "zh-Hans": chinese}
    )


def _stage(site: Site, slug: str, prefix: str, english: str, chinese: str) -> Stage:
    names = {"en": english, "zh-Hans": chinese}
    series = Series.objects.create(site=site, prefix=prefix)
    service = Service.objects.create(site=site, slug=slug, names=names, series=series)
    Stage.objects.create(service=service, position=1, names=names)
    if slug == "advice":
        Stage.objects.create(service=service, position=2, names={"en": "Signing", "zh-Hans": "签约"})
    first = service.stages.first()
    assert first is not None
    return first
