"""The pure rules of the queue for rooms above, which try them out on a virtual clock."""

from __future__ import annotations

from servicehall.rooms.queueing.discipline import (
    DISCIPLINES,
    MINUTE,
    Candidate,
    ClassRule,
    Discipline,
    thresholds,
)
from servicehall.rooms.queueing.places import (
    Choice,
    booked_key,
    can_serve,
    choices,
    is_reached,
    key_behind,
    may_return,
)

__all__ = [
    "DISCIPLINES",
    "MINUTE",
    "Candidate",
    "Choice",
    "ClassRule",
    "Discipline",
    "booked_key",
    "can_serve",
    "choices",
    "is_reached",
    "key_behind",
    "may_return",
    "thresholds",
]
