"""Clocks that are moved at midnight, by half an hour, or over the hours that somebody books in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
import vobject

from servicehall.kernel import clock
from servicehall.kernel.ids import uuid7
from servicehall.rooms.booking import cells, hours, ical, quiet, store
from servicehall.rooms.booking.actions import Unclear, moment_said
from servicehall.rooms.booking.hours import Hours, OnDate, Timetable

pytestmark = pytest.mark.one_database

ODD = [
    ("America/Santiago", date(2026, 9, 6), -60),  # midnight is not there
    ("America/Santiago", date(2026, 4, 4), 60),  # 23:00 comes twice
    ("Australia/Lord_Howe", date(2026, 10, 4), -30),
    ("Australia/Lord_Howe", date(2026, 4, 5), 30),
    ("America/Havana", date(2026, 11, 1), 60),  # midnight comes twice
    ("Europe/Berlin", date(2026, 3, 29), -60),
    ("Europe/Berlin", date(2026, 10, 25), 60),
    ("Africa/Cairo", date(2026, 4, 24), -60),
    ("Asia/Kathmandu", date(2026, 4, 24), 0),
]


@pytest.mark.parametrize(("zone", "day", "more"), ODD)
def test_each_cell_of_such_a_day_is_one_moment_and_back(zone: str, day: date, more: int) -> None:
    count = cells.count(day, zone)
    assert count == 288 + more // 5
    moments = [cells.moment_of(cell, day, zone) for cell in range(count)]
    assert {clock.local(one, zone).date() for one in moments} == {day}
    assert [cells.cell_of(one, day, zone) for one in moments] == list(range(count))
    assert store.days_of(zone, moments[0], moments[-1] + cells.CELL) == {day: cells.span(0, count)}
    whole = Timetable(uuid4(), zone, {n: (Hours(time(0), time(0)),) for n in range(7)})
    assert hours.openness(whole, day).public & cells.span(0, count) == cells.span(0, count)


@pytest.mark.parametrize(("zone", "day", "more"), ODD)
def test_what_a_wall_shows_is_one_moment_or_it_is_asked(zone: str, day: date, more: int) -> None:
    unclear = 0
    for n in range(96):
        wall = datetime.combine(day, time(n // 4, n % 4 * 15))
        try:
            found = moment_said(wall.isoformat(), zone)
        except Unclear as refused:
            unclear += len(set(refused.facts["could_be"])) == 2
        else:
            assert clock.local(found, zone).replace(tzinfo=None) == wall
    assert unclear == abs(more) // 15


@pytest.mark.parametrize(("zone", "day", "more"), ODD)
def test_busy_cells_of_such_a_day_are_closed_and_not_many_more(zone: str, day: date, more: int) -> None:
    from servicehall.rooms.booking.actions.importing import closed

    count, step = cells.count(day, zone), 7
    week: dict[int, tuple[Hours, ...]] = {n: (Hours(time(0), time(0)),) for n in range(7)}
    for first in range(0, count - step, step):
        span = cells.moment_of(first, day, zone), cells.moment_of(first + step, day, zone)
        rules = tuple(
            OnDate("closed", opens, closes) for on, opens, closes in closed([span], zone) if on == day
        )
        shut = ~hours.openness(Timetable(uuid4(), zone, week, {day: rules}), day).public & cells.span(
            0, count
        )
        wanted = cells.span(first, first + step)
        assert shut & wanted == wanted, (first, rules)
        assert shut.bit_count() <= step + 2 * abs(more) // 5 + 1, (first, rules)


@pytest.mark.parametrize(("zone", "day", "more"), ODD)
def test_quiet_hours_are_one_span_in_such_a_night(zone: str, day: date, more: int) -> None:
    for begins, ends in (
        (time(21), time(8)),
        (time(23, 30), time(2, 15)),
        (time(0), time(3)),
        (time(1), time(5)),
    ):
        still = quiet.Quiet(begins, ends, zone)
        for n in range(0, 36 * 60, 15):
            moment = cells.begins(day, zone) - timedelta(hours=6) + timedelta(minutes=n)
            found = still.span(moment)
            if found is not None:
                assert found[0] <= moment < found[1]
                assert still.span(found[1]) is None
                sent = quiet.when_to_send(moment, found[1] + timedelta(hours=1), still)
                assert still.span(sent) is None
                early = quiet.when_to_send(moment, found[1], still)
                assert still.span(early) is None


NASTY = [
    "A\r\nATTENDEE:mailto:evil@example.com",
    "A\rDTSTART:20200101T000000Z",
    "A\nEND:VEVENT\nBEGIN:VEVENT",
    "<script>alert(1)</script>",
    "\u202eevil\u202c 👩‍👩‍👧‍👦" * 40,
    ';,\\n":=王' * 60,
]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_is_written_begins_a_line_of_a_calendar(text: str) -> None:
    starts = datetime(2026, 3, 4, 2, tzinfo=UTC)
    entry = ical.Entry(
        uuid7(), 0, starts, starts + timedelta(minutes=30), starts, text, text, text, "en",
        attendee="li@example.com", attendee_name=text,
    )  # fmt: skip
    made = ical.invitation(entry, zone="Asia/Shanghai", organiser="hall@example.com", organiser_name=text)
    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))
    assert "\r" not in made.replace("\r\n", "")
    assert "\n" not in made.replace("\r\n", "")
    unfolded = made.replace("\r\n ", "").split("\r\n")
    names = [line.partition(":")[0].partition(";")[0] for line in unfolded if line]
    assert [names.count(name) for name in ("ATTENDEE", "DTEND", "BEGIN", "END")] == [1, 1, 4, 4]
    event = vobject.readOne(made).vevent
    assert event.dtstart.value == starts
    assert event.uid.value == str(entry.id)
