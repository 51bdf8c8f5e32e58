"""The tiles at the top: which figures, in which tone, with which words beneath. No database here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicehall.channels.look import times
from servicehall.kernel.languages import say

from .templatetags.ops import clocked, figure, percent, score

# The share of customers who are to be called within their service's target: the call centres' 80 %.
GOAL = 0.8
# Below this the share is far off, and above this share of lost customers something is wrong.
FAR_OFF = 0.6
MANY_LOST = 0.1
SOON = 0.8
"""The part of the target wait from which a wait is shown as close to the limit."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its meaning."""

    key: str
    label: str
    figure: str
    note: str = ""
    tone: str = ""
    since: str | None = None
    limit: int | None = None
    unit: str = ""
    state: str = ""
    """The ticket state that the tile leads to, for those that lead somewhere."""


def share_tone(value: float | None) -> str:
    """The tone of a share that is to be high."""
    if value is None:
        return ""
    return "good" if value >= GOAL else "warn" if value >= FAR_OFF else "bad"


def wait_tone(seconds: float, target: float | None) -> str:
    """The tone of a wait that is still going on."""
    if not target or not seconds:
        return ""
    return "bad" if seconds > target else "warn" if seconds > SOON * target else ""


def _lost_tone(part: int, whole: int) -> str:
    return "warn" if whole >= 10 and part / whole > MANY_LOST else ""


def of_now(total: Mapping[str, Any], services: list[dict[str, Any]]) -> list[Tile]:
    """What is so at this moment."""
    worst = max(services, key=lambda s: s["longest_seconds"], default=None)
    target = worst["target_seconds"] if worst and worst["longest_seconds"] else None
    waiting, opened = total["waiting"], total["open_counters"]
    return [
        Tile(
            "waiting",
            _("Waiting now"),
            figure(waiting),
            _over(total),
            "warn" if total["over_target"] else "",
            state="waiting",
        ),
        Tile(
            "longest",
            _("Longest wait"),
            clocked(total["longest_seconds"] if waiting else None),
            _("%(service)s, target %(minutes)s")
            % {"service": say(worst["names"]), "minutes": times.minutes(target)}
            if worst and target
            else "",
            wait_tone(total["longest_seconds"], target)
            if services
            else "bad"
            if total["over_target"]
            else "",
            since=total["longest_since"],
            limit=int(target) if target else None,
            state="waiting" if waiting else "",
        ),
        Tile("serving", _("At the counters"), figure(total.get("at_counters")), _("called or being served")),
        Tile(
            "counters",
            _("Open counters"),
            figure(opened),
            ngettext("of %(count)d", "of %(count)d", total["counters"]) % {"count": total["counters"]},
            "bad" if waiting and not opened else "",
        ),
    ]


def _over(total: Mapping[str, Any]) -> str:
    if not (over := total["over_target"]):
        return ""
    return ngettext("%(count)d over target", "%(count)d over target", over) % {"count": over}


def of_sites_now(total: Mapping[str, Any]) -> list[Tile]:
    """What is so at this moment at several sites together."""
    if "waiting" not in total:
        return []
    return of_now(total, [])


def of_day(total: Mapping[str, Any], satisfaction: Mapping[str, Any]) -> list[Tile]:
    """What was done on the day so far."""
    issued, called = total["issued"], total["called"]
    rated = satisfaction["count"]
    return [
        Tile("mean-wait", _("Mean wait"), clocked(total["mean_wait_seconds"]), _("until the call")),
        Tile(
            "level",
            _("Called within target"),
            percent(total["service_level"]),
            _("%(part)s of %(whole)s, goal %(goal)s")
            % {"part": figure(total["in_target"]), "whole": figure(called), "goal": percent(GOAL)}
            if called
            else "",
            share_tone(total["service_level"]),
        ),
        Tile("issued", _("Tickets taken"), figure(issued)),
        Tile("served", _("Served"), figure(total["served"]), state="done"),
        Tile("mean-service", _("Mean service"), clocked(total["mean_service_seconds"]), _("at the counter")),
        Tile(
            "no-show",
            _("No-shows"),
            figure(total["no_show"]),
            _("%(share)s of the called") % {"share": percent(total["no_show"] / called)} if called else "",
            _lost_tone(total["no_show"], called),
            state="no_show",
        ),
        Tile(
            "abandoned",
            _("Left the queue"),
            figure(total["abandoned"]),
            _("%(share)s of the tickets") % {"share": percent(total["abandoned"] / issued)} if issued else "",
            _lost_tone(total["abandoned"], issued),
            state="cancelled",
        ),
        Tile(
            "csat",
            _("Satisfied"),
            percent(satisfaction["csat"]),
            ngettext("mean %(mean)s of 5, %(count)s rating", "mean %(mean)s of 5, %(count)s ratings", rated)
            % {"mean": score(satisfaction["mean"]), "count": figure(rated)}
            if rated
            else "",
            share_tone(satisfaction["csat"]) if rated >= 5 else "",
        ),
    ]
