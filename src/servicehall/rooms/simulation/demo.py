"""Filling an empty installation with the demo, through the rooms' own actions."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import clock, rights
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.hall import queries as places
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as staff
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries

from .demo_bookings import add_bookings
from .demo_content import ADMIN, CLASSES, SITES, SKILLS, DemoPerson, DemoSite
from .demo_customers import add_customers
from .demo_flows import add_flows
from .demo_load import add_load_rules
from .demo_payments import add_payments

PASSWORD = "servicehall-demo"
ALWAYS = tuple((weekday, time(0), time(0)) for weekday in range(7))


@dataclass(frozen=True, slots=True)
class SignIn:
    """A member of the demo's staff who may sign in."""

    username: str
    password: str
    names: Text
    role: str
    site: Text


def sign_ins() -> list[SignIn]:
    """Everybody of the demo."""
    both = {code: " · ".join(site.names[code] for site in SITES) for code in ("zh-Hans", "en")}
    found = [SignIn(ADMIN.username, PASSWORD, ADMIN.names, ADMIN.role, both)]
    for site in SITES:
        found += [SignIn(p.username, PASSWORD, p.names, p.role, site.names) for p in site.people]
    return found


def seed(*, history: bool = True, at: datetime | None = None) -> list[SignIn]:
    """Make the demo's halls, staff and (with ``history``) the last hours' visits. Needs an empty installation."""
    for slug, names in SKILLS:
        people.add_skill(slug=slug, names=names, by=SYSTEM)
    organisations: list[UUID] = []
    for plan in SITES:
        site_id, organisation = _site(plan)
        organisations.append(organisation)
        add_customers(organisation)
        add_payments(organisation=organisation, site_id=site_id, at=at or clock.now(), history=history)
        add_flows(organisation)
        add_bookings(slug=plan.slug, site_id=site_id, at=at or clock.now(), history=history)
        add_load_rules(site_id)
        for person in plan.people:
            _person(person, [people.RoleAt(person.role, site=site_id)])
        if history:
            _history(plan, site_id, at or clock.now())
    _person(ADMIN, [people.RoleAt("admin", organisation=one) for one in organisations])
    return sign_ins()


def _person(person: DemoPerson, roles: list[people.RoleAt]) -> None:
    people.add_staff(
        username=person.username,
        names=person.names,
        password=PASSWORD,
        by=SYSTEM,
        roles=roles,
        skills=person.skills,
        language=person.language,
        check_password=False,
        is_demo=True,
    )


def _site(plan: DemoSite) -> tuple[UUID, UUID]:
    skills = staff.skill_ids()
    organisation = hall.add_organisation(slug=plan.organisation[0], names=plan.organisation[1], by=SYSTEM)
    region = hall.add_region(organisation=organisation, slug=plan.region[0], names=plan.region[1], by=SYSTEM)
    site = hall.add_site(
        region=region, slug=plan.slug, names=plan.names, address=plan.address, hours=ALWAYS, by=SYSTEM
    )
    floors = {
        level: hall.add_floor(site=site, level=level, names=names, by=SYSTEM) for level, names in plan.floors
    }
    zones = {
        slug: hall.add_zone(floor=floors[level], slug=slug, names=names, kind=kind, by=SYSTEM)
        for level, slug, kind, names in plan.zones
    }
    classes = {
        key: queue.add_class(site_id=site.pk, key=key, names=names, rule=rule, by=SYSTEM, **fields)
        for key, names, rule, fields in CLASSES
    }
    queue.set_rules(site_id=site.pk, by=SYSTEM, announce_languages=["zh-Hans", "en"])
    stages: dict[str, list[Any]] = {}
    for position, one in enumerate(plan.services, 1):
        service = queue.add_service(
            site_id=site.pk,
            slug=one.slug,
            prefix=one.prefix,
            names=one.names,
            hint=one.hint,
            icon=one.icon,
            expected_minutes=one.minutes,
            target_minutes=one.target,
            position=position * 10,
            classes=[classes[key] for key in ("walk-in", *one.classes)],
            stages=[
                queue.StagePlan(s.names, s.minutes, (skills[s.skill],) if s.skill else ()) for s in one.stages
            ]
            or [queue.StagePlan(one.names, None, (skills[one.skill],) if one.skill else ())],
            by=SYSTEM,
        )
        stages[one.slug] = list(service.stages.order_by("position"))
    for counter in plan.counters:
        served = []
        for ref in counter.serves:
            slug, _, number = ref.partition(":")
            served += [stages[slug][int(number) - 1]] if number else stages[slug]
        names = {
            "zh-Hans": f"{counter.label} 号{plan.counter_word['zh-Hans']}",
            "en": f"{plan.counter_word['en']} {counter.label}",
        }
        queue.add_counter(
            site_id=site.pk,
            zone_id=zones[counter.zone].pk,
            label=counter.label,
            names=names,
            stages=served,
            by=SYSTEM,
        )
    return site.pk, organisation.pk


