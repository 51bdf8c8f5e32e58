"""The range of the first day: wider with more people, nothing when nobody serves."""

from __future__ import annotations

import random

import pytest

from servicehall.rooms.queueing.estimate import WaitRange, wait_range

pytestmark = pytest.mark.one_database


def test_nothing_is_said_when_nobody_serves() -> None:
    assert wait_range(ahead=3, counters=0, mean_minutes=5) is None


def test_a_free_counter_means_now() -> None:
    assert wait_range(ahead=0, counters=2, mean_minutes=5, idle=1) == WaitRange(0, 1)
    assert wait_range(ahead=1, counters=2, mean_minutes=5, idle=2) == WaitRange(0, 1)


def test_the_range_grows_with_the_queue_and_shrinks_with_counters() -> None:
    spans = [wait_range(ahead=n, counters=2, mean_minutes=5) for n in range(0, 40, 4)]
    highs = [span.high for span in spans if span]
    assert highs == sorted(highs)
    one, four = (wait_range(ahead=10, counters=c, mean_minutes=5) for c in (1, 4))
    assert one is not None
    assert four is not None
    assert four.high < one.low


@pytest.mark.parametrize(("ahead", "counters"), [(0, 1), (3, 1), (10, 3), (25, 4)])
def test_about_eight_in_ten_waits_fall_into_the_range_when_services_are_exponential(
    ahead: int, counters: int
) -> None:
    chance = random.Random(7)
    span = wait_range(ahead=ahead, counters=counters, mean_minutes=6)
    assert span is not None
    waits = [sum(chance.expovariate(counters / 6) for _ in range(ahead + 1)) for _ in range(4000)]
    inside = sum(span.low <= wait <= span.high for wait in waits) / len(waits)
    assert 0.7 <= inside <= 0.93  # the ends are rounded to minutes or five minutes
