"""What the worker does by the clock: reads outside calendars."""

from __future__ import annotations

from servicehall.kernel.chores import chore

from .actions.importing import read_due

EVERY = 60.0
"""Seconds; each calendar is read every quarter of an hour."""


@chore("booking.calendars", every=EVERY, aside=True)
def read_calendars() -> None:
    """In a thread of its own: other people's servers may be slow."""
    read_due()
