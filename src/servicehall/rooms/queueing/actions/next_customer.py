"""What staff do a hundred times a day as one act: be done with a customer, and call who is next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.queueing import last_act
from servicehall.rooms.queueing.models import Ticket

from .acting import site_of
from .calling import call_next
from .serving import advance, finish

Both = tuple[Ticket, Ticket | None]


def finish_and_call_next(
    *,
    ticket_id: UUID,
    counter_id: UUID,
    by: Actor,
    outcome: str = "served",
    note: str = "",
    at: datetime | None = None,
) -> Both:
    """Finish the customer and call the next one; (the finished, the called or None when nobody waits).

    Both happen or neither; undo takes both back.

    Raises:
        What :func:`finish` and :func:`call_next` raise.
    """
    moment = at or clock.now()
    return _and_call_next(
        lambda: finish(ticket_id=ticket_id, by=by, outcome=outcome, note=note, at=moment),
        site_of(ticket_id, by),
        counter_id,
        by=by,
        at=moment,
    )


def advance_and_call_next(
    *, ticket_id: UUID, counter_id: UUID, by: Actor, note: str = "", at: datetime | None = None
) -> Both:
    """Send the customer on to the next stage and call the next one; as :func:`finish_and_call_next`.

    Raises:
        What :func:`advance` and :func:`call_next` raise.
    """
    moment = at or clock.now()
    return _and_call_next(
        lambda: advance(ticket_id=ticket_id, by=by, note=note, at=moment),
        site_of(ticket_id, by),
        counter_id,
        by=by,
        at=moment,
    )


def _and_call_next(
    first: Callable[[], Ticket], site_id: UUID, counter_id: UUID, *, by: Actor, at: datetime
) -> Both:
    with transaction(site_id):
        done = first()
        earlier = last_act.last(counter_id)
        called = call_next(site_id=site_id, counter_id=counter_id, by=by, at=at)
        if called is not None and earlier is not None:
            last_act.remember_earlier(counter_id, earlier)
    return done, called
