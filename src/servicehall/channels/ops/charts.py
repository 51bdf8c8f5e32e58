"""Figures by hour in the form that the shared chart draws. No database here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

LONGEST = 36
"""Hours that a chart shows at most; a business day has 25 when the clock goes back."""


def every_hour(hours: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """The hours from the first to the last with figures, None where nothing happened in between."""
    by_start = {datetime.fromisoformat(h["start"]): h for h in hours}
    first, last = min(by_start), max(by_start)
    count = min(LONGEST, int((last - first) / timedelta(hours=1)) + 1)
    return [by_start.get(first + timedelta(hours=n)) for n in range(count)]


def _labels(hours: list[dict[str, Any]]) -> list[str]:
    first = min(datetime.fromisoformat(h["start"]) for h in hours)
    return [
        timezone.localtime(first + timedelta(hours=n)).strftime("%H:%M")
        for n in range(len(every_hour(hours)))
    ]


def by_hour(hours: list[dict[str, Any]]) -> dict[str, Any]:
    """Tickets taken and customers served by hour."""
    found = every_hour(hours)
    return {
        "labels": _labels(hours),
        "whole": True,
        "series": [
            {"name": _("Tickets taken"), "values": [h["issued"] if h else 0 for h in found], "tone": "info"},
            {"name": _("Served"), "values": [h["served"] if h else 0 for h in found], "tone": "brand"},
            {
                "name": _("Lost (missed or left)"),
                "values": [h["no_show"] + h["abandoned"] if h else 0 for h in found],
                "tone": "warn",
            },
        ],
    }


def waits(hours: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean wait by hour, in minutes."""
    found = every_hour(hours)
    return {
        "labels": _labels(hours),
        "unit": _("min"),
        "series": [
            {
                "name": _("Mean wait"),
                "values": [
                    round(h["mean_wait_seconds"] / 60, 1)
                    if h and h["mean_wait_seconds"] is not None
                    else None
                    for h in found
                ],
                "tone": "brand",
                "kind": "lines",
            }
        ],
    }
