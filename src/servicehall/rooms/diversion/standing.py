"""A picture of a hall's load for the rules, and the rules' limits as pure values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing

from . import outside
from .hysteresis import Limits, applies, day_of, falls_on
from .measures import Line, Load
from .models import LoadRule


def load_of(site_id: UUID, at: datetime) -> Load:
    """The hall's load now."""
    found = queueing.pressure(site_id, at=at)
    lines = {
        one.service: Line(one.waiting, one.over_target, one.longest_seconds / 60, one.expected_minutes)
        for one in found.lines
    }
    return Load(lines, found.free, outside.closed_kiosks(site_id))


def limits_of(rule: LoadRule) -> Limits:
    """The rule's thresholds and times."""
    return Limits(
        rule.threshold,
        rule.over_at,
        timedelta(minutes=rule.hold_minutes),
        timedelta(minutes=rule.calm_minutes),
        less_is_worse=rule.measure == LoadRule.Measure.FREE,
    )


@dataclass(frozen=True, slots=True)
class Calendar:
    """What of a site says when its rules hold: its time zone, and the dates with hours of their own."""

    timezone: str
    special: frozenset[date]


def calendar_of(site_id: UUID, rules: Iterable[LoadRule], first: datetime, last: datetime) -> Calendar:
    """The site's calendar between two moments (two queries; one where no rule asks for special days)."""
    timezone = hall.site(site_id).timezone
    if all(rule.on_holidays for rule in rules):
        return Calendar(timezone, frozenset())
    begins = clock.local(first, timezone).date() - timedelta(days=1)
    days = hall.special_days(site_id, begins, clock.local(last, timezone).date())
    return Calendar(timezone, frozenset(one.date for one in days))


def within_times(rule: LoadRule, at: datetime, calendar: Calendar) -> bool:
    """Whether the rule's hours and days include the moment."""
    local = clock.local(at, calendar.timezone)
    if not applies(local.time(), rule.from_time, rule.to_time):
        return False
    day = day_of(local, rule.from_time, rule.to_time)
    return falls_on(day, rule.weekdays) and (rule.on_holidays or day not in calendar.special)


def applies_at(rule: LoadRule, at: datetime, calendar: Calendar) -> bool:
    """Whether the rule is in use and its hours and days include the moment."""
    return rule.is_active and within_times(rule, at, calendar)
