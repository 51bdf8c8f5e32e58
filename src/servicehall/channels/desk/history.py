"""What happened to a ticket, in sentences, from its visit's part of the event log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from servicehall.channels.look import reasons
from servicehall.kernel import events
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.languages import Text
from servicehall.kernel.languages import say as name
from servicehall.rooms.people import queries as people

from . import phrases

WORDS: dict[str, tuple[str | Promise, str, str]] = {
    "ticket.issued": (_("Ticket taken"), "ticket", "neutral"),
    "ticket.called": (_("Called to counter %(counter_label)s"), "bell-ring", "call"),
    "ticket.recalled": (_("Called again to counter %(counter_label)s"), "megaphone", "call"),
    "ticket.started": (_("Service began at counter %(counter_label)s"), "user-check", "brand"),
    "ticket.held": (_("Put on hold at counter %(counter_label)s"), "circle-pause", "held"),
    "ticket.resumed": (_("Taken up again at counter %(counter_label)s"), "play", "brand"),
    "ticket.transferred": (_("Transferred"), "arrow-right-left", "neutral"),
    "ticket.advanced": (_("Sent to the next stage"), "step-forward", "neutral"),
    "ticket.finished": (_("Finished at counter %(counter_label)s"), "check", "good"),
    "ticket.no-show": (_("Did not come to counter %(counter_label)s"), "user-x", "bad"),
    "ticket.requeued": (_("Back in the queue, or moved"), "list-restart", "neutral"),
    "ticket.postponed": (pgettext_lazy("what happened", "Let others go first"), "list-restart", "neutral"),
    "ticket.cancelled": (_("Left the queue"), "log-out", "neutral"),
    "ticket.expired": (_("Ended with the day"), "calendar-x", "neutral"),
    "ticket.merged": (_("Joined with another ticket"), "merge", "neutral"),
    "ticket.reclassed": (_("Given another priority"), "layers", "neutral"),
    "visit.rated": (_("Rated by the customer"), "star", "good"),
}


def history(visit_id: UUID, services: dict[str, Text]) -> list[dict[str, Any]]:
    """The visit's timeline, oldest first; ``services`` names the services of the hall by id."""
    happened = [e for e in events.of_visit(visit_id) if e.kind in WORDS or e.kind == "ticket.undone"]
    staff = people.names_of({e.actor_id for e in happened if e.actor_kind == "staff" and e.actor_id})
    return [_line(e, staff, services) for e in happened]


def _line(event: StoredEvent, staff: dict[UUID, Text], services: dict[str, Text]) -> dict[str, Any]:
    undone = event.kind == "ticket.undone"
    kind, facts = (event.data["undone"], event.data["facts"]) if undone else (event.kind, event.data)
    words, icon, tone = WORDS.get(kind, (kind, "circle", "neutral"))
    title = str(words) % {"counter_label": facts.get("counter_label", "")}
    return {
        "at": event.at,
        "title": gettext("Undone: %(act)s") % {"act": title} if undone else title,
        "text": _detail(kind, facts, services),
        "who": _who(event, staff),
        "icon": "undo-2" if undone else icon,
        "tone": "neutral" if undone else tone,
    }


def _detail(kind: str, facts: dict[str, Any], services: dict[str, Text]) -> str:
    if kind in {"ticket.issued", "ticket.transferred"}:
        return name(services.get(facts["service"]))
    if kind == "ticket.finished":
        return reasons.outcome(facts["outcome"])
    if kind == "visit.rated":
        return gettext("%(score)d of 5") % {"score": facts["score"]}
    return ""


def _who(event: StoredEvent, staff: dict[UUID, Text]) -> str:
    if event.actor_kind == "staff" and event.actor_id:
        return name(staff.get(event.actor_id))
    if event.actor_kind == "customer":
        return gettext("Customer") + " · " + str(phrases.CHANNELS.get(event.channel, event.channel))
    return gettext("The hall itself") if event.actor_kind == "system" else ""
