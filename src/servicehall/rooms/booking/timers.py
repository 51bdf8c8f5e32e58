"""What happens to appointments by the clock: a hold is over, somebody did not come."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, timer

from .actions.arriving import lose
from .actions.holding import LOSE, RELEASE, let_go
from .models import BOOKED, HELD, Appointment


@timer(RELEASE)
def release_hold(due: Due) -> None:
    """The form was not filled in."""
    row = Appointment.objects.filter(pk=UUID(due.key), state=HELD).first()
    if row is not None:
        let_go([row], SYSTEM, clock.now())


@timer(LOSE)
def nobody_came(due: Due) -> None:
    """The time to come is over."""
    row = Appointment.objects.filter(pk=UUID(due.key), state=BOOKED).first()
    if row is not None:
        lose(code=row.code)
