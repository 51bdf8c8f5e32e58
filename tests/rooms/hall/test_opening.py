"""Opening hours: several spans a day, past midnight, holidays, temporary points, moved clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from servicehall.rooms.hall.opening import schedule

pytestmark = pytest.mark.one_database

WEEK = [(day, time(9), time(12)) for day in range(5)] + [(day, time(13, 30), time(17)) for day in range(5)]


def utc(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A moment of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_open_in_the_spans_and_closed_between_them() -> None:
    rule = schedule("Asia/Shanghai", WEEK, [])
    # Tuesday 3 March, Shanghai is UTC+8.
    assert [rule.is_open(utc(3, h, m)) for h, m in ((0, 59), (1, 0), (3, 59), (4, 0), (5, 30), (9, 0))] == [
        False,
        True,
        True,
        False,
        True,
        False,
    ]
    assert rule.opens_next(utc(3, 4)) == utc(3, 5, 30)
    assert rule.opens_next(utc(6, 10)) == utc(9, 1)  # Friday evening → Monday
    assert rule.closes_at(utc(3, 2)) == utc(3, 4)


def test_a_span_past_midnight_belongs_to_the_evening_it_begins() -> None:
    rule = schedule("Asia/Shanghai", [(4, time(18), time(2))], [])
    assert rule.is_open(utc(6, 17, 59))  # Saturday 01:59
    assert not rule.is_open(utc(6, 18))
    assert not rule.is_open(utc(7, 11))  # Saturday evening


def test_a_special_day_replaces_the_weekday() -> None:
    rule = schedule(
        "Asia/Shanghai", WEEK, [(date(2026, 3, 3), None, None), (date(2026, 3, 7), time(10), time(11))]
    )
    assert not rule.is_open(utc(3, 2))
    assert rule.is_open(utc(7, 2, 30))
    assert rule.opens_next(utc(2, 10)) == utc(4, 1)


def test_a_temporary_point_exists_only_in_its_days() -> None:
    rule = schedule("Asia/Shanghai", WEEK, [], date(2026, 3, 4), date(2026, 3, 5))
    assert [rule.is_open(utc(day, 2)) for day in (3, 4, 5, 6)] == [False, True, True, False]
    assert rule.opens_next(utc(6, 2)) is None


def test_always_open_is_always_open_also_when_the_clock_is_moved() -> None:
    rule = schedule("Europe/Berlin", [(day, time(0), time(0)) for day in range(7)], [])
    for month, day in ((3, 29), (10, 25)):
        assert all(rule.is_open(utc(day, hour, 30, month)) for hour in range(24))


def test_no_hours_at_all_is_never_open() -> None:
    rule = schedule("Asia/Shanghai", [], [])
    assert not rule.is_open(utc(3, 2))
    assert rule.opens_next(utc(3, 2)) is None
