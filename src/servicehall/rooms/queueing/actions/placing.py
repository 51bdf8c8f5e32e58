"""How a ticket is put further back."""

from __future__ import annotations

from datetime import datetime

from servicehall.kernel import clock
from servicehall.rooms.queueing import store
from servicehall.rooms.queueing.configuration import Configuration
from servicehall.rooms.queueing.discipline import Candidate, thresholds
from servicehall.rooms.queueing.models import Ticket
from servicehall.rooms.queueing.places import key_behind


def behind_places(ticket: Ticket, setup: Configuration, places: int, at: datetime) -> int:
    """The arrival that lets the next ``places`` others of the stage go first (all of them, when fewer)."""
    now = clock.micros(at)
    limits = thresholds(setup.discipline, setup.orders, ticket.priority_id, ticket.order_key, now)
    own = Candidate(ticket.stage_id, ticket.priority_id, ticket.order_key)
    others = store.behind(ticket.stage_id, limits, places + 1)
    return key_behind(setup.discipline, setup.orders, own, others, places=places, now=now)
