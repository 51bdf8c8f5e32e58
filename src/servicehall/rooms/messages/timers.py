"""What happens to messages by the clock: each that has not ended is looked at again."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel import clock, transactions
from servicehall.kernel.timers import Due, set_timer, timer

from .delivering import LEASE, SEND, soon
from .models import Message


@timer(SEND)
def send(due: Due) -> None:
    """Try it after this transaction; until that has ended, the next look is a lease away."""
    message_id = UUID(due.key)
    if not Message.objects.filter(pk=message_id, ended_at=None).exists():
        return
    set_timer(SEND, due.key, clock.now() + LEASE, site_id=due.site_id)
    transactions.afterwards(lambda: soon(message_id))
