"""Querysets of the tickets that are in the hall now, a few among a million past ones.

Their conditions stand in the statement in letters, as in the partial indexes of the table: SQLite does not use
a partial index when the value comes as a parameter, and would read the whole table.
"""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Ticket

_AT_WORK = "queueing_ticket.state IN ('called', 'serving', 'held')"
_WAITING = "queueing_ticket.state = 'waiting'"
_FOR_ANYBODY = "queueing_ticket.for_counter_id IS NULL AND queueing_ticket.for_staff_id IS NULL"
_FOR_ONE = "(queueing_ticket.for_counter_id IS NOT NULL OR queueing_ticket.for_staff_id IS NOT NULL)"


def at_work() -> QuerySet[Ticket]:
    """Called, being served, or on hold (index ``ticket_at_work``)."""
    return Ticket.objects.extra(where=[_AT_WORK])


def in_line() -> QuerySet[Ticket]:
    """Waiting for any counter (index ``ticket_waiting``)."""
    return Ticket.objects.extra(where=[_WAITING, _FOR_ANYBODY])


def directed() -> QuerySet[Ticket]:
    """Waiting for one counter or person (index ``ticket_directed``)."""
    return Ticket.objects.extra(where=[_WAITING, _FOR_ONE])
