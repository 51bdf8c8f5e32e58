"""What the worker does about payments by the clock: providers' notifications may never come, so they are asked."""

from __future__ import annotations

from servicehall.kernel.chores import chore

from .actions import ask_due


@chore("payments.ask", every=2.0, aside=True)
def ask() -> None:
    """Ask about orders that wait, and close those whose time is over."""
    ask_due()
