"""Filters of the operations pages: figures, shares and moments as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from servicehall.channels.look import times

register = template.Library()
NOTHING = "–"


@register.filter
def moment(value: str | datetime | None) -> datetime | None:
    """An ISO 8601 text as a moment."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@register.filter
def percent(value: float | None) -> str:
    """A share from 0 to 1 as a whole percentage; a dash when there is none."""
    return NOTHING if value is None else f"{value * 100:.0f}%"


@register.filter
def clocked(value: float | None) -> str:
    """Seconds as 4:05; a dash when there are none."""
    return NOTHING if value is None else times.stopwatch(value)


@register.filter
def signed(value: float | None) -> str:
    """Seconds as +0:12, −0:12 or ±0:00; a dash when there are none."""
    if value is None:
        return NOTHING
    shown = times.stopwatch(abs(value))
    sign = "±" if shown == times.stopwatch(0) else "−" if value < 0 else "+"
    return f"{sign}{shown}"


@register.filter
def figure(value: int | None) -> str:
    """A whole number in groups of three digits; a dash when there is none."""
    return NOTHING if value is None else f"{value:,}"


@register.filter
def score(value: float | None) -> str:
    """A mean score with one decimal; a dash when there is none."""
    return NOTHING if value is None else f"{value:.1f}"


@register.filter
def of_key(mapping: dict[Any, Any], key: Any) -> Any:
    """``mapping[key]``, None when it is not there."""
    return mapping.get(key)


@register.filter
def hours(minutes: int) -> str:
    """Minutes as hours with one decimal place."""
    return f"{minutes / 60:.1f}".removesuffix(".0")
