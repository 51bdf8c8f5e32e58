"""Repeated words of the desk: what an act is called, where a ticket was taken. Outcomes and reasons: look/reasons.py."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
