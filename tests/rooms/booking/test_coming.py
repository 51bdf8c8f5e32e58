"""Early, on time, late; and when the booked time stands for a range of the wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from servicehall.rooms.booking.coming import EARLY, LATE, ON_TIME, standing
from tests.hall import MORNING


@pytest.mark.parametrize(
    ("came", "now", "rule", "manner", "near"),
    [
        (-20, -20, "booked", EARLY, True),
        (-4, -4, "booked", ON_TIME, True),
        (-20, 0, "booked", EARLY, False),  # from now on they stand as somebody who came now
        (3, 3, "front", ON_TIME, False),
        (-20, -20, "front", EARLY, True),
        (-20, -15, "lead", EARLY, True),
        (-20, -10, "lead", EARLY, False),
        (10, 10, "booked", ON_TIME, False),
        (11, 11, "front", LATE, False),
    ],
)
def test_the_booked_time_is_told_until_the_virtual_arrival(
    came: int, now: int, rule: str, manner: str, near: bool
) -> None:
    """Minutes from the booked time; ten minutes late are allowed, and the rule's minutes are ten."""
    found = standing(
        MORNING,
        MORNING + timedelta(minutes=came),
        MORNING + timedelta(minutes=now),
        allowed=timedelta(minutes=10),
        rule=rule,
        lead=timedelta(minutes=10),
    )
    assert found.manner == manner
    assert found.near == (MORNING if near else None)
