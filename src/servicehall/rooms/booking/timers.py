"""What happens to appointments by the clock: a hold is over, somebody did not come, is told, waits no longer."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, timer

from .actions.arriving import lose
from .actions.holding import LOSE, RELEASE, let_go
from .actions.notifying import NOTICE, tell_customer, tell_waiting
from .actions.waiting import OFFER_LATER, OVER, expire, offer_freed
from .correspondence import WAITING, WaitingEntry
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


@timer(NOTICE)
def send_notice(due: Due) -> None:
    """In the organisation's line: the message, and that it was sent."""
    if "entry" in due.data:
        tell_waiting(entry=UUID(due.data["entry"]), offers=due.data["offers"])
    else:
        tell_customer(
            appointment=UUID(due.data["appointment"]), cause=due.data["cause"], sequence=due.data["sequence"]
        )


@timer(OFFER_LATER)
def offer_after_quiet_hours(due: Due) -> None:
    """What became free in the quiet hours."""
    offer_freed(due.site_id, clock.now())


@timer(OVER)
def wait_no_longer(due: Due) -> None:
    """Nothing was free until their last day."""
    row = WaitingEntry.objects.filter(pk=UUID(due.key), state=WAITING).first()
    if row is not None:
        expire(row, clock.now())
