"""Busy times of calendars that others wrote."""

from __future__ import annotations

import time as stopwatch
from datetime import UTC, datetime

import pytest

from servicehall.rooms.booking.busy import FaultyCalendar, spans

pytestmark = pytest.mark.one_database

BERLIN = "Europe/Berlin"
FIRST, LAST = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)


def calendar(*lines: str, part: str = "VEVENT") -> str:
    """A calendar of one part; a line ``--`` begins another."""
    body = "\r\n".join(lines).replace("--", f"END:{part}\r\nBEGIN:{part}")
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:{part}\r\n{body}\r\nEND:{part}\r\nEND:VCALENDAR\r\n"


def busy(*lines: str, part: str = "VEVENT") -> list[str]:
    """As day, from and to in UTC."""
    found = spans(calendar(*lines, part=part), FIRST, LAST, BERLIN)
    return [f"{begin:%m-%d %H:%M}–{end:%m-%d %H:%M}" for begin, end in found]


WEEKLY = (
    "UID:a",
    "DTSTART;TZID=Europe/Berlin:20260302T100000",
    "DTEND;TZID=Europe/Berlin:20260302T110000",
    "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260430T220000Z",
)


def test_a_repetition_keeps_its_hour_when_the_clock_is_moved() -> None:
    found = busy(*WEEKLY, "EXDATE;TZID=Europe/Berlin:20260304T100000")
    assert found[:2] == ["03-02 09:00–03-02 10:00", "03-09 09:00–03-09 10:00"]
    assert found[-1] == "04-01 08:00–04-01 09:00"
    assert len(found) == 9


def test_what_stands_for_one_time_takes_its_place() -> None:
    moved = (
        "--",
        "UID:a",
        "RECURRENCE-ID;TZID=Europe/Berlin:20260309T100000",
        "DTSTART;TZID=Europe/Berlin:20260309T150000",
        "DURATION:PT30M",
    )
    found = busy(*WEEKLY, *moved)
    assert "03-09 14:00–03-09 14:30" in found
    assert "03-09 09:00–03-09 10:00" not in found
    gone = busy(*WEEKLY, *moved, "STATUS:CANCELLED")
    assert not [one for one in gone if one.startswith("03-09")]


def test_counted_and_added_times() -> None:
    counted = ("UID:c", "DTSTART:20260227T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4")
    assert busy(*counted) == ["03-01 09:00–03-01 10:00", "03-02 09:00–03-02 10:00"]
    assert busy("UID:d", "DTSTART:20260302T090000Z", "DURATION:PT1H", "RDATE:20260303T090000Z") == [
        "03-02 09:00–03-02 10:00",
        "03-03 09:00–03-03 10:00",
    ]


def test_whole_days_are_days_of_the_hall_also_short_ones() -> None:
    assert busy("UID:e", "DTSTART;VALUE=DATE:20260328", "DTEND;VALUE=DATE:20260330") == [
        "03-27 23:00–03-29 22:00"
    ]
    assert busy("UID:e", "DTSTART;VALUE=DATE:20260329") == ["03-28 23:00–03-29 22:00"]


def test_what_does_not_take_time_is_left_out() -> None:
    for line in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED"):
        assert busy("UID:f", "DTSTART:20260302T090000Z", "DURATION:PT1H", line) == []
    assert busy("UID:g", "DTSTART:20260302T090000Z") == []


def test_busy_times_as_a_server_gives_them() -> None:
    found = busy(
        "FREEBUSY;FBTYPE=BUSY:20260301T090000Z/PT1H,20260301T100000Z/20260301T110000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260302T090000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20260303T090000Z/PT1H",
        part="VFREEBUSY",
    )
    assert found == ["03-01 09:00–03-01 11:00", "03-02 09:00–03-02 10:00"]


@pytest.mark.parametrize(
    ("text", "reason", "entry"),
    [
        ("", "not-a-calendar", ""),
        ("<html>sign in</html>", "not-a-calendar", ""),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n", "not-a-calendar", ""),
        ("BEGIN:VTODO\r\nUID:x\r\nEND:VTODO\r\n", "not-a-calendar", ""),
        (calendar("UID:x", "DTSTART:yesterday"), "wrong-time", "x"),
        (calendar("UID:x", "DTSTART:20260230T000000Z", "DURATION:PT1H"), "wrong-time", "x"),
        (calendar("UID:x", "SUMMARY:nothing"), "no-time", "x"),
        (calendar("UID:x", "DTSTART:20260302T090000Z", "DTEND:soon"), "wrong-time", "x"),
        (
            calendar("UID:x", "DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYDAY=XX"),
            "wrong-repetition",
            "x",
        ),
        (
            calendar("UID:x", "DTSTART:20260302T090000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY"),
            "too-much",
            "x",
        ),
        (
            calendar("UID:x", "DTSTART:10010302T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
            "wrong-time",
            "x",
        ),
    ],
)
def test_what_cannot_be_read_is_named(text: str, reason: str, entry: str) -> None:
    with pytest.raises(FaultyCalendar) as refused:
        spans(text, FIRST, LAST, BERLIN)
    assert (refused.value.reason, refused.value.entry) == (reason, entry)


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"]
)
def test_a_rule_that_never_comes_true_ends(rule: str) -> None:
    begun = stopwatch.process_time()
    assert busy("UID:x", "DTSTART:20200302T090000Z", "DURATION:PT1H", f"RRULE:{rule}") == []
    assert stopwatch.process_time() - begun < 5
