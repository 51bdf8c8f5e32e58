"""Anticipated errors, and their form on the wire: problem documents (RFC 9457).

Every refusal has its own class beside the action that raises it. It says what is wrong
(title, detail) and what the reader can do next (advice), in the reader's language.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Refused(Exception):
    """The request is understood and cannot be done; nothing was changed."""

    kind: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    title: ClassVar[Words] = _("This cannot be done")
    advice: ClassVar[Words] = ""

    def __init__(self, detail: Words = "", **facts: Any) -> None:
        super().__init__(str(self.kind))
        self.detail = detail
        self.facts = facts

    def __str__(self) -> str:
        return str(self.detail or self.title)

    @property
    def sentences(self) -> str:
        """What is wrong and what to do, as one text in the reader's language."""
        return gettext("%(title)s. %(advice)s") % {"title": self.title, "advice": self.advice}

    def problem(self, instance: str = "") -> dict[str, Any]:
        """The problem document, in the current language."""
        document: dict[str, Any] = {
            "type": f"urn:servicehall:problem:{self.kind}",
            "title": str(self.title),
            "status": self.status,
            "detail": str(self.detail or self.title),
        }
        if self.advice:
            document["advice"] = str(self.advice)
        if instance:
            document["instance"] = instance
        return {**document, **self.facts}


class NotFound(Refused):
    """There is no such thing here (or it belongs to a site that the reader may not see)."""

    kind = "not-found"
    status = 404
    title = _("Not found")
    advice = _("Check the address, or start again from the first page.")


class NotSignedIn(Refused):
    """Nobody known sent this."""

    kind = "not-signed-in"
    status = 401
    title = _("Sign in first")
    advice = _("Send a valid bearer token, or sign in.")


class NotAllowed(Refused):
    """The actor's roles do not include this right at this site."""

    kind = "not-allowed"
    status = 403
    title = _("You may not do this")
    advice = _("Ask your manager for the right, or sign in with another account.")


class BadInput(Refused):
    """What was sent does not fit; ``errors`` names each field."""

    kind = "bad-input"
    status = 422
    title = _("Some of the input does not fit")
    advice = _("Correct the named fields and send it again.")


class KeyReused(Refused):
    """The idempotency key was used before for another request."""

    kind = "idempotency-key-reused"
    status = 422
    title = _("This key was already used for another request")
    advice = _("Use a new Idempotency-Key for a new request.")


class Busy(Refused):
    """Too much at once; worth trying again soon."""

    kind = "busy"
    status = 503
    title = _("Too many requests at this moment")
    advice = _("Try again in a few seconds.")
