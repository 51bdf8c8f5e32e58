"""Reads of booking for screens, the API and the rooms above. Never write."""

from servicehall.rooms.booking.limits import MOST_TEXT

from .appointments import (
    appointment,
    by_reference,
    by_reference_and_phone,
    came_late,
    code_at_door,
    held_by,
    of_customer,
    of_day,
    of_party,
    of_ticket,
    offers,
)
from .times import (
    Elsewhere,
    FreeDay,
    any_offer,
    elsewhere,
    free_times,
    last_day,
    next_times,
    offer,
    sites_with_offers,
)

__all__ = [
    "MOST_TEXT",
    "Elsewhere",
    "FreeDay",
    "any_offer",
    "appointment",
    "by_reference",
    "by_reference_and_phone",
    "came_late",
    "code_at_door",
    "elsewhere",
    "free_times",
    "held_by",
    "last_day",
    "next_times",
    "of_customer",
    "of_day",
    "of_party",
    "of_ticket",
    "offer",
    "offers",
    "sites_with_offers",
]
