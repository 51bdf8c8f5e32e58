"""When rules fire and end: pure, over made-up values."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from uuid import UUID, uuid4

import pytest

from servicehall.rooms.diversion.history import Waited, loads, would_fire
from servicehall.rooms.diversion.hysteresis import Limits, Watched, applies, day_of, falls_on, step
from servicehall.rooms.diversion.measures import Line, Load, value_of
from tests.hall import minutes

pytestmark = pytest.mark.one_database
LIMITS = Limits(10, 5, timedelta(minutes=2), timedelta(minutes=3))
CONSULT, REFUND = UUID(int=1), UUID(int=2)


def run(values: list[float | None], limits: Limits = LIMITS) -> str:
    """One look a minute: what is on (#) and off (.) after each."""
    state, found = Watched(), ""
    for minute, value in enumerate(values):
        state = step(state, value, limits, minutes(minute))
        found += "#" if state.is_on else "."
    return found


def test_it_fires_when_the_load_has_held_and_ends_when_it_has_been_calm() -> None:
    assert run([10, 11, 12, 12, 5, 5, 5, 5, 5]) == "..#####.."


def test_a_short_peak_does_not_fire() -> None:
    assert run([12, 12, 9, 12, 12, 9]) == "......"


def test_between_the_thresholds_nothing_flaps() -> None:
    assert run([10, 10, 10, 9, 10, 6, 10, 6, 9, 6]) == "..########"
    assert run([6, 9, 6, 9, 6, 9]) == "......"


def test_a_short_calm_does_not_end_it() -> None:
    assert run([10, 10, 10, 4, 4, 6, 4, 4, 4, 4]) == "..#######."


def test_what_is_not_known_changes_nothing() -> None:
    assert run([10, None, 10, None, None]) == "..###"


def test_after_a_long_gap_the_time_begins_anew() -> None:
    state = step(Watched(), 12, LIMITS, minutes(0))
    state = step(state, 12, LIMITS, minutes(30))
    assert not state.is_on
    assert step(state, 12, LIMITS, minutes(32)).is_on


def test_fewer_free_counters_are_worse() -> None:
    free = Limits(0, 2, timedelta(minutes=1), timedelta(minutes=1), less_is_worse=True)
    assert run([1, 0, 0, 1, 2, 2, 2], free) == "..###.."


def test_without_any_time_to_hold_it_fires_at_once() -> None:
    at_once = Limits(10, 5, timedelta(0), timedelta(0))
    assert run([10, 5, 10, 6], at_once) == "#.##"


def test_hours_may_go_past_midnight() -> None:
    assert applies(time(23, 0), time(22, 0), time(2, 0))
    assert applies(time(1, 0), time(22, 0), time(2, 0))
    assert not applies(time(12, 0), time(22, 0), time(2, 0))
    assert applies(time(12, 0), None, None)


def test_measures_are_of_some_services_or_of_the_hall() -> None:
    load = Load(
        {CONSULT: Line(4, 1, 12.0, 20.0), REFUND: Line(1, 1, 30.0, None)},
        (frozenset({CONSULT}), frozenset({REFUND})),
        2,
    )
    assert value_of("waiting", load) == 5
    assert value_of("waiting", load, [CONSULT]) == 4
    assert value_of("longest", load) == 30
    assert value_of("expected", load) == 20
    assert value_of("expected", load, [REFUND]) is None
    assert value_of("share", load) == 40
    assert value_of("share", Load()) == 0
    assert value_of("free", load) == 2
    assert value_of("free", load, [CONSULT]) == 1
    assert value_of("kiosks", load) == 2
    assert value_of("kiosks", Load()) is None


def test_a_rule_is_tried_on_a_past_day() -> None:
    waits = [Waited(CONSULT, minutes(n), minutes(20), 10) for n in range(4)]
    limits = Limits(3, 1, timedelta(minutes=2), timedelta(minutes=2))
    seen = list(loads(waits, minutes(0), minutes(30)))
    fired = would_fire("waiting", [], limits, seen)
    assert [(one.began, one.value, one.over) for one in fired] == [(minutes(4), 4.0, minutes(22))]
    assert would_fire("waiting", [REFUND], limits, seen) == []
    assert would_fire("waiting", [], limits, seen, holds=set()) == []


def test_hours_past_midnight_belong_to_the_day_on_which_they_began() -> None:
    saturday = datetime(2026, 3, 7, 1, 30, tzinfo=UTC)
    assert day_of(saturday, time(22), time(2)) == date(2026, 3, 6)
    assert day_of(saturday, time(1), time(2)) == date(2026, 3, 7)
    assert day_of(saturday, None, None) == date(2026, 3, 7)
    assert [falls_on(date(2026, 3, 2 + n), 0b0010010) for n in range(7)] == [n in {1, 4} for n in range(7)]


def test_lines_of_a_day_are_those_that_one_would_count() -> None:
    chance, services = random.Random(5), [uuid4(), uuid4()]
    waits = [
        Waited(
            chance.choice(services),
            since := minutes(chance.choice((5, 5, 7.5, 20, chance.uniform(0, 60)))),
            since + timedelta(minutes=chance.choice((0, 15, 15, chance.uniform(0, 40)))),
            15,
        )
        for _ in range(300)
    ]
    for at, load in loads(waits, minutes(0), minutes(110)):
        for service in services:
            here = [one for one in waits if one.service == service and one.since <= at < one.until]
            line = load.lines.get(service, Line())
            late = [one for one in here if at - one.since > timedelta(minutes=15)]
            oldest = max(((at - one.since).total_seconds() / 60 for one in here), default=0)
            assert (line.waiting, line.over_target, line.longest_minutes) == (len(here), len(late), oldest)


def test_a_day_on_which_thousands_wait_for_hours_is_read_at_once() -> None:
    service = uuid4()
    waits = [Waited(service, minutes(n / 20), minutes(n / 20 + 400), 15) for n in range(10_000)]
    began = process_time()
    assert max(load.lines[service].waiting for _at, load in loads(waits, minutes(0), minutes(800))) == 8000
    assert process_time() - began < 1
