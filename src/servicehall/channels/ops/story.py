"""What happened to a ticket, told in words: title, details, who, tone and icon of each event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from servicehall.channels.look import reasons, states, times
from servicehall.kernel.languages import say

from . import house

Facts = Mapping[str, Any]


def _waited(facts: Facts) -> str:
    return _("waited %(time)s") % {"time": times.stopwatch(facts.get("waited"))}


def _served(facts: Facts) -> str:
    return _("%(time)s at the counter") % {"time": times.stopwatch(facts.get("served"))}


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _issued(facts: Facts) -> tuple[str, str]:
    return _("Ticket taken"), _joined(say(facts["service_names"]), say(facts.get("priority_names")))


def _near(facts: Facts) -> tuple[str, str]:
    ahead = facts["ahead"]
    return _("Told that the turn is near"), ngettext("%(count)d ahead", "%(count)d ahead", ahead) % {
        "count": ahead
    }


def _called(facts: Facts) -> tuple[str, str]:
    over = _("over the target of %(target)s") % {"target": times.minutes(facts["target"])}
    return (
        _("Called to %(counter)s") % {"counter": _counter(facts)},
        _joined(_waited(facts), over if facts["waited"] > facts["target"] else ""),
    )


def _recalled(facts: Facts) -> tuple[str, str]:
    return _("Called again to %(counter)s") % {"counter": _counter(facts)}, _("call no. %(count)d") % {
        "count": facts["call"]
    }


def _counter(facts: Facts) -> str:
    return say(facts.get("counter_names")) or str(facts.get("counter_label") or "–")


def _started(facts: Facts) -> tuple[str, str]:
    return _("Service began at %(counter)s") % {"counter": _counter(facts)}, ""


def _held(facts: Facts) -> tuple[str, str]:
    return _("Put on hold"), _served(facts)


def _resumed(facts: Facts) -> tuple[str, str]:
    return _("Taken up again at %(counter)s") % {"counter": _counter(facts)}, ""


def _transferred(facts: Facts) -> tuple[str, str]:
    target = say(facts.get("for_counter_names")) or say(facts.get("for_staff_names"))
    to = _joined(say(facts["service_names"]), target)
    return _("Transferred to %(place)s") % {"place": to}, _served(facts) if facts["served"] else ""


def _advanced(facts: Facts) -> tuple[str, str]:
    return _("On to the next stage: %(stage)s") % {"stage": say(facts["stage_names"])}, _served(facts)


def _finished(facts: Facts) -> tuple[str, str]:
    outcome = reasons.outcome(facts["outcome"]) if facts["outcome"] != "served" else ""
    return _("Served"), _joined(_served(facts), outcome)


def _no_show(facts: Facts) -> tuple[str, str]:
    return _("Did not come to %(counter)s") % {"counter": _counter(facts)}, ""


def _requeued(facts: Facts) -> tuple[str, str]:
    return _("Back in the queue"), _("was: %(state)s") % {"state": states.shown("ticket", facts["was"]).label}


def _postponed(facts: Facts) -> tuple[str, str]:
    count = facts["places"]
    return ngettext("Let %(count)d other go first", "Let %(count)d others go first", count) % {
        "count": count
    }, ""


def _cancelled(facts: Facts) -> tuple[str, str]:
    return _("Left the queue"), _waited(facts)


def _expired(_facts: Facts) -> tuple[str, str]:
    return _("Closed at the end of the day"), ""


def _merged(_facts: Facts) -> tuple[str, str]:
    return _("Joined with another ticket of the same customer"), ""


def _reclassed(facts: Facts) -> tuple[str, str]:
    before, now = (say(facts.get(f"{key}_names")) or facts[key] for key in ("from_priority", "priority"))
    return _("Priority changed"), f"{before} → {now}"


def _rated(facts: Facts) -> tuple[str, str]:
    title = _("Rating changed: %(score)d of 5") if facts["changed"] else _("Rated: %(score)d of 5")
    return title % {"score": facts["score"]}, ""


def _undone(facts: Facts) -> tuple[str, str]:
    teller = _TOLD.get(facts["undone"])
    names = {key: value for key, value in facts.items() if key.endswith("_names")}
    title = teller[0]({**names, **facts["facts"]})[0] if teller else facts["undone"]
    return _("Taken back: %(act)s") % {"act": title}, ""


Teller = Callable[[Facts], tuple[str, str]]
_TOLD: dict[str, tuple[Teller, str, str]] = {
    "ticket.issued": (_issued, "neutral", "ticket"),
    "ticket.near": (_near, "neutral", "bell"),
    "ticket.called": (_called, "call", "bell-ring"),
    "ticket.recalled": (_recalled, "call", "bell-ring"),
    "ticket.started": (_started, "brand", "user-check"),
    "ticket.held": (_held, "held", "circle-pause"),
    "ticket.resumed": (_resumed, "brand", "circle-play"),
    "ticket.transferred": (_transferred, "held", "arrow-right-left"),
    "ticket.advanced": (_advanced, "brand", "arrow-right"),
    "ticket.finished": (_finished, "good", "check"),
    "ticket.no-show": (_no_show, "bad", "user-x"),
    "ticket.requeued": (_requeued, "neutral", "rotate-ccw"),
    "ticket.postponed": (_postponed, "neutral", "arrow-down"),
    "ticket.cancelled": (_cancelled, "warn", "log-out"),
    "ticket.expired": (_expired, "neutral", "calendar-x"),
    "ticket.merged": (_merged, "neutral", "merge"),
    "ticket.reclassed": (_reclassed, "neutral", "arrow-up-down"),
    "ticket.undone": (_undone, "warn", "undo-2"),
    "visit.rated": (_rated, "good", "star"),
    **house.TOLD,
}
_ACTORS: dict[str, str | Promise] = {
    "customer": gettext_lazy("Customer"),
    "token": gettext_lazy("A program with a token"),
    "device": gettext_lazy("A device"),
    "system": gettext_lazy("The system"),
    "staff": gettext_lazy("Staff"),
}


def is_told(kind: str) -> bool:
    """Whether there are words for this kind of event."""
    return kind in _TOLD


def told(event: Mapping[str, Any], channels: Mapping[str, Any]) -> dict[str, Any]:
    """An event of a story as an item of the shared timeline; an unknown kind is shown by its own name."""
    teller, tone, icon = _TOLD.get(event["kind"], (lambda _: (str(event["kind"]), ""), "neutral", "circle"))
    try:
        title, text = teller(event["facts"])
    except (KeyError, TypeError, ValueError):  # a record that somebody changed need not have its facts
        title, text = str(event["kind"]), ""
    who = say(event["who"]) if event["who"] else str(_ACTORS.get(event["actor_kind"], event["actor_kind"]))
    channel = channels.get(event["channel"])
    if event["actor_kind"] != "system" and channel:
        who = _("%(who)s (%(channel)s)") % {"who": who, "channel": channel}
    return {"at": event["at"], "title": title, "text": text, "who": who, "tone": tone, "icon": icon}
