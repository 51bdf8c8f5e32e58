"""A day in cells, the hours of a resource, and where something fits."""

from __future__ import annotations

import random
import time as stopwatch
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as some

from servicehall.kernel import clock
from servicehall.rooms.booking import cells, fitting, hours
from servicehall.rooms.booking.hours import Hours, OnDate, Timetable

ZONE = "Europe/Berlin"
SHORT, LONG, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 3)
ALL = {weekday: (Hours(time(9), time(12)),) for weekday in range(7)}


def _table(**rest: object) -> Timetable:
    return Timetable(uuid4(), ZONE, **rest)  # type: ignore[arg-type]


def _wall(day: date, mask: int) -> list[str]:
    return [f"{cells.moment_of(c, day, ZONE).astimezone(clock.zone(ZONE)):%H:%M}" for c in cells.each(mask)]


def test_a_day_on_which_the_clock_is_moved_has_more_or_fewer_cells() -> None:
    assert [cells.count(day, ZONE) for day in (PLAIN, SHORT, LONG)] == [288, 276, 300]
    assert _wall(SHORT, 1 << 24) == ["03:00"]


@given(some.integers(0, 2**60), some.integers(1, 20))
def test_runs_are_where_so_many_cells_are_set(mask: int, length: int) -> None:
    expected = [k for k in range(64) if all(mask >> (k + n) & 1 for n in range(length))]
    assert list(cells.each(cells.runs(mask, length))) == expected


@given(some.lists(some.integers(0, 255), max_size=6), some.integers(1, 4))
def test_at_least_counts(masks: list[int], wanted: int) -> None:
    expected = [k for k in range(8) if sum(m >> k & 1 for m in masks) >= wanted]
    assert list(cells.each(cells.at_least(masks, wanted))) == expected


def test_hours_of_a_date_close_replace_and_add() -> None:
    closed = _table(weekdays=ALL, dates={PLAIN: (OnDate("closed", time(10), time(11)),)})
    assert hours.openness(closed, PLAIN).spans[:2] == ((108, 120), (132, 144))
    whole = _table(weekdays=ALL, dates={PLAIN: (OnDate("closed"),)})
    assert hours._own(whole, PLAIN) == []
    instead = _table(weekdays=ALL, dates={PLAIN: (OnDate("instead", time(14), time(15)),)})
    assert [s[:2] for s in hours._own(instead, PLAIN)] == [(168, 180)]
    more = _table(weekdays=ALL, dates={PLAIN: (OnDate("extra", time(20), time(21), "staff"),)})
    found = hours.openness(more, PLAIN)
    assert (found.staff >> 240 & 1, found.public >> 240 & 1, found.public >> 108 & 1) == (1, 0, 1)


def test_a_shift_past_midnight_can_be_booked_on_both_dates_and_counts_on_from_its_beginning() -> None:
    """22:10 to 02:00, every forty minutes: 22:10, 22:50, 23:30, then 00:10, 00:50."""
    night = _table(weekdays={PLAIN.weekday(): (Hours(time(22, 10), time(2)),)})
    shape = fitting.Shape(0, 8, 0, 8)

    def times(day: date) -> list[str]:
        open_ = hours.openness(night, day)
        found = fitting.beginnings(fitting.Day(uuid4(), open_, (0,), 288), shape, by_staff=False)
        return _wall(day, found)

    assert times(PLAIN) == ["22:10", "22:50", "23:30"]
    assert times(PLAIN + timedelta(days=1)) == ["00:10", "00:50"]


def test_all_day_closes_the_hours_that_begin_then_and_busy_all_day_whatever_lies_there() -> None:
    after = PLAIN + timedelta(days=1)
    nights = {weekday: (Hours(time(22), time(2)),) for weekday in range(7)}
    holiday = _table(weekdays=nights, dates={after: (OnDate("closed"),)})
    assert _wall(after, hours.openness(holiday, after).public & cells.span(0, 288))[-1] == "01:55"
    busy = _table(weekdays=nights, dates={after: (OnDate("closed", is_busy=True),)})
    assert hours.openness(busy, after).public & cells.span(0, 288) == 0
    assert hours.openness(busy, PLAIN).public & cells.span(264, 400) == cells.span(264, 288)


WALL = some.builds(time, some.integers(0, 23), some.sampled_from([0, 5, 30]))
RULES = some.lists(
    some.tuples(some.integers(-2, 2), some.none() | some.tuples(WALL, WALL), some.booleans()), max_size=4
)


def _covers(day: date, opens: time, closes: time, moment: datetime) -> bool:
    last = day + timedelta(days=1) if closes <= opens else day
    return clock.moment_of(day, opens, ZONE) <= moment < clock.moment_of(last, closes, ZONE)


