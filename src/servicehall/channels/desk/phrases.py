"""Repeated words of the desk: outcomes, reasons, what an act is called.

Reasons are kept as these English words, so that anybody can read them anywhere; pages show them in
the reader's language by translating them again (`reason`).
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

OUTCOMES: dict[str, tuple[str | Promise, str]] = {
    "served": (_("Served"), "check"),
    "information": (_("Information given"), "info"),
    "follow-up": (_("Follow-up needed"), "clock-arrow-up"),
    "referred": (_("Referred elsewhere"), "signpost"),
    "not-possible": (_("Could not be done"), "ban"),
}
"""What came of a visit: key as stored → words, icon."""

HOLD_REASONS = (
    gettext_noop("Fetching a document"),
    gettext_noop("Filling in a form"),
    gettext_noop("Waiting for a colleague"),
    gettext_noop("Waiting for a payment"),
    gettext_noop("System is slow"),
)
PAUSE_REASONS = (
    gettext_noop("Short break"),
    gettext_noop("Meal"),
    gettext_noop("Paperwork"),
    gettext_noop("Meeting or training"),
    gettext_noop("Helping a colleague"),
)
LEAVE_REASONS = (
    gettext_noop("The customer left"),
    gettext_noop("Took the wrong ticket"),
    gettext_noop("Has a second ticket"),
)
HOLD_MINUTES = (5, 10, 15, 30)

UNDONE: dict[str, str | Promise] = {
    "ticket.called": _("Called %(number)s"),
    "ticket.started": _("Started %(number)s"),
    "ticket.held": _("%(number)s put on hold"),
    "ticket.resumed": _("%(number)s taken up again"),
    "ticket.transferred": _("%(number)s transferred"),
    "ticket.advanced": _("%(number)s sent to the next stage"),
    "ticket.finished": _("%(number)s finished"),
    "ticket.no-show": _("%(number)s did not come"),
    "ticket.requeued": _("%(number)s back in the queue"),
    "ticket.cancelled": _("%(number)s left the queue"),
}
"""The last act at a counter, by the kind of its fact."""

CHANNELS: dict[str, str | Promise] = {
    "kiosk": pgettext_lazy("where a ticket was taken", "Kiosk"),
    "phone": pgettext_lazy("where a ticket was taken", "Phone"),
    "desk": pgettext_lazy("where a ticket was taken", "Desk"),
    "api": pgettext_lazy("where a ticket was taken", "Other system"),
}

DISCIPLINES: dict[str, tuple[str | Promise, str | Promise]] = {
    "accumulating": (
        _("Points that grow with the wait"),
        _("Score = points a minute × minutes waited + head start. The highest score is next."),
    ),
    "strict": (
        _("Strict order of classes"),
        _("The class with the lowest rank is next; within a class whoever came first."),
    ),
    "fifo": (_("First come, first served"), _("Whoever came first is next.")),
}


def reason(words: str) -> str:
    """A reason in the reader's language; what somebody wrote by hand stays as it is."""
    known = words in HOLD_REASONS or words in PAUSE_REASONS or words in LEAVE_REASONS
    return gettext(words) if known else words


def outcome(key: str) -> str:
    """An outcome in the reader's language; an unknown one as it is stored."""
    return str(OUTCOMES[key][0]) if key in OUTCOMES else key
