"""Calendars that were written to do harm, or by programs that went wrong."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time as stopwatch
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr

from servicehall.kernel import clock
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking.actions.importing import closed, read_due
from servicehall.rooms.booking.busy import FaultyCalendar, spans
from servicehall.rooms.booking.fetching import Fetched, NotFetched, Source, fetch
from servicehall.rooms.booking.models import DayHours
from tests.hall import MORNING

from .desk import Desk
from .elsewhere import elsewhere

FIRST = datetime(2026, 3, 3, tzinfo=UTC)
LAST = FIRST + timedelta(days=180)
SOME_SECONDS = 20
"""Generous: what is refused here once took hours."""
ALL_DAY = ";".join(
    f"{name}={','.join(map(str, range(most)))}"
    for name, most in (("BYHOUR", 24), ("BYMINUTE", 60), ("BYSECOND", 60))
)


def calendar(*lines: str, before: str = "", times: int = 1) -> str:
    event = "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", "UID:a", *lines, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{before}{event * times}END:VCALENDAR\r\n"


def since(year: int, rule: str) -> tuple[str, ...]:
    return (f"DTSTART:{year}0105T100000Z", "DURATION:PT1M", f"RRULE:{rule}")


def read(text: str) -> str:
    """How it ends: the number of busy times, or what is wrong."""
    try:
        return str(len(spans(text, FIRST, LAST, "Europe/Berlin")))
    except FaultyCalendar as problem:
        return problem.reason


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("rule", "times", "found"),
    [
        ("FREQ=DAILY;INTERVAL=0", 1, "wrong-repetition"),
        (f"FREQ=DAILY;{ALL_DAY}", 1, "too-much"),
        (f"FREQ=DAILY;COUNT=1000000000;{ALL_DAY}", 1, "too-much"),
        ("FREQ=DAILY;COUNT=1000000000", 1, "180"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 1, "0"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 10, "too-much"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 100, "too-much"),
        ("FREQ=YEARLY;BYEASTER=0", 1, "wrong-repetition"),
        ("FREQ=YEARLY;BYDAY=60MO", 1, "wrong-repetition"),
        ("FREQ=WEEKLY", 100, "25"),
        ("FREQ=WEEKLY;UNTIL=20200101T000000Z", 300, "0"),
    ],
)
def test_no_repetition_is_counted_for_ever(rule: str, times: int, found: str) -> None:
    begun = stopwatch.monotonic()
    assert read(calendar(*since(1970, rule), times=times)) == found
    assert stopwatch.monotonic() - begun < SOME_SECONDS


@pytest.mark.one_database
def test_what_is_skipped_changes_no_repetition() -> None:
    chance = random.Random(5)
    for _n in range(60):
        freq = chance.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
        parts = [f"FREQ={freq}", f"INTERVAL={chance.randint(1, 5)}"]
        parts += chance.sample(
            ["BYDAY=MO,WE,SU", "BYMONTH=2,3,6", "BYMONTHDAY=1,13,29", "WKST=SU", "BYHOUR=8,15", "COUNT=700"],
            k=chance.randint(0, 3),
        )
        start = datetime(
            chance.randint(1970, 2026), chance.randint(1, 12), chance.randint(1, 28), 10, tzinfo=UTC
        )
        rule = ";".join(parts)
        expected = set(rrulestr(rule, dtstart=start).between(FIRST, LAST, inc=True))
        if FIRST <= start < LAST:
            expected.add(start)
        text = calendar(f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1M", f"RRULE:{rule}")
        assert {begin for begin, _end in spans(text, FIRST, LAST, "UTC")} == expected, rule


@pytest.mark.one_database
@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:99991231T235959Z", "DURATION:P9D"),
        ("DTSTART:20260304T100000Z", "DURATION:P999999999D"),
        ("DTSTART:20260304T100000Z", "DURATION:P9999999D", "RRULE:FREQ=DAILY"),
        ("DTSTART;VALUE=TIME:100000",),
        ("DTSTART;TZID=Europe:20260304T100000", "DURATION:PT1H"),
        (f"DTSTART;TZID={'x' * 5000}:20260304T100000", "DURATION:PT1H"),
        ("DTSTART;TZID=Nowhere/City:20260304T100000", "DURATION:PT1H"),
    ],
)
def test_what_is_no_time_is_told_and_raises_nothing_else(lines: tuple[str, ...]) -> None:
    assert read(calendar(*lines)) in {"wrong-time", "not-a-calendar"}


@pytest.mark.one_database
def test_a_zone_that_one_calendar_defines_is_not_the_next_ones() -> None:
    def at(offset: str) -> datetime:
        zone = (
            "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
            f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        )
        text = calendar("DTSTART;TZID=Customized Time Zone:20260304T100000", "DURATION:PT1H", before=zone)
        return spans(text, FIRST, LAST, "UTC")[0][0]

    assert (at("+0200").hour, at("+0900").hour) == (8, 1)


@pytest.mark.one_database
def test_the_second_of_two_equal_hours_is_closed_and_no_day_more() -> None:
    # In Berlin it is 02:00 to 03:00 twice on that night; 01:15Z is 02:15 for the second time.
    night = date(2026, 10, 25)
    utc = datetime(2026, 10, 25, tzinfo=UTC)
    assert list(closed([(utc + timedelta(minutes=75), utc + timedelta(minutes=90))], "Europe/Berlin")) == [
        (night, time(2, 15), time(3))
    ]
    assert list(closed([(utc + timedelta(minutes=45), utc + timedelta(minutes=75))], "Europe/Berlin")) == [
        (night, time(2, 45), time(3))
    ]


@contextmanager
def answering(head: str, body: bytes, *, again: int = 1) -> Iterator[str]:
    """A server that says something, sends its body so many times and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            with contextlib.suppress(OSError):
                line, _who = door.accept()
                with line:
                    line.recv(65536)
                    line.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
                    for _n in range(again):
                        line.sendall(body)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/ada.ics"
        thread.join(30)


