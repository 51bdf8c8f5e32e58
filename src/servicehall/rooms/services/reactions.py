"""What other rooms' events mean for requests: money came in, or will not come any more."""

from __future__ import annotations

from servicehall.kernel import clock
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower
from servicehall.kernel.timers import set_timer

from .timers import PAID, UNPAID

KINDS = {"payment.paid": PAID, "payment.closed": UNPAID, "payment.failed": UNPAID}


@follower("services.payments", kinds=tuple(KINDS))
def follow_payments(batch: list[StoredEvent]) -> None:
    """Each in its site's own line (see timers.py); an intent that is none of ours is passed over there."""
    for event in batch:
        set_timer(KINDS[event.kind], event.data["intent"], clock.now(), site_id=event.site_id)
