"""Step-up: a sensitive act needs a fresh confirmation that is bound to exactly this act.

An act states its operation (what, on which target, for which amount) and demands a confirmation.
What was confirmed is a challenge, SHA-256(nonce ‖ canonical operation), so that a confirmation for one
target or amount says nothing about another (compare PSD2 RTS, article 5, dynamic linking). How somebody
confirms, and where challenges are kept, is the matter of ``rooms/people``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from .errors import Refused
from .rights import Actor

VALID_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Operation:
    """What exactly is to be done: an act, its target by id, and with money the amount in minor units."""

    act: str
    target: str
    amount: int | None = None
    currency: str = ""

    def canonical(self) -> bytes:
        """The one form in which an operation is confirmed (JSON, RFC 8785 for these types)."""
        fields = [self.act, self.target, self.amount, self.currency]
        return json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode()

    def challenge(self, nonce: bytes) -> bytes:
        """What a confirmation of this operation is bound to."""
        return hashlib.sha256(nonce + self.canonical()).digest()


class StepUpNeeded(Refused):
    """The act is sensitive and was not confirmed yet; ``operation`` says what is to be confirmed."""

    kind = "step-up-needed"
    status = 401
    title = _("Confirm that it is you")
    advice = _("Confirm this act with your second factor or your password.")

    def __init__(self, operation: Operation) -> None:
        super().__init__()
        self.operation = operation


class StepUpRefused(Refused):
    """The confirmation does not hold for this act; ``reason`` is for the log."""

    kind = "step-up-refused"
    status = 403
    title = _("This confirmation is not valid for this act")
    advice = _("Start the act again and confirm it anew. A confirmation holds once, for five minutes.")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody confirmed a challenge. ``use`` spends it: false when it was spent before."""

    nonce: bytes
    challenge: bytes
    use: Callable[[], bool]


_present: ContextVar[Confirmation | None] = ContextVar("servicehall_step_up", default=None)


@contextmanager
def confirmed(confirmation: Confirmation) -> Iterator[None]:
    """Let the acts within this block find the confirmation."""
    token = _present.set(confirmation)
    try:
        yield
    finally:
        _present.reset(token)


_together: ContextVar[list[Operation] | None] = ContextVar("servicehall_step_up_together", default=None)


@contextmanager
def together(by: Actor, act: str) -> Iterator[None]:
    """Several sensitive acts of one form, confirmed once: the operation is all of them.

    It is demanded when the block ends; enter it inside the transaction, so that nothing remains of the
    acts when it is refused.
    """
    parts: list[Operation] = []
    token = _together.set(parts)
    try:
        yield
    finally:
        _together.reset(token)
    if parts:
        whole = hashlib.sha256(b"\n".join(sorted(part.canonical() for part in parts))).hexdigest()
        demand(by, Operation(act, whole))


def demand(by: Actor, operation: Operation) -> None:
    """Let a sensitive act go on: called by the act itself, inside its transaction.

    Only people confirm; the system's own acts and those of the command line have nobody to ask.

    Raises:
        StepUpNeeded: there is no confirmation yet.
        StepUpRefused: there is one, of something else, or it was spent.
    """
    if by.kind != "staff":
        return
    if (parts := _together.get()) is not None:
        parts.append(operation)
        return
    found = _present.get()
    if found is None:
        raise StepUpNeeded(operation)
    if not hmac.compare_digest(found.challenge, operation.challenge(found.nonce)):
        raise StepUpRefused("other-operation")
    if not found.use():
        raise StepUpRefused("used")
