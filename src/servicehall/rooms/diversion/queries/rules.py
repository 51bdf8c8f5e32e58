"""Rules with what they measure now, and when one would have fired on a past day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.text import capfirst

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.diversion import standing
from servicehall.rooms.diversion.history import MEASURES, Fired, Waited, loads, would_fire
from servicehall.rooms.diversion.measures import Load, value_of
from servicehall.rooms.diversion.models import Episode, LoadRule
from servicehall.rooms.diversion.standing import Calendar
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as services

RIGHT = "ops.see"


def watched_sites() -> set[UUID]:
    """The sites with a rule in use, or with a load that is not over (two queries)."""
    rules = LoadRule.objects.filter(is_active=True).values_list("site_id", flat=True)
    return set(rules) | set(Episode.objects.filter(over_at=None).values_list("site_id", flat=True))


def choices() -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Measures, actions and modes with their words, in the reader's language."""
    measures, acts, modes = LoadRule.Measure.choices, LoadRule.Action.choices, LoadRule.Mode.choices
    return (
        [(value, capfirst(str(words))) for value, words in measures],
        [(value, capfirst(str(words))) for value, words in acts],
        [(value, capfirst(str(words))) for value, words in modes],
    )


def flow_names(site_id: UUID) -> dict[str, Text]:
    """Names of the services that customers of a site can do on the phone, by short name (two queries)."""
    site = hall.site(site_id)
    offered = services.offered(site.region.organisation_id, channel="phone", timezone=site.timezone)
    return {one.slug: one.names for one in offered}


@dataclass(frozen=True, slots=True)
class RuleNow:
    """A rule, what it measures now (None: not known), and whether that is beyond its threshold, and its hours are on."""

    rule: LoadRule
    value: float | None
    is_beyond: bool
    applies: bool
    beyond_since: datetime | None


def _rows(site_id: UUID) -> QuerySet[LoadRule]:
    return (
        LoadRule.objects.filter(site_id=site_id)
        .select_related("watch", "counter", "staff", "other_site")
        .prefetch_related("services", "stages__service", "kiosk_services")
        .order_by("-is_active", "pk")
    )


def rules_of(site_id: UUID, *, actor: Actor) -> list[LoadRule]:
    """The rules of a site, those in use first (four queries).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, RIGHT, site_id)
    return list(_rows(site_id))


def load_now(site_id: UUID, *, actor: Actor, at: datetime | None = None) -> list[RuleNow]:
    """Each rule with what it measures now; the number of queries does not depend on how many there are.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    moment = at or clock.now()
    rules = rules_of(site_id, actor=actor)
    if not rules:
        return []
    load, calendar = standing.load_of(site_id, moment), standing.calendar_of(site_id, rules, moment, moment)
    return [_now(rule, load, moment, calendar) for rule in rules]


def _now(rule: LoadRule, load: Load, at: datetime, calendar: Calendar) -> RuleNow:
    value = value_of(rule.measure, load, [one.pk for one in rule.services.all()])
    beyond = value is not None and standing.limits_of(rule).is_beyond(value)
    watch = getattr(rule, "watch", None)
    applies = standing.applies_at(rule, at, calendar)
    return RuleNow(rule, value, beyond and applies, applies, watch.beyond_since if watch else None)


def rule_of(site_id: UUID, rule_id: UUID, *, actor: Actor) -> LoadRule:
    """One rule.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site; it has no such rule.
    """
    allow(actor, RIGHT, site_id)
    found = _rows(site_id).filter(pk=rule_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Tried:
    """When a rule would have fired on a day on which so many customers waited."""

    waits: int
    fired: list[Fired]


def try_rule(
    site_id: UUID, rule_id: UUID, day: date, *, actor: Actor, at: datetime | None = None
) -> Tried | None:
    """When the rule would have fired on a business day, from its tickets; None: its measure is in no ticket.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site; it has no such rule.
    """
    rule, site = rule_of(site_id, rule_id, actor=actor), hall.site(site_id)
    if rule.measure not in MEASURES:
        return None
    moment = at or clock.now()
    waits = [
        Waited(one.service, one.since, one.until, one.target_minutes)
        for one in queueing.waits_of_day(site_id, day, at=moment)
    ]
    if not waits:
        return Tried(0, [])
    start = min(one.since for one in waits).replace(second=0, microsecond=0)
    day_ends = clock.moment_of(day + timedelta(days=1), site.day_ends, site.timezone)
    seen = list(loads(waits, start, min(max(one.until for one in waits), moment, day_ends)))
    calendar = standing.calendar_of(site_id, [rule], seen[0][0], seen[-1][0])
    holds = {when for when, _load in seen if standing.within_times(rule, when, calendar)}
    chosen = [one.pk for one in rule.services.all()]
    return Tried(len(waits), would_fire(rule.measure, chosen, standing.limits_of(rule), seen, holds))
