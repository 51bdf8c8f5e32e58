"""What other rooms' events mean for requests: money came in, or will not come any more; an act outside needs a person."""

from __future__ import annotations

from servicehall.kernel import clock
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower
from servicehall.kernel.timers import set_timer

from .timers import PAID, PERSON, UNPAID

KINDS = {"payment.paid": PAID, "payment.closed": UNPAID, "payment.failed": UNPAID}


@follower("services.payments", kinds=tuple(KINDS))
def follow_payments(batch: list[StoredEvent]) -> None:
    """Each in its site's own line (see timers.py); an intent that is none of ours is passed over there."""
    for event in batch:
        set_timer(KINDS[event.kind], event.data["intent"], clock.now(), site_id=event.site_id)


@follower("services.effects", kinds=("effect.needs-person",))
def follow_effects(batch: list[StoredEvent]) -> None:
    """What of it is ours is found in the site's own line."""
    for event in batch:
        set_timer(PERSON, event.data["effect"], clock.now(), site_id=event.site_id)
