"""What the worker does by the clock: sends what is due."""

from __future__ import annotations

from servicehall.kernel.chores import chore

from . import sending

EVERY = 0.5


@chore("webhooks.send", every=EVERY)
def send_due() -> None:
    """Speak with the addresses that something is due for, each in a thread of its own."""
    sending.start_due()
