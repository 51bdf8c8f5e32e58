"""Reads of booking for screens, the API and the rooms above. Never write."""

from .appointments import appointment, of_customer, of_day, offers
from .calendars import Feed, ResourceCalendars, feed, resource_calendars
from .correspondence import Way, address, booking_path, place_in_line, rules_of, waiting_entry, ways_of
from .times import FreeDay, free_times

__all__ = [
    "Feed",
    "FreeDay",
    "ResourceCalendars",
    "Way",
    "address",
    "appointment",
    "booking_path",
    "feed",
    "free_times",
    "of_customer",
    "of_day",
    "offers",
    "place_in_line",
    "resource_calendars",
    "rules_of",
    "waiting_entry",
    "ways_of",
]
