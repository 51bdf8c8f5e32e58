"""Early, on time or late to an appointment, and what that means in the queue. Pure: no clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

EARLY, ON_TIME, LATE = "early", "on-time", "late"
ON_TIME_FROM = timedelta(minutes=5)
"""Who comes so shortly before the booked time comes on time."""
LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody came, and about when they are called, as long as the merge rule keeps the booked time for them."""

    manner: str
    near: datetime | None


def is_late(starts_at: datetime, arrived_at: datetime, allowed: timedelta) -> bool:
    """Whether they came so late that they stand among those who walked in."""
    return arrived_at > starts_at + allowed


def standing(
    starts_at: datetime, arrived_at: datetime, at: datetime, *, allowed: timedelta, rule: str, lead: timedelta
) -> Standing:
    """What is told to whoever checked in, at a moment of their wait.

    Until their virtual arrival (see ``booked_key`` in queueing/places.py) those who walk in go first, so a range that is
    made of those who wait now would promise too much: then it is the booked time that is told. With the rule ``lead``
    the virtual arrival is that long before the booked time.

    Args:
        allowed: how late somebody may be.
        rule: of the merge, as in ``Offer.Merge``.
        lead: the minutes of the rule.
    """
    if is_late(starts_at, arrived_at, allowed):
        return Standing(LATE, None)
    manner = EARLY if arrived_at < starts_at - ON_TIME_FROM else ON_TIME
    kept = starts_at - lead if rule == LEAD else starts_at
    return Standing(manner, starts_at if at < kept else None)