def _history(plan: DemoSite, site_id: UUID, now: datetime) -> None:
    """Some visits of the last three hours, all over by now: figures to look at, nobody left waiting."""
    chance = random.Random(plan.slug)
    customer = rights.customer("kiosk")
    agents = [p for p in plan.people if p.role == "agent"]
    counters = queries.counters(site_id)
    pairs: list[tuple[dict[str, Any], Actor]] = []
    offered: dict[str, list[str]] = {}
    skill_of = {service.slug: service.skill for service in plan.services}
    serves = {counter.label: counter.serves for counter in plan.counters}
    able = [
        c
        for c in counters
        if serves[c["label"]] and not any(r.endswith(":2") for r in serves[c["label"]][:1])
    ]
    for counter, person in zip(able, agents, strict=False):
        firsts = [ref.removesuffix(":1") for ref in serves[counter["label"]] if not ref.endswith(":2")]
        offered[counter["id"]] = [s for s in firsts if skill_of[s] in (None, *person.skills)]
        actor = staff.actor_of(staff.staff_at(site_id, person.username))
        queue.sign_in(
            site_id=site_id, counter_id=UUID(counter["id"]), by=actor, at=now - timedelta(minutes=200)
        )
        pairs.append((counter, actor))
    free = {counter["id"]: now - timedelta(minutes=190) for counter, _actor in pairs}
    moment, end = now - timedelta(minutes=190), now - timedelta(minutes=35)
    while moment < end:
        moment += timedelta(seconds=chance.expovariate(1 / 160))
        counter, actor = min(pairs, key=lambda pair: free[pair[0]["id"]])
        service = chance.choice(offered[counter["id"]])
        key = chance.choices(["walk-in", "elderly", "disabled"], [86, 9, 5])[0]
        try:
            ticket = queue.issue_ticket(
                site_id=site_id, service=service, priority=key, by=customer, at=moment
            )
        except queue.PriorityNotOffered:
            continue
        called = max(moment + timedelta(seconds=chance.uniform(4, 90)), free[counter["id"]])
        if chance.random() < 0.05:
            queue.cancel(ticket_id=ticket.pk, by=customer, at=called)
            continue
        free[counter["id"]] = _serve(ticket.pk, site_id, counter["id"], actor, called, chance)
    for counter, actor in pairs:
        queue.sign_out(
            site_id=site_id, counter_id=UUID(counter["id"]), by=actor, at=now - timedelta(minutes=12)
        )


def _serve(
    ticket: UUID, site_id: UUID, counter: str, actor: Actor, called: datetime, chance: random.Random
) -> datetime:
    """One visit from the call on; returns when the counter is free again."""
    found = queue.call_next(site_id=site_id, counter_id=UUID(counter), by=actor, at=called)
    if found is None:
        # Sent on to a stage that nobody serves just now.
        queue.cancel(ticket_id=ticket, by=SYSTEM, at=called)
        return called
    if chance.random() < 0.06:
        queue.no_show(ticket_id=found.pk, by=actor, at=called + timedelta(minutes=2))
        return called + timedelta(minutes=2)
    started = called + timedelta(seconds=chance.uniform(10, 45))
    ended = started + timedelta(seconds=min(900, chance.lognormvariate(5.2, 0.6)))
    queue.start(ticket_id=found.pk, by=actor, at=started)
    queue.finish(ticket_id=found.pk, by=actor, at=ended)
    if chance.random() < 0.55:
        score = chance.choices([5, 4, 3, 2, 1], [52, 30, 10, 5, 3])[0]
        reasons = {5: ["friendly"], 4: ["quick"], 3: [], 2: ["long-wait"], 1: ["not-solved", "long-wait"]}[
            score
        ]
        feedback.rate_visit(
            served=queries.served_visit(found.pk),
            score=score,
            reasons=reasons,
            by=rights.customer("phone"),
            at=ended + timedelta(minutes=1),
        )
    return ended + timedelta(seconds=20)


def is_empty() -> bool:
    """Whether no hall is set up yet."""
    return not places.sites_seen(SYSTEM).exists()


def is_demo() -> bool:
    """Whether the halls that are set up are the demo's."""
    slugs = set(places.sites_seen(SYSTEM).values_list("slug", flat=True))
    return {site.slug for site in SITES} <= slugs
