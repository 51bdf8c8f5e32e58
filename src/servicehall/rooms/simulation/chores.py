"""What this room does by the clock: try out the plans that wait."""

from __future__ import annotations

from servicehall.kernel.chores import chore

from .actions.planning import try_next


@chore("simulation.plans", every=1.0, aside=True)
def try_plans() -> None:
    """Tries out all that wait, one after another."""
    while try_next():
        pass
