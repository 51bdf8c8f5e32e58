"""How a ticket is put further back."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel import clock
from servicehall.rooms.queueing import store
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.discipline import key_for_score, ranked, thresholds
from servicehall.rooms.queueing.models import Ticket


def behind_places(ticket: Ticket, setup: Configuration, places: int, at: datetime) -> int:
    """The arrival that lets the next ``places`` others of the stage go first (all of them, when fewer)."""
    now = clock.micros(at)
    limits = thresholds(setup.discipline, setup.orders, ticket.priority_id, ticket.order_key, now)
    own = setup.orders[ticket.priority_id]
    others = [
        c
        for _score, c in ranked(
            setup.discipline, setup.orders, store.behind(ticket.stage_id, limits, places + 1), now
        )
        if not (c.priority == ticket.priority_id and c.order_key == ticket.order_key)
    ][:places]
    if not others:
        return max(ticket.order_key, 0)
    last = others[-1]
    key = key_for_score(setup.discipline, own, setup.orders[last.priority], last.order_key, now)
    return max(key, ticket.order_key)
