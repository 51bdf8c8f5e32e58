"""Two acts that staff do a hundred times a day as one: finish, and call who is next."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.queueing import store
from servicehall.rooms.queueing.models import Ticket

from .acting import site_of
from .calling import call_next
from .serving import finish


def finish_and_call_next(
    *,
    ticket_id: UUID,
    counter_id: UUID,
    by: Actor,
    outcome: str = "served",
    note: str = "",
    at: datetime | None = None,
) -> tuple[Ticket, Ticket | None]:
    """Finish the customer and call the next one; (the finished, the called or None when nobody waits).

    Both happen or neither; undo takes both back.

    Raises:
        What :func:`finish` and :func:`call_next` raise.
    """
    site_id = site_of(ticket_id, by)
    moment = at or clock.now()
    with transaction(site_id):
        done = finish(ticket_id=ticket_id, by=by, outcome=outcome, note=note, at=moment)
        earlier = store.undoable(counter_id)
        called = call_next(site_id=site_id, counter_id=counter_id, by=by, at=moment)
        if called is not None and earlier is not None:
            store.remember_earlier(counter_id, earlier)
    return done, called