def _is_open(table: Timetable, moment: datetime) -> bool:
    """Said without cells: some hours hold then, and nothing closes them."""
    near = [clock.local(moment, ZONE).date() + timedelta(days=n) for n in (-2, -1, 0, 1)]
    whole = {d for d in near for r in table.dates.get(d, ()) if r.opens is None and not r.is_busy}
    shifts = [(d, one) for d in near if d not in whole for one in table.weekdays.get(d.weekday(), ())]
    closed = any(
        _covers(d, r.opens or time(0), r.closes or time(0), moment)
        for d in near
        for r in table.dates.get(d, ())
        if r.opens is not None or r.is_busy
    )
    return not closed and any(_covers(d, one.opens, one.closes, moment) for d, one in shifts)


@settings(max_examples=150, deadline=None)
@given(
    some.sampled_from([PLAIN, SHORT, LONG]),
    some.dictionaries(some.integers(0, 6), some.tuples(WALL, WALL), min_size=1, max_size=7),
    RULES,
)
def test_busy_times_cut_every_shift_in_which_they_lie(
    day: date, weekdays: dict[int, tuple[time, time]], rules: list[tuple[int, tuple[time, time] | None, bool]]
) -> None:
    dates: dict[date, tuple[OnDate, ...]] = {}
    for away, span, is_busy in rules:
        on = day + timedelta(days=away)
        opens, closes = span or (None, None)
        dates[on] = (*dates.get(on, ()), OnDate("closed", opens, closes, is_busy=is_busy))
    table = _table(weekdays={n: (Hours(*span),) for n, span in weekdays.items()}, dates=dates)
    found, own = hours.openness(table, day), cells.count(day, ZONE)
    after = day + timedelta(days=1)
    for cell in range(own + cells.count(after, ZONE)):
        assert bool(found.public >> cell & 1) == _is_open(table, cells.moment_of(cell, day, ZONE))
    tomorrow = cells.span(0, cells.count(after, ZONE))
    assert found.public >> own & tomorrow == hours.openness(table, after).public & tomorrow


def test_what_is_kept_for_staff_or_walk_ins_is_not_for_everybody() -> None:
    table = _table(weekdays={1: (Hours(time(9), time(12)), Hours(time(10), time(11), "walk_in"))})
    found = hours.openness(table, PLAIN)
    assert found.public & cells.span(120, 132) == 0
    assert found.walk_in & cells.span(0, 288) == cells.span(120, 132)


def _day(taken: tuple[int, ...] = (0,), resource: UUID | None = None) -> fitting.Day:
    return fitting.Day(resource or uuid4(), hours.openness(_table(weekdays=ALL), PLAIN), taken, 288)


def test_beginnings_keep_what_is_taken_and_the_time_before_and_after() -> None:
    shape = fitting.Shape(before=1, length=6, after=2, step=6)
    free = fitting.beginnings(_day(), shape, by_staff=False)
    assert _wall(PLAIN, free) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    noon = cells.span(120, 126)  # 10:00 to 10:30
    free = fitting.beginnings(_day((noon,)), shape, by_staff=False)
    assert _wall(PLAIN, free) == ["09:00", "11:00", "11:30"]


def test_two_places_are_needed_at_the_same_time() -> None:
    shape = fitting.Shape(0, 6, 0, 6, places=2)
    free = fitting.beginnings(_day((0, cells.span(108, 126), 0)), shape, by_staff=False)
    assert _wall(PLAIN, free)[0] == "09:00"
    free = fitting.beginnings(_day((0, cells.span(108, 126))), shape, by_staff=False)
    assert _wall(PLAIN, free)[0] == "10:30"


def test_the_less_busy_one_is_taken_and_none_twice() -> None:
    one, other = uuid4(), uuid4()
    days = [_day((cells.span(130, 136),), one), _day((0,), other)]
    shape = fitting.Shape(0, 6, 0, 6)
    assert fitting.chosen([days], shape, 108, by_staff=False) == [(other, (0,))]
    both = fitting.chosen([days, days], shape, 108, by_staff=False)
    assert both is not None
    assert {resource for resource, _places in both} == {one, other}
    assert fitting.chosen([days[:1], days[:1]], shape, 108, by_staff=False) is None


def test_places_are_counted_at_once_and_rightly() -> None:
    chance = random.Random(5)
    masks = [chance.getrandbits(40) for _n in range(9)]
    for wanted in range(1, 11):
        found = cells.at_least(masks, wanted)
        assert found == sum(1 << c for c in range(40) if sum(m >> c & 1 for m in masks) >= wanted)
    course, begun = [chance.getrandbits(288) for _n in range(500)], stopwatch.monotonic()
    for _day_of_three_months in range(90):
        cells.at_least(course, 250)
    assert stopwatch.monotonic() - begun < 1.5
