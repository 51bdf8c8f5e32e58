"""Template filters for moments and expected waits; the words are in ../moments.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django import template

from servicehall.channels.look import icons, moments
from servicehall.kernel import clock

if TYPE_CHECKING:
    from servicehall.rooms.services.queries import Opening

register = template.Library()


def _moment(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else value or None


@register.filter
def day_and_time(value: datetime | str | None, timezone: str) -> str:
    """A moment (or its ISO 8601 form) as "tomorrow at 09:00", in the place's time zone."""
    moment = _moment(value)
    return moments.day_and_time(moment, timezone) if moment else ""


@register.filter
def date_and_time(value: datetime | str | None, timezone: str) -> str:
    """A moment (or its ISO 8601 form) as "2026-03-03 10:00", in the place's time zone: for what is kept."""
    moment = _moment(value)
    return clock.local(moment, timezone).strftime("%Y-%m-%d %H:%M") if moment else ""


@register.filter
def closing_time(value: datetime | str | None, timezone: str) -> str:
    """A moment (or its ISO 8601 form) as "today at 21:00"; midnight as "today at 24:00"."""
    moment = _moment(value)
    return moments.closing_time(moment, timezone) if moment else ""


@register.filter
def time_of_day(value: datetime | str | None, timezone: str) -> str:
    """A moment (or its ISO 8601 form) as "13:30", in the place's time zone."""
    moment = _moment(value)
    return clock.local(moment, timezone).strftime("%H:%M") if moment else ""


@register.filter
def opening_times(opening: Sequence[Opening]) -> str:
    """When a service can be begun: "Mon–Fri 09:00–17:00"."""
    return moments.opening_times(opening)


@register.filter
def expected_wait(minutes: Sequence[int] | None) -> str:
    """(least, most) whole minutes as "about 5–12 min"; empty when nothing is known."""
    return moments.expected_wait(minutes)


@register.filter
def icon_or_ticket(name: str) -> str:
    """The name of the icon that somebody chose for a service; "ticket" when there is none of that name."""
    try:
        icons.inline(name)
    except icons.NoSuchIcon:
        return "ticket"
    return name
