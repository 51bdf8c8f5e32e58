"""Identifiers sort by time; a business day follows the site's wall clock."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehall.kernel import clock, ids

pytestmark = pytest.mark.one_database


def test_ids_are_version_7_and_sort_in_the_order_in_which_they_were_made() -> None:
    made = [ids.uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_ids_of_many_threads_are_distinct() -> None:
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.extend([ids.uuid7() for _ in range(2000)])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 16_000


def test_a_day_belongs_to_the_site_and_ends_at_its_closing_hour() -> None:
    late = datetime(2026, 3, 3, 18, 30, tzinfo=UTC)  # 02:30 of the 4th in Shanghai
    assert clock.business_day(late, "Asia/Shanghai") == date(2026, 3, 4)
    assert clock.business_day(late, "Asia/Shanghai", time(4)) == date(2026, 3, 3)
    assert clock.business_day(late, "America/New_York") == date(2026, 3, 3)


def test_a_wall_clock_time_that_does_not_exist_moves_behind_the_gap() -> None:
    # In Berlin 02:30 is skipped on 29 March 2026 and comes twice on 25 October 2026.
    assert clock.moment_of(date(2026, 3, 29), time(2, 30), "Europe/Berlin") == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )
    assert clock.moment_of(date(2026, 10, 25), time(2, 30), "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("day", "ends"), [(date(2026, 10, 25), time(2, 30)), (date(2026, 3, 29), time(2, 30))]
)
def test_a_day_that_ends_where_the_clock_is_moved_begins_once(day: date, ends: time) -> None:
    begins = clock.moment_of(day, ends, "Europe/Berlin")
    for minutes in range(-180, 180, 10):
        moment = begins + timedelta(minutes=minutes)
        wanted = day if minutes >= 0 else day - timedelta(days=1)
        assert clock.business_day(moment, "Europe/Berlin", ends) == wanted, moment


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_belongs_to_one_day_and_days_never_step_back(moment: datetime) -> None:
    for zone in ("Europe/Berlin", "Asia/Shanghai", "America/New_York"):
        first = clock.business_day(moment, zone, time(3))
        later = clock.business_day(datetime.fromtimestamp(moment.timestamp() + 60, UTC), zone, time(3))
        assert first <= later


@given(st.integers(0, 4_000_000_000_000_000))
def test_microseconds_and_moments_are_the_same_thing(value: int) -> None:
    assert clock.micros(clock.from_micros(value)) == value


def test_the_clock_is_held_only_in_its_context() -> None:
    moment = datetime(1999, 2, 1, 8, tzinfo=UTC)
    with clock.at(moment):
        assert clock.now() == moment
        assert clock.is_virtual()
    assert clock.now().year >= 2026
    assert not clock.is_virtual()
