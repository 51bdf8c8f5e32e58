"""Two small halls with staff for the desk's tests, and somebody who sits at a counter. No fixtures."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from servicehall.kernel import clock, rights
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.hall import queries as places
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as staff
from servicehall.rooms.people.models import Staff
from servicehall.rooms.queueing import actions, configuration
from servicehall.rooms.queueing.models import CounterStatus, Ticket
from tests.remembered import built

PASSWORD = "windows-and-doors-9"
ALWAYS = tuple((weekday, time(0), time(0)) for weekday in range(7))


def both(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh-Hans": zh}


@dataclass
class House:
    """The halls ``mall`` (counters 1, 2, 3) and ``bank`` (counter 9), with short words for what happens."""

    site_id: UUID
    other_id: UUID
    counters: dict[str, UUID]

    def actor(self, username: str) -> rights.Actor:
        return staff.actor_of(Staff.objects.get(username=username))

    def issue(self, service: str = "enquiries", *, ago: float = 60, **fields: Any) -> Ticket:
        """A ticket taken ``ago`` seconds before now."""
        return actions.issue_ticket(
            site_id=self.site_id,
            service=service,
            by=rights.customer("kiosk"),
            at=clock.now() - timedelta(seconds=ago),
            **fields,
        )

    def sit(self, username: str, label: str = "1") -> rights.Actor:
        actor = self.actor(username)
        actions.sign_in(site_id=self.site_id, counter_id=self.counters[label], by=actor)
        return actor

    def call(self, username: str, label: str, *, start: bool = False) -> Ticket:
        """Somebody at a counter calls who is next."""
        actor = self.sit(username, label)
        ticket = actions.call_next(site_id=self.site_id, counter_id=self.counters[label], by=actor)
        assert ticket is not None
        return actions.start(ticket_id=ticket.pk, by=actor) if start else ticket

    def site(self) -> Any:
        return places.site(self.site_id)

    def state(self, ticket: Ticket) -> str:
        return Ticket.objects.get(pk=ticket.pk).state

    def seat(self, label: str) -> str:
        """The state of a counter."""
        status = CounterStatus.objects.filter(pk=self.counters[label]).first()
        return status.state if status else "closed"

    def events(self, kind: str) -> int:
        return Event.objects.filter(site_id=self.site_id, kind=kind).count()


def build_house() -> House:
    """The mall with three services, three counters and staff; the bank with one of each."""
    configuration.forget()
    now = clock.now() if clock.is_virtual() else None
    house: House = built(("house", now), _build_house, empty="hall_site")
    return house


def _build_house() -> House:
    organisation = hall.add_organisation(slug="group", names=both("Group", "集团"), by=SYSTEM)
    region = hall.add_region(organisation=organisation, slug="east", names=both("East", "华东"), by=SYSTEM)
    people.add_skill(slug="complaints", names=both("Complaints", "投诉处理"), by=SYSTEM)
    mall, main, private = _site(region, "mall", both("Mall Service Hall", "商场服务大厅"))
    bank, hall_of_bank, _rooms = _site(region, "bank", both("Bank Branch", "银行网点"))
    classes = _classes(mall)
    skill = staff.skill_ids()["complaints"]
    enquiries = _service(mall, "enquiries", "A", both("Enquiries", "综合咨询"), classes=classes)
    inspection, cashier = _service(
        mall,
        "returns",
        "D",
        both("Returns", "退换货"),
        actions.StagePlan(both("Inspection", "验货登记"), 8),
        actions.StagePlan(both("Refund cashier", "退款收银"), 4),
        classes=classes,
    )
    complaints = _service(
        mall,
        "complaints",
        "E",
        both("Complaints", "投诉建议"),
        actions.StagePlan(both("Complaints", "投诉建议"), None, (skill,)),
        classes=classes,
    )
    cash = _service(bank, "cash", "C", both("Cash", "现金"), classes=_classes(bank)[:1])
    first = [*enquiries, inspection, *complaints]
    counters = {
        "1": _counter(mall, main, "1", first),
        "2": _counter(mall, main, "2", [*first, cashier]),
        "3": _counter(mall, private, "3", first),
        "9": _counter(bank, hall_of_bank, "9", cash),
    }
    for username, names, role, sites, language, skills in (
        ("anna", both("Anna Meyer", "安娜"), "agent", (mall,), "en", ()),
        ("ben", both("Ben Zhou", "周本"), "agent", (mall,), "zh-hans", ("complaints",)),
        ("sue", both("Sue Wang", "王素"), "supervisor", (mall,), "en", ("complaints",)),
        ("otto", both("Otto Lin", "林奥"), "agent", (bank,), "en", ()),
        ("mira", both("Mira Chen", "陈米拉"), "manager", (mall, bank), "en", ()),
        ("nora", both("Nora Wu", "吴诺拉"), "", (), "en", ()),
    ):
        people.add_staff(
            username=username,
            names=names,
            password=PASSWORD,
            by=SYSTEM,
            roles=[people.RoleAt(role, site=site.pk) for site in sites],
            skills=skills,
            language=language,
            check_password=False,
        )
    configuration.forget()
    return House(mall.pk, bank.pk, counters)


def _site(region: Any, slug: str, names: dict[str, str]) -> tuple[Any, Any, Any]:
    site = hall.add_site(region=region, slug=slug, names=names, hours=ALWAYS, by=SYSTEM)
    floor = hall.add_floor(site=site, level=0, names=both("Ground", "一层"), by=SYSTEM)
    return (
        site,
        hall.add_zone(floor=floor, slug="main", names=both("Main area", "综合区"), by=SYSTEM),
        hall.add_zone(floor=floor, slug="private", names=both("Private rooms", "接待室"), by=SYSTEM),
    )


def _classes(site: Any) -> list[Any]:
    planned: list[dict[str, Any]] = [
        {"key": "walk-in", "names": both("Standard", "普通"), "is_default": True, "rank": 50},
        {
            "key": "elderly",
            "names": both("Senior 65+", "长者优先"),
            "rate": 1.5,
            "head_start": 10.0,
            "rank": 20,
            "is_public": True,
        },
    ]
    return [actions.add_class(site_id=site.pk, by=SYSTEM, **fields) for fields in planned]


def _service(
    site: Any, slug: str, prefix: str, names: dict[str, str], *stages: actions.StagePlan, classes: list[Any]
) -> list[Any]:
    made = actions.add_service(
        site_id=site.pk,
        slug=slug,
        prefix=prefix,
        names=names,
        stages=stages,
        classes=classes,
        expected_minutes=5,
        target_minutes=10,
        by=SYSTEM,
    )
    return list(made.stages.order_by("position"))


def _counter(site: Any, zone: Any, label: str, stages: list[Any]) -> UUID:
    names = both(f"Counter {label}", f"{label} 号窗口")
    return actions.add_counter(
        site_id=site.pk, zone_id=zone.pk, label=label, names=names, stages=stages, by=SYSTEM
    ).pk


@dataclass
class Desk:
    """A member of staff at a counter's page, through Django's test client as htmx would ask."""

    house: House
    client: Client
    counter: UUID
    username: str

    @classmethod
    def open(cls, house: House, username: str = "anna", label: str = "1", *, sit: bool = True) -> Desk:
        client = Client(headers={"accept-language": "en"})
        client.force_login(Staff.objects.get(username=username))
        desk = cls(house, client, house.counters[label], username)
        if sit:
            house.sit(username, label)
        return desk

    def page(self) -> str:
        response = self.client.get(f"/desk/{self.counter}")
        assert response.status_code == 200, response.status_code
        return response.content.decode()

    def get(self, part: str, **query: Any) -> Any:
        return self.client.get(f"/desk/{self.counter}/{part}", query, headers={"hx-request": "true"})

    def act(self, act: str, ticket: Ticket | None = None, *, key: str = "", **fields: Any) -> Any:
        """Send a form of the page; ``key`` repeats an earlier one."""
        if ticket is not None:
            fields["ticket"] = str(ticket.pk)
        fields["idempotency_key"] = key or str(uuid4())
        return self.client.post(f"/desk/{self.counter}/do/{act}", fields, headers={"hx-request": "true"})

    def current(self) -> Ticket | None:
        return Ticket.objects.filter(counter_id=self.counter, state__in=["called", "serving"]).first()


def said(response: Any) -> str:
    """The sentence that an answer says."""
    head = response.headers.get("HX-Trigger", "")
    return str(json.loads(head)["said"]["text"]) if head else ""


def mode(response: HttpResponse | str) -> str:
    """In which state the customer's part of a page is."""
    text = response if isinstance(response, str) else response.content.decode()
    found = re.search(r'class="now now-([a-z]+)"', text)
    assert found, text[:500]
    return found[1]


def tablet_of(house: House, label: str) -> str:
    """The address of the rating tablet beside a counter."""
    return reverse("desk:rate", args=[house.counters[label]])
