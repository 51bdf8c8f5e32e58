"""Reads of booking for screens, the API and the rooms above. Never write."""

from servicehall.rooms.booking.hours import Hours
from servicehall.rooms.booking.overbooking import Measured, allowed, risk
from servicehall.rooms.booking.rehousing import Proposal

from .appointments import appointment, appointment_rows, of_customer, of_day, offers
from .calendar import Column, Fullness, Span, appointment_at, columns, fullness, offer_of, resources, search
from .calendars import Feed, ResourceCalendars, feed, resource_calendars
from .changes import Broken, Consequence, HoursChange, NewDay, consequence
from .correspondence import Way, address, booking_path, place_in_line, rules_of, waiting_entry, ways_of
from .setting_up import (
    AUDIENCES,
    DAY_KINDS,
    setup_dates,
    setup_offer,
    setup_offers,
    setup_resource,
    setup_resources,
    setup_week,
    without_resource,
)
from .times import FreeDay, free_times, measured

__all__ = [
    "AUDIENCES",
    "DAY_KINDS",
    "Broken",
    "Column",
    "Consequence",
    "Feed",
    "FreeDay",
    "Fullness",
    "Hours",
    "HoursChange",
    "Measured",
    "NewDay",
    "Proposal",
    "ResourceCalendars",
    "Span",
    "Way",
    "address",
    "allowed",
    "appointment",
    "appointment_at",
    "appointment_rows",
    "booking_path",
    "columns",
    "consequence",
    "feed",
    "free_times",
    "fullness",
    "measured",
    "of_customer",
    "of_day",
    "offer_of",
    "offers",
    "place_in_line",
    "resource_calendars",
    "resources",
    "risk",
    "rules_of",
    "search",
    "setup_dates",
    "setup_offer",
    "setup_offers",
    "setup_resource",
    "setup_resources",
    "setup_week",
    "waiting_entry",
    "ways_of",
    "without_resource",
]