MEETING = calendar("DTSTART:20260304T020000Z", "DURATION:PT1H").encode()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("head", "body", "again", "reason"),
    [
        (f"Content-Length: {2 * len(MEETING)}", MEETING, 1, "no-answer"),  # the second calendar is cut off
        ("Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(MEETING), MEETING), 1, "no-answer"),
        ("Content-Length: 1000000000", b"x" * 1_000_000, 1000, "too-long"),
        ("Content-Type: text/calendar", b"x" * 1_000_000, 1000, "too-long"),
    ],
)
def test_half_a_calendar_is_none_and_a_gigabyte_is_not_read(
    settings: Any, head: str, body: bytes, again: int, reason: str
) -> None:
    settings.CONNECTOR_NETWORKS = ["127.0.0.0/8"]
    with answering(head, body, again=again) as address, pytest.raises(NotFetched) as problem:
        fetch(Source("file", address), FIRST, LAST)
    assert problem.value.reason == reason


def test_one_that_fails_does_not_keep_the_others_from_being_read(
    desk: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CONNECTOR_NETWORKS = ["127.0.0.0/8"]
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.booking.actions import importing

    with elsewhere() as server, clock.at(MORNING):
        server.etag = '"a\x7fb"'
        server.text = calendar("DTSTART:20260304T020000Z", "DURATION:PT1H")
        for name in ("bad", "good"):
            address = server.address.replace("ada", name)
            booking.add_outside(resource_id=desk.resources["ada"].pk, by=SYSTEM, kind="file", address=address)

        def or_fail(source: Any, first: datetime, last: datetime) -> Fetched:
            if "bad" in source.address:
                raise RuntimeError
            return fetch(source, first, last)

        monkeypatch.setattr(importing, "fetch", or_fail)
        assert read_due() == 2
    assert DayHours.objects.get().outside.etag == ""  # type: ignore[union-attr]
