"""How the states of tickets and counters are shown: words, tone (colour role) and icon.

An icon goes with every colour, because colour alone must not carry a meaning (WCAG 1.4.1).
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class Shown(NamedTuple):
    label: str | Promise
    tone: str
    icon: str


TICKET = {
    "waiting": Shown(pgettext_lazy("ticket state", "Waiting"), "neutral", "clock"),
    "called": Shown(pgettext_lazy("ticket state", "Called"), "call", "bell-ring"),
    "serving": Shown(pgettext_lazy("ticket state", "Being served"), "brand", "user-check"),
    "held": Shown(pgettext_lazy("ticket state", "On hold"), "held", "circle-pause"),
    "done": Shown(pgettext_lazy("ticket state", "Done"), "good", "check"),
    "no_show": Shown(pgettext_lazy("ticket state", "Missed"), "bad", "user-x"),
    "cancelled": Shown(pgettext_lazy("ticket state", "Cancelled"), "neutral", "x"),
    "merged": Shown(pgettext_lazy("ticket state", "Merged"), "neutral", "merge"),
    "expired": Shown(pgettext_lazy("ticket state", "Expired"), "neutral", "calendar-x"),
}
COUNTER = {
    "closed": Shown(pgettext_lazy("counter state", "Closed"), "neutral", "minus"),
    "open": Shown(pgettext_lazy("counter state", "Free"), "good", "check"),
    "free": Shown(pgettext_lazy("counter state", "Free"), "good", "check"),
    "calling": Shown(pgettext_lazy("counter state", "Calling"), "call", "bell-ring"),
    "serving": Shown(pgettext_lazy("counter state", "Serving"), "brand", "user-check"),
    "paused": Shown(pgettext_lazy("counter state", "Paused"), "warn", "coffee"),
}
_KINDS = {"ticket": TICKET, "counter": COUNTER}


def shown(kind: str, state: str) -> Shown:
    """How a state is shown; an unknown state is shown by its own name, in no colour."""
    return _KINDS[kind].get(state) or Shown(state, "neutral", "circle")
