"""What the kinds of steps, and the channels, are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

KINDS: dict[str, str | Promise] = {
    "flow": pgettext_lazy("kind of step", "The service"),
    "field": pgettext_lazy("kind of step", "Question"),
    "inform": pgettext_lazy("kind of step", "Information"),
    "form": pgettext_lazy("kind of step", "Form"),
    "choose": pgettext_lazy("kind of step", "Choice"),
    "review": pgettext_lazy("kind of step", "Review"),
    "confirm": pgettext_lazy("kind of step", "Confirmation"),
    "lookup": pgettext_lazy("kind of step", "Look-up"),
    "call": pgettext_lazy("kind of step", "Call"),
    "pay": pgettext_lazy("kind of step", "Payment"),
    "book": pgettext_lazy("kind of step", "Booking"),
    "ticket": pgettext_lazy("kind of step", "Ticket"),
    "case": pgettext_lazy("kind of step", "Task for staff"),
    "print": pgettext_lazy("kind of step", "Print"),
    "message": pgettext_lazy("kind of step", "Message"),
    "handover": pgettext_lazy("kind of step", "Hand-over"),
    "survey": pgettext_lazy("kind of step", "Rating"),
    "end": pgettext_lazy("kind of step", "End"),
}
CHANNELS: dict[str, str | Promise] = {
    "kiosk": pgettext_lazy("channel", "Kiosk"),
    "phone": pgettext_lazy("channel", "Phone"),
    "desk": pgettext_lazy("channel", "Desk"),
}
