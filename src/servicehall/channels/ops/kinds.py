"""The kinds of acts that a reader may choose from, in words and groups."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import events

from . import accounts
from .load import told as load

GROUPS: list[tuple[Promise, dict[str, Promise]]] = [
    (
        _("Tickets"),
        {
            "ticket.issued": _("Ticket taken"),
            "ticket.near": _("Told that the turn is near"),
            "ticket.called": _("Called to a counter"),
            "ticket.recalled": _("Called again"),
            "ticket.started": _("Service began"),
            "ticket.held": _("Put on hold"),
            "ticket.resumed": _("Taken up again"),
            "ticket.transferred": _("Transferred"),
            "ticket.advanced": _("On to the next stage"),
            "ticket.finished": _("Served"),
            "ticket.no-show": _("Did not come"),
            "ticket.requeued": _("Back in the queue"),
            "ticket.postponed": _("Let others go first"),
            "ticket.cancelled": _("Left the queue"),
            "ticket.expired": _("Closed at the end of the day"),
            "ticket.merged": _("Joined with another ticket"),
            "ticket.reclassed": _("Priority changed"),
            "ticket.undone": _("Taken back"),
            "visit.rated": _("Rated"),
        },
    ),
    (
        _("Counters and services"),
        {
            "counter.opened": _("Counter opened"),
            "counter.paused": _("Counter paused"),
            "counter.closed": _("Counter closed"),
            "service.closed": _("Closed to new tickets today"),
            "service.reopened": _("Open to new tickets again"),
        },
    ),
    (_("Load and plans"), {kind: words for kind, (words, *_rest) in load.WORDS.items()}),
    (
        _("Staff and programs"),
        {
            "staff.signed-in": _("Signed in"),
            "staff.signed-out": _("Signed out"),
            "staff.sign-in-refused": _("Sign-in refused"),
            "staff.password-changed": _("Password changed"),
            "staff.first-password-ended": _("One-time password made useless"),
            "token.created": _("API token made"),
            "token.revoked": _("API token revoked"),
        },
    ),
    (_("Accounts and access"), {kind: words for kind, (words, *_rest) in accounts.ACCESS.items()}),
    (_("Customers and their data"), {kind: words for kind, (words, *_rest) in accounts.CUSTOMERS.items()}),
    (_("Webhooks"), {kind: words for kind, (words, *_rest) in accounts.WEBHOOKS.items()}),
    (_("Payments"), {kind: words for kind, (words, *_rest) in accounts.MONEY.items()}),
    (_("Other systems"), {kind: words for kind, (words, *_rest) in accounts.CONNECTORS.items()}),
    (_("Appointments"), {kind: words for kind, (words, *_rest) in accounts.APPOINTMENTS.items()}),
    (_("Self-service"), {kind: words for kind, (words, *_rest) in accounts.FLOWS.items()}),
    (
        _("Setup and the record itself"),
        {
            "setup.changed": _("Setup changed"),
            "evidence.exported": _("Took a copy of the record of acts"),
            "evidence.damaged": _("Evidence found damaged"),
            "evidence.unlinked": _("Unlinked records from their proofs"),
        },
    ),
]


def nameless() -> list[str]:
    """Kinds of events that no group has."""
    named = {kind for _group, kinds in GROUPS for kind in kinds}
    return sorted(set(events.known_kinds()) - named)


def choices() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """(group, [(kind, words)]); kinds without words come last, by their own names."""
    found: list[tuple[str | Promise, list[tuple[str, str | Promise]]]] = [
        (group, list(kinds.items())) for group, kinds in GROUPS
    ]
    rest: list[tuple[str, str | Promise]] = [(kind, kind) for kind in nameless()]
    return [*found, (_("Other"), rest)] if rest else found
