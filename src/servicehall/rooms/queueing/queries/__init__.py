"""Reads of the queue for screens, the API and the rooms above. Never write."""

from .board import board
from .desk import counter_of, counters, desk, explain, queue
from .figures import site_figures, tickets_of_days
from .services import ServedVisit, hall, last_served, served_visit
from .tickets import TicketView, id_of_code, ticket, ticket_by_code, view
from .waits import Workforce, workforce

__all__ = [
    "ServedVisit",
    "TicketView",
    "Workforce",
    "board",
    "counter_of",
    "counters",
    "desk",
    "explain",
    "hall",
    "id_of_code",
    "last_served",
    "queue",
    "served_visit",
    "site_figures",
    "ticket",
    "ticket_by_code",
    "tickets_of_days",
    "view",
    "workforce",
]
