"""When messages go out: reminders before the time, none in the quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from servicehall.rooms.booking.quiet import Quiet, reminders, when_to_send

pytestmark = pytest.mark.one_database

NIGHT = Quiet(time(21), time(8), "Asia/Shanghai")
LONG_BEFORE = datetime(2026, 3, 1, tzinfo=UTC)


def wall(text: str) -> datetime:
    """A moment by the clock in Shanghai."""
    return datetime.fromisoformat(f"2026-{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("planned", "begins", "sent"),
    [
        ("03-04T20:59", "03-05T10:00", "03-04T20:59"),
        ("03-04T21:00", "03-05T10:00", "03-05T08:00"),
        ("03-05T07:59", "03-05T10:00", "03-05T08:00"),
        ("03-05T08:00", "03-05T10:00", "03-05T08:00"),
        ("03-05T05:30", "03-05T07:30", "03-04T20:59"),  # at eight the visit would have begun
        ("03-05T06:00", "03-05T08:00", "03-04T20:59"),
    ],
)
def test_what_falls_into_the_night_waits_or_goes_before(planned: str, begins: str, sent: str) -> None:
    assert when_to_send(wall(planned), wall(begins), NIGHT) == wall(sent)


def test_hours_within_a_day_and_none_at_all() -> None:
    noon = Quiet(time(12), time(14), "Asia/Shanghai")
    assert when_to_send(wall("03-04T13:00"), wall("03-05T10:00"), noon) == wall("03-04T14:00")
    never = Quiet(time(8), time(8), "Asia/Shanghai")
    assert when_to_send(wall("03-04T03:00"), wall("03-05T10:00"), never) == wall("03-04T03:00")


def test_quiet_hours_follow_the_clock_when_it_is_moved() -> None:
    berlin = Quiet(time(21), time(8), "Europe/Berlin")
    planned = datetime(2026, 3, 29, 3, 0, tzinfo=UTC)  # 05:00 on the day on which an hour is left out
    assert when_to_send(planned, planned + timedelta(hours=9), berlin) == datetime(2026, 3, 29, 6, tzinfo=UTC)


def test_reminders_that_would_have_gone_out_are_left_out() -> None:
    begins = wall("03-05T10:00")
    assert reminders(begins, [120, 1440], NIGHT, LONG_BEFORE) == [
        (1440, wall("03-04T10:00")),
        (120, wall("03-05T08:00")),
    ]
    assert reminders(begins, [1440, 120], NIGHT, wall("03-04T10:00")) == [(120, wall("03-05T08:00"))]
    assert reminders(begins, [1440, 120], NIGHT, wall("03-05T09:00")) == []
    assert reminders(begins, [], NIGHT, LONG_BEFORE) == []


def test_two_that_the_night_brings_together_are_one() -> None:
    assert reminders(wall("03-05T09:00"), [180, 120, 30], NIGHT, LONG_BEFORE) == [
        (120, wall("03-05T08:00")),
        (30, wall("03-05T08:30")),
    ]
