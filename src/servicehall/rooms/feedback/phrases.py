"""The reasons that a customer can tap, in all languages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GOOD: dict[str, Promise] = {
    "friendly": _("Friendly staff"),
    "quick": _("Quick service"),
    "solved": _("Problem solved"),
    "clear": _("Clear explanation"),
    "comfortable": _("Comfortable hall"),
}
BAD: dict[str, Promise] = {
    "long-wait": _("Long wait"),
    "not-solved": _("Problem not solved"),
    "unfriendly": _("Unfriendly staff"),
    "unclear": _("Unclear explanation"),
    "many-steps": _("Too many steps"),
    "surroundings": _("Noisy or untidy hall"),
}
REASONS = {**GOOD, **BAD}
