"""A small hall for tests, made through the rooms' own actions.

Two counters, an ordinary service with classes, one with two stages, one that needs a skill; an agent,
a colleague, a supervisor, a manager, an administrator; and a second site where none of them works.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import clock, followers, rights
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as staff
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import configuration
from tests.remembered import built

# A Tuesday, 10:00 in Shanghai.
MORNING = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
ALWAYS = [(weekday, time(0), time(0)) for weekday in range(7)]
CUSTOMER = rights.customer("phone")
KIOSK = rights.customer("kiosk")


def text(en: str, zh: str = "") -> dict[str, str]:
    """A text in both languages."""
    return {"en": en, "zh-Hans": zh or en}


@dataclass
class Hall:
    """Handles on a hall that was set up for a test."""

    site: Any
    zone: Any
    services: dict[str, Any] = field(default_factory=dict)
    counters: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        site_id: UUID = self.site.pk
        return site_id

    def issue(self, service: str = "consult", *, at: datetime = MORNING, **rest: Any) -> Any:
        """A ticket for a customer."""
        return queue.issue_ticket(site_id=self.id, service=service, by=CUSTOMER, at=at, **rest)

    def open(self, label: str = "1", who: str = "agent", *, at: datetime = MORNING) -> UUID:
        """Sign somebody in to a counter; returns its id."""
        counter: UUID = self.counters[label].pk
        queue.sign_in(site_id=self.id, counter_id=counter, by=self.actors[who], at=at)
        return counter

    def next(self, label: str = "1", who: str = "agent", *, at: datetime = MORNING) -> Any:
        """Call the next customer."""
        return queue.call_next(
            site_id=self.id, counter_id=self.counters[label].pk, by=self.actors[who], at=at
        )


def minutes(count: float) -> datetime:
    """So many minutes after the morning began."""
    return MORNING + timedelta(minutes=count)


def catch_up() -> None:
    """Let every follower see everything."""
    while followers.run_pending():
        pass


def make_site(slug: str = "mall", *, hours: Any = None, **rest: Any) -> tuple[Any, Any]:
    """An organisation with one site and one zone."""
    organisation = hall.add_organisation(slug=f"{slug}-group", names=text("Group", "集团"), by=SYSTEM)
    region = hall.add_region(organisation=organisation, slug="east", names=text("East", "东区"), by=SYSTEM)
    site = hall.add_site(
        region=region,
        slug=slug,
        names=text(f"{slug.title()} hall", f"{slug} 大厅"),
        hours=ALWAYS if hours is None else hours,
        by=SYSTEM,
        **rest,
    )
    floor = hall.add_floor(site=site, level=0, names=text("Ground", "一层"), by=SYSTEM)
    return site, hall.add_zone(floor=floor, slug="main", names=text("Main", "主厅"), by=SYSTEM)


def make_hall(slug: str = "mall", **rest: Any) -> Hall:
    """The whole small hall."""
    configuration.forget()
    return built(
        (slug, repr(rest), clock.now() if clock.is_virtual() else None),
        lambda: _make_hall(slug, **rest),
        empty="hall_site",
    )


def _make_hall(slug: str, **rest: Any) -> Hall:
    site, zone = make_site(slug, **rest)
    made = Hall(site, zone)
    people.add_skill(slug="lending", names=text("Lending", "信贷"), by=SYSTEM)
    skills = staff.skill_ids()
    classes = [
        queue.add_class(
            site_id=site.pk, key="walk-in", names=text("Standard", "普通"), is_default=True, by=SYSTEM
        ),
        queue.add_class(
            site_id=site.pk,
            key="elderly",
            names=text("Senior", "长者"),
            rule=text("65 or over", "65 岁以上"),
            rate=2.0,
            head_start=10.0,
            rank=10,
            is_public=True,
            by=SYSTEM,
        ),
        queue.add_class(site_id=site.pk, key="vip", names=text("VIP", "贵宾"), rank=5, by=SYSTEM),
    ]
    plans: dict[str, tuple[str, list[queue.StagePlan]]] = {
        "consult": ("A", []),
        "refund": ("B", [queue.StagePlan(text("Check", "验货")), queue.StagePlan(text("Cashier", "收银"))]),
        "loan": ("C", [queue.StagePlan(text("Adviser", "顾问"), None, (skills["lending"],))]),
    }
    stages: list[Any] = []
    for service, (prefix, plan) in plans.items():
        made.services[service] = queue.add_service(
            site_id=site.pk,
            slug=service,
            prefix=prefix,
            names=text(service.title(), {"consult": "咨询", "refund": "退货", "loan": "贷款"}[service]),
            expected_minutes=5,
            target_minutes=10,
            classes=classes,
            stages=plan,
            by=SYSTEM,
        )
        stages += list(made.services[service].stages.order_by("position"))
    for label in ("1", "2"):
        made.counters[label] = queue.add_counter(
            site_id=site.pk,
            zone_id=zone.pk,
            label=label,
            names=text(f"Counter {label}", f"{label} 号窗口"),
            stages=stages,
            by=SYSTEM,
        )
    for who, role, skill in (
        ("agent", "agent", []),
        ("colleague", "agent", ["lending"]),
        ("supervisor", "supervisor", ["lending"]),
        ("manager", "manager", []),
        ("admin", "admin", []),
    ):
        made.people[who] = people.add_staff(
            username=f"{slug}-{who}",
            names=text(who.title(), who),
            password="a long enough password",
            by=SYSTEM,
            roles=[people.RoleAt(role, site=site.pk)],
            skills=skill,
            language="en",
            check_password=False,
        )
        made.actors[who] = staff.actor_of(made.people[who])
    return made
