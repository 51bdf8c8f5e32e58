"""Acts of supervisors. The rooms refuse them to everybody else; pages only do not offer them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from servicehall.kernel.errors import BadInput
from servicehall.kernel.languages import say
from servicehall.rooms.queueing import actions, queries

from .access import Ground
from .fields import id_in, number_in, ticket_in
from .saying import Said

Act = Callable[[QueryDict, Ground], Said]


def _front(form: QueryDict, ground: Ground) -> Said:
    ticket = actions.move(ticket_id=ticket_in(form), by=ground.actor, places=0)
    return Said(_("%(number)s is now at the front") % {"number": ticket.number})


def _back(form: QueryDict, ground: Ground) -> Said:
    places = number_in(form, "places", 1, 500)
    ticket = actions.move(ticket_id=ticket_in(form), by=ground.actor, places=places)
    return Said(_("%(number)s was moved back by %(places)d") % {"number": ticket.number, "places": places})


def _reclass(form: QueryDict, ground: Ground) -> Said:
    ticket = actions.reclass(ticket_id=ticket_in(form), by=ground.actor, priority=form.get("priority", ""))
    return Said(_("%(number)s has another priority now") % {"number": ticket.number})


def _merge(form: QueryDict, ground: Ground) -> Said:
    """Join the form's ticket with the one whose number was typed; that one stays."""
    found = queries.by_number(ground.site_id, form.get("into", ""), actor=ground.actor)
    others = [t for t in found if t["state"] in ("waiting", "called", "serving", "held")]
    others = [t for t in others if t["id"] != form.get("ticket")]
    if len(others) != 1:
        raise BadInput(_("Enter the number of one other ticket that is still open, for example A017."))
    kept = actions.merge(ticket_id=ticket_in(form), into=UUID(others[0]["id"]), by=ground.actor)
    return Said(_("Joined; %(number)s stays") % {"number": kept.number})


def _close_service(form: QueryDict, ground: Ground) -> Said:
    service = id_in(form, "service")
    actions.close_service(site_id=ground.site_id, service=service, by=ground.actor)
    return Said(_("No more tickets for this service today."), "info")


def _reopen_service(form: QueryDict, ground: Ground) -> Said:
    service = id_in(form, "service")
    actions.reopen_service(site_id=ground.site_id, service=service, by=ground.actor)
    return Said(_("Tickets are issued for this service again."))


def _close_counter(form: QueryDict, ground: Ground) -> Said:
    counter = id_in(form, "counter")
    label = next((c for c in queries.counters(ground.site_id) if c["id"] == str(counter)), None)
    actions.sign_out(site_id=ground.site_id, counter_id=counter, by=ground.actor)
    return Said(_("%(counter)s is closed") % {"counter": say(label["names"]) if label else ""}, "info")


ACTS: dict[str, Act] = {
    "front": _front,
    "back": _back,
    "reclass": _reclass,
    "merge": _merge,
    "close-service": _close_service,
    "reopen-service": _reopen_service,
    "close-counter": _close_counter,
}
