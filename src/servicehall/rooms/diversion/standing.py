"""A picture of a hall's load for the rules, and the rules' limits as pure values."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.rooms.queueing import queries as queueing

from . import outside
from .hysteresis import Limits, applies
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


def within_hours(rule: LoadRule, at: datetime, timezone: str) -> bool:
    """Whether the rule's hours include the moment."""
    return applies(clock.local(at, timezone).time(), rule.from_time, rule.to_time)


def applies_at(rule: LoadRule, at: datetime, timezone: str) -> bool:
    """Whether the rule is in use and its hours include the moment."""
    return rule.is_active and within_hours(rule, at, timezone)
