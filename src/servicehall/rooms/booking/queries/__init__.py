"""Reads of booking for screens, the API and the rooms above. Never write."""

from .appointments import appointment, of_customer, of_day, offers
from .times import FreeDay, free_times

__all__ = ["FreeDay", "appointment", "free_times", "of_customer", "of_day", "offers"]
