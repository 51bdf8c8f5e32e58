"""How much of something there may be."""

from __future__ import annotations

MOST_TEXT = {"name": 80, "phone": 30, "email": 254, "note": 500, "wechat": 64}
"""Characters of what customers write."""
MOST_WEEKS = 12
"""Appointments of a series that is booked at once."""
