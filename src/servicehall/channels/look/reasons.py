"""What came of a visit, and why one was put aside: offered at the desk, read on every staff page and in files.

Reasons are kept as these English words, so that anybody can read them anywhere; pages show them in
the reader's language by translating them again (`reason`).
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
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


def reason(words: str) -> str:
    """A reason in the reader's language; what somebody wrote by hand stays as it is."""
    known = words in HOLD_REASONS or words in PAUSE_REASONS or words in LEAVE_REASONS
    return gettext(words) if known else words


def outcome(key: str) -> str:
    """An outcome in the reader's language; an unknown one as it is stored."""
    return str(OUTCOMES[key][0]) if key in OUTCOMES else key
