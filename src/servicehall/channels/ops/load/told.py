"""Events of the load watch in words, with the name of their rule or plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.languages import say
from servicehall.rooms.diversion import queries as diversion

Words = tuple[Promise, str, str]

WORDS: dict[str, Words] = {
    "load.rule-changed": (_("Load rule changed"), "neutral", "settings"),
    "load.proposed": (_("Relief proposed"), "warn", "gauge"),
    "load.accepted": (_("Relief accepted"), "good", "check"),
    "load.dismissed": (_("Relief dismissed"), "neutral", "x"),
    "load.begun": (_("Relief began"), "warn", "gauge"),
    "load.undone": (_("Relief undone by hand"), "neutral", "undo-2"),
    "load.over": (_("The load is over"), "good", "circle-check"),
    "load.offer-taken": (_("A customer took an offer"), "good", "hand"),
    "plan.saved": (_("Plan saved"), "neutral", "save"),
    "plan.scheduled": (_("Plan scheduled"), "neutral", "calendar-clock"),
    "plan.applied": (_("Plan in effect"), "warn", "calendar-check"),
    "plan.taken-back": (_("Plan taken back"), "good", "calendar-x"),
    "plan.cancelled": (_("Plan cancelled"), "neutral", "calendar-x"),
}


def _teller(words: Promise) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    return lambda facts: (str(words), say(facts.get("rule_names") or facts.get("plan_names")))


def _rule_changed(facts: Mapping[str, Any]) -> tuple[str, str]:
    """With the days on which the rule holds from then on; facts from before rules had days are of every day."""
    name = say(facts.get("rule_names"))
    on_holidays = bool(facts.get("on_holidays", True))
    days = diversion.days(int(facts.get("weekdays", diversion.ALL_WEEK)), on_holidays=on_holidays)
    return str(WORDS["load.rule-changed"][0]), f"{name} · {days}" if days else name


TOLD = {kind: (_teller(words), tone, icon) for kind, (words, tone, icon) in WORDS.items()}
TOLD["load.rule-changed"] = (_rule_changed, *WORDS["load.rule-changed"][1:])
