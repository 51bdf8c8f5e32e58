"""A plan from its document (YAML or JSON), and everything that is wrong with it at once. See docs/simulation.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from servicehall.rooms.queueing.queries import rules

from .fields import LONGEST, MOST_MINUTES, Fields
from .findings import Finding, UnusablePlan
from .plan import (
    DAY,
    Appointment,
    ClassPlan,
    CounterPlan,
    Merging,
    Plan,
    Rules,
    ServicePlan,
    Shift,
    StagePlan,
)
from .roster import remarks, two_at_once
from .spreads import Spread

MOST_SERVICES, MOST_COUNTERS, MOST_CLASSES, MOST_SHIFTS, MOST_BOOKED = 100, 300, 30, 2000, 5000
MOST_AN_HOUR, MOST_A_DAY = 5000.0, 20_000
LARGEST = 1_000_000
"""Characters of a file."""
DEEPEST = 16
"""Lists and tables within one another; a plan has six."""

_PLAN = (
    "name",
    "opening",
    "demand",
    "rules",
    "classes",
    "services",
    "counters",
    "roster",
    "merging",
    "appointments",
)
_SERVICE = (
    *("names", "target_minutes", "arrivals", "classes", "minutes", "skills", "stages", "patience", "no_show"),
    *("returns", "return_minutes", "postpones", "max_waiting", "daily_limit"),
)  # fmt: skip
_RULES = (
    *("discipline", "return_minutes", "late_places", "postpone_places", "postpone_times"),
    *("come_minutes", "missed_minutes", "between_minutes"),
)  # fmt: skip
_WAYS = ("booked", "lead", "front")
_MERGING = ("priority", "rule", "lead_minutes", "late_minutes", "early_minutes", "early_spread")
USUAL = Spread("lognormal", 8.0, 0.6)


def _yaml(text: str) -> Any:
    """What YAML says. An alias of an alias of an alias would be more than any machine holds, and no plan is deep: both are
    seen before anything is built.

    Raises:
        UnusablePlan: it has aliases, or is nested too deeply.
        yaml.YAMLError: it is no YAML.
    """
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise UnusablePlan([Finding("aliases")])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise UnusablePlan([Finding("too-deep")])
    return yaml.load(text, Loader=yaml.CSafeLoader)


def document_of(text: str) -> dict[str, Any]:
    """The document that a file holds.

    Raises:
        UnusablePlan: it is neither YAML nor JSON, or too large.
    """
    import yaml

    if len(text) > LARGEST:
        raise UnusablePlan([Finding("too-long", facts={"most": LARGEST})])
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else _yaml(text)
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        said = " ".join(str(problem).split())[:200]
        raise UnusablePlan([Finding("unreadable", facts={"value": said})]) from None
    if not isinstance(found, Mapping):
        raise UnusablePlan([Finding("not-a-table")])
    return dict(found)


def read(document: Mapping[str, Any]) -> tuple[Plan, list[Finding]]:
    """The plan, and what is worth knowing about it.

    Raises:
        UnusablePlan: it cannot be tried out; everything that is wrong with it.
    """
    findings: list[Finding] = []
    plan = _plan(Fields(document, "", findings, _PLAN), findings)
    if not findings:
        findings += two_at_once(plan)
    if findings:
        # A table that is none is stumbled over more than once.
        raise UnusablePlan(list({(one.where, one.code, str(one.facts)): one for one in findings}.values()))
    return plan, remarks(plan)


def _plan(fields: Fields, findings: list[Finding]) -> Plan:
    opens = tuple(sorted(one.span() for one in fields.tables("opening", ("from", "to"), 12)))
    classes = _classes(fields)
    keys = [one.key for one in classes]
    services = tuple(
        _service(key, Fields(value, f"services.{key}", findings, _SERVICE), keys)
        for key, value in fields.named("services", MOST_SERVICES).items()
    )
    if not services:
        fields.find("missing", "services")
    counters = _counters(fields, services)
    labels = [one.label for one in counters]
    known_skills = {skill for service in services for stage in service.stages for skill in stage.skills}
    shifts = []
    for one in fields.tables("roster", ("counter", "from", "to", "skills"), MOST_SHIFTS):
        skills = one.names("skills")
        held = None if skills is None else frozenset(skills) & known_skills
        shifts.append(Shift(one.choice("counter", labels), *one.span(), held))
    plan = Plan(
        fields.text("name"),
        opens,
        classes,
        services,
        counters,
        tuple(shifts),
        _appointments(fields, [one.slug for one in services]),
        _rules(fields.table("rules", _RULES)),
        _merging(fields.table("merging", _MERGING), keys),
        fields.number("demand", 1.0, 0.0, 20.0),
    )
    come = sum(sum(one.arrivals) for one in services) * plan.demand + len(plan.appointments)
    if come > MOST_A_DAY:
        fields.find("too-many", "services", value=round(come), most=MOST_A_DAY)
    return plan


def _classes(fields: Fields) -> tuple[ClassPlan, ...]:
    found = []
    for key, value in fields.named("classes", MOST_CLASSES).items():
        one = Fields(value, f"classes.{key}", fields.findings, ("names", "rate", "head_start", "rank"))
        one.translated("names")
        found.append(
            ClassPlan(
                key,
                one.number("rate", 1.0, 0, 100),
                one.number("head_start", 0.0, -10_000, 10_000),
                one.count("rank", 100, 0, 32_767),
            )
        )
    return tuple(found) or (ClassPlan("walk-in"),)


def _arrivals(fields: Fields) -> tuple[float, ...]:
    found = [0.0] * 24
    table = fields.table("arrivals")
    for name, value in table.values.items():
        text = name.removesuffix(":00")
        hour = int(text) if text.isdecimal() and len(text) <= 4 else -1
        if hour >= 24 and hour % 60 == 0:  # YAML reads 10:00 without quotes as 600
            hour //= 60
        if not 0 <= hour < 24:
            table.find("not-an-hour", value=name[:40])
            continue
        found[hour] = table.checked(value, name, 0.0, 0.0, MOST_AN_HOUR)
    return tuple(found)


def _service(slug: str, fields: Fields, classes: list[str]) -> ServicePlan:
    names = fields.translated("names")
    stages = []
    for number, one in enumerate(fields.tables("stages", ("name", "minutes", "skills"), 20), 1):
        minutes = one.spread("minutes", USUAL, "lognormal") or USUAL
        stages.append(StagePlan(one.text("name", str(number)), minutes, frozenset(one.names("skills") or ())))
    if not stages:
        minutes = fields.spread("minutes", USUAL, "lognormal") or USUAL
        stages.append(StagePlan("", minutes, frozenset(fields.names("skills") or ())))
    shares: dict[str, float] = {}
    table = fields.table("classes")
    for key in table.values:
        if key not in classes:
            table.unknown(key, key, classes)
        else:
            shares[key] = table.number(key, 0.0, 0.0, 1_000_000)
    total = sum(shares.values())
    if shares and total <= 0:
        table.find("no-shares")
    return ServicePlan(
        slug,
        tuple(stages),
        _arrivals(fields),
        {key: share / total for key, share in shares.items()} if total > 0 else {classes[0]: 1.0},
        fields.number("target_minutes", 15.0, 0.0, MOST_MINUTES),
        fields.spread("patience", None, "exponential"),
        fields.number("no_show", 0.0, 0.0, 1.0),
        fields.number("returns", 0.0, 0.0, 1.0),
        fields.number("return_minutes", 10.0, 0.01, MOST_MINUTES),
        fields.number("postpones", 0.0, 0.0, 1.0),
        fields.whole("max_waiting", None, 0, 1_000_000),
        fields.whole("daily_limit", None, 0, 1_000_000),
        names,
    )


def _counters(fields: Fields, services: tuple[ServicePlan, ...]) -> tuple[CounterPlan, ...]:
    stages = {one.slug: len(one.stages) for one in services}
    found = []
    table = fields.table("counters")
    for label, value in fields.named("counters", MOST_COUNTERS).items():
        if not isinstance(value, list):
            table.find("not-a-list", label)
            continue
        served: set[tuple[str, int]] = set()
        for ref in value:
            slug, _colon, number = str(ref).rpartition(":")
            if slug in stages and number.isdecimal() and 1 <= int(number) <= stages[slug]:
                served.add((slug, int(number) - 1))
            elif str(ref) in stages:
                served |= {(str(ref), n) for n in range(stages[str(ref)])}
            else:
                table.unknown(label, ref, stages)
        found.append(CounterPlan(label, frozenset(served)))
    return tuple(found)


def _appointments(fields: Fields, services: list[str]) -> tuple[Appointment, ...]:
    """Single ones (``at``), and rows of them (``from``, ``to``, ``every_minutes``)."""
    found: list[Appointment] = []
    known = ("at", "from", "to", "every_minutes", "service", "shows")
    for one in fields.tables("appointments", known, MOST_BOOKED):
        service, shows = one.choice("service", services), one.number("shows", 1.0, 0.0, 1.0)
        if "from" not in one.values:
            found.append(Appointment(one.time("at"), service, shows))
            continue
        begins, ends = one.span()
        every = one.count("every_minutes", 15, 1, DAY)
        found += [Appointment(at, service, shows) for at in range(begins, ends, every)]
    if len(found) > MOST_BOOKED:
        fields.find("too-many", "appointments", value=len(found), most=MOST_BOOKED)
    return tuple(found)


def _rules(fields: Fields) -> Rules:
    usual = Rules()
    return Rules(
        fields.choice("discipline", rules.DISCIPLINES, usual.discipline),
        fields.count("return_minutes", usual.return_minutes, 0, 1000),
        fields.count("late_places", usual.late_places, 0, 1000),
        fields.count("postpone_places", usual.postpone_places, 1, 1000),
        fields.count("postpone_times", usual.postpone_times, 0, 1000),
        fields.number("come_minutes", usual.come_minutes, 0.0, 60.0),
        fields.number("missed_minutes", usual.missed_minutes, 0.0, 60.0),
        fields.number("between_minutes", usual.between_minutes, 0.0, 60.0),
    )


def _merging(fields: Fields, classes: list[str]) -> Merging:
    usual = Merging()
    priority = fields.text("priority")
    if priority and priority not in classes:
        fields.unknown("priority", priority[:LONGEST], classes)
    rule = fields.text("rule") or usual.rule
    if rule not in _WAYS:
        fields.unknown("rule", rule[:LONGEST], list(_WAYS))
    return Merging(
        priority,
        rule,
        fields.number("lead_minutes", usual.lead_minutes, 0.0, MOST_MINUTES),
        fields.number("late_minutes", usual.late_minutes, 0.0, MOST_MINUTES),
        fields.number("early_minutes", usual.early_minutes, -MOST_MINUTES, MOST_MINUTES),
        fields.number("early_spread", usual.early_spread, 0.0, MOST_MINUTES),
    )
