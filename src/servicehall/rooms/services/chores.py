"""What this room does by the clock: ask other systems what customers wait for."""

from __future__ import annotations

from servicehall.kernel.chores import chore

from .actions.working import work_due


@chore("services.work", every=0.2, aside=True)
def work() -> None:
    """Asks all that is due."""
    while work_due():
        pass
