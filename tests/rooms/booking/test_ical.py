"""What we write in iCalendar, as another library reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import vobject

from servicehall.rooms.booking import ical
from servicehall.rooms.booking.ical import Entry

pytestmark = pytest.mark.one_database

BERLIN = "Europe/Berlin"
BEGINS = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
"""03:30 in Berlin: half an hour after an hour was left out."""
ENTRY = Entry(
    UUID("018f0000-0000-7000-8000-000000000001"),
    0,
    BEGINS,
    BEGINS + timedelta(minutes=30),
    datetime(2026, 3, 3, 2, tzinfo=UTC),
    "咨询; 一, 二",
    "第一行\n第二行",
    "Mall hall, 1 Road",
    "zh-Hans",
    url="https://hall.example.com/b/abc",
    attendee="wang@example.com",
    attendee_name='王 "小" 明\r\nX-EVIL:1',
)


def written(entry: Entry = ENTRY, zone: str = BERLIN) -> str:
    return ical.invitation(entry, zone=zone, organiser="hall@example.com", organiser_name="Hall: main")


def read(text: str) -> vobject.base.Component:
    """By the second opinion, which refuses what is not allowed."""
    found = vobject.readOne(text)
    found.validate(raiseException=True)
    return found


class Inbox:
    """A calendar that takes in what comes by mail, as RFC 5546 (2.1.5) says: the higher SEQUENCE is the newer."""

    def __init__(self) -> None:
        self.events: dict[str, vobject.base.Component] = {}

    def take_in(self, text: str) -> None:
        calendar = read(text)
        event = calendar.vevent
        uid, known = event.uid.value, self.events.get(event.uid.value)
        if known is not None and int(event.sequence.value) <= int(known.sequence.value):
            return
        if calendar.method.value == "CANCEL":
            self.events.pop(uid, None)
        else:
            self.events[uid] = event


def test_another_library_reads_the_same() -> None:
    found = read(written())
    event = found.vevent
    assert found.method.value == "REQUEST"
    assert (event.uid.value, event.sequence.value) == (str(ENTRY.id), "0")
    assert event.dtstart.value == ENTRY.starts_at
    assert event.dtstart.value.utcoffset() == timedelta(hours=2)
    assert event.dtend.value == ENTRY.ends_at
    assert (event.summary.value, event.description.value) == (ENTRY.title, ENTRY.text)
    assert event.location.value == ENTRY.place
    assert event.url.value == ENTRY.url
    assert event.organizer.value == "mailto:hall@example.com"
    assert event.attendee.value == "mailto:wang@example.com"
    assert not hasattr(event, "x_evil")


def test_lines_are_folded_and_end_as_they_have_to() -> None:
    text = written(replace(ENTRY, title="很长的标题" * 30))
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    assert read(text).vevent.summary.value == "很长的标题" * 30


def test_a_change_is_taken_for_an_update_and_a_cancellation_takes_it_out() -> None:
    inbox = Inbox()
    inbox.take_in(written())
    later = replace(
        ENTRY,
        sequence=1,
        starts_at=BEGINS + timedelta(days=1),
        ends_at=BEGINS + timedelta(days=1, minutes=30),
    )
    inbox.take_in(written(later))
    inbox.take_in(written())  # the old mail once more
    assert [one.dtstart.value for one in inbox.events.values()] == [later.starts_at]
    cancelled = written(replace(later, sequence=2, is_cancelled=True))
    assert read(cancelled).vevent.status.value == "CANCELLED"
    inbox.take_in(cancelled)
    assert inbox.events == {}


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "Europe/Berlin", "America/Lima", "Australia/Lord_Howe", "UTC"]
)
def test_a_zone_says_what_the_clock_shows(zone: str) -> None:
    """Read without any other table than the one that is sent along."""
    from io import StringIO

    from dateutil.tz import tzical

    from servicehall.kernel import clock
    from servicehall.rooms.booking import time_zones

    first, last = datetime(2026, 1, 5, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC)
    text = time_zones.component(zone, first, last).to_ical().decode()
    sent = tzical(StringIO(text)).get()
    at = first
    while at < last:
        wall = clock.local(at, zone)
        assert wall.replace(tzinfo=sent, fold=0).utcoffset() == wall.utcoffset(), at
        at += timedelta(hours=7)


def test_a_feed_names_itself() -> None:
    text = ical.feed(
        [ENTRY],
        zone=BERLIN,
        name="顾问 Ada",
        url="https://hall.example.com/calendar/x.ics",
        refresh=timedelta(minutes=15),
    )
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT15M" in text
    found = read(text)
    assert found.method.value == "PUBLISH"
    assert "NAME:顾问 Ada" in text
    assert len(found.vevent_list) == 1
    assert "BEGIN:VEVENT" not in ical.feed([], zone=BERLIN, name="x", url="", refresh=timedelta(minutes=15))
