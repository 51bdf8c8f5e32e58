"""What goes wrong with protected data, in the reader's words. Never with any of the data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused


class CannotStart(Exception):
    """The program must not start: a cipher or the root keys are not in order. The message says what to do."""


class Unreadable(Refused):
    """A protected value is not what was stored there: cut, changed, swapped, or of an unknown key.

    ``reason`` is one of truncated, changed, unknown-suite, unknown-key-version, unknown-root-version.
    """

    kind = "protected-data-unreadable"
    status = 500
    title = _("This protected data cannot be read")
    advice = _("It may have been tampered with. It was reported; tell your administrator.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class PersonErased(Refused):
    """The person's key was destroyed; nothing can be written about them any more."""

    kind = "person-erased"
    status = 410
    title = _("This person's data was erased")
    advice = _("Start a new record if they come back.")


class ReasonNeeded(Refused):
    """Unmasking was asked for without one of the known reasons."""

    kind = "reason-needed"
    status = 422
    title = _("Say why you need to see this")
    advice = _("Choose one of the reasons. It is kept with your name.")
