"""Why a request stays with the version that it has, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHY_NOT: dict[str, Promise] = {
    "with-person": _("A person has taken it in hand."),
    "under-way": _("Something is being paid or done for it right now."),
    "other-channel": _("It was begun where the other version is not offered."),
    "fault": _("The definition cannot go on with what was answered."),
    "lost-answer": _("An answer would be lost or asked for again."),
    "other-effect": _("What was done already would have been done otherwise."),
    "other-words": _("The customer said yes to other words."),
    "no-step": _("Nothing would be left to do for the customer."),
    "goes-on": _("Something would be done without the customer."),
}
