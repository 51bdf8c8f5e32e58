"""Calendars in and out: what is busy elsewhere closes hours, what is booked is read elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import vobject

from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.booking.actions.importing import closed, read_due
from servicehall.rooms.booking.models import BookingRules, DayHours, OutsideCalendar, Resource, WeeklyHours
from servicehall.rooms.hall import actions as hall
from tests.hall import CUSTOMER, MORNING, minutes

from .desk import TOMORROW, Desk
from .elsewhere import Elsewhere, elsewhere
from .test_busy import calendar

MEETING = ("UID:m", "DTSTART:20260304T020200Z", "DTEND:20260304T025700Z")
"""Tomorrow, 10:02 to 10:57 in Shanghai."""


@pytest.fixture(scope="module")
def running() -> Iterator[Elsewhere]:
    with elsewhere() as server:
        yield server


@pytest.fixture
def server(running: Elsewhere, settings: Any) -> Elsewhere:
    settings.CONNECTOR_NETWORKS = ["127.0.0.0/8"]
    running.text, running.etag, running.status, running.xml = calendar(*MEETING), f'"{uuid.uuid4()}"', 200, ""
    running.user = running.password = ""
    running.asked.clear()
    return running


def outside(desk: Desk, server: Elsewhere, **fields: Any) -> OutsideCalendar:
    row = OutsideCalendar(resource=desk.resources["ada"], address=server.address, **fields)
    hall.save_setup(row, by=SYSTEM)
    return row


def closed_hours(row: OutsideCalendar) -> list[tuple[str, time | None, time | None]]:
    rows = DayHours.objects.filter(outside=row).order_by("date", "opens")
    return [(str(one.date), one.opens, one.closes) for one in rows]


def read(row: OutsideCalendar, at: Any = MORNING) -> OutsideCalendar:
    return booking.read_calendar(row.pk, at=at)


def test_what_is_busy_elsewhere_closes_whole_cells_and_opens_again(desk: Desk, server: Elsewhere) -> None:
    row = outside(desk, server)
    only_ada = {"resource": desk.resources["ada"].pk}
    assert "10:00" in desk.free(**only_ada)
    assert read(row).finding == ""
    assert closed_hours(row) == [("2026-03-04", time(10), time(11))]
    assert not {"10:00", "10:30"} & set(desk.free(**only_ada))
    assert "11:00" in desk.free(**only_ada)
    server.text, server.etag = calendar("UID:n", "DTSTART;VALUE=DATE:20260304"), '"another"'
    read(row)
    assert closed_hours(row) == [("2026-03-04", None, None)]
    server.text, server.etag = calendar("UID:n", "DTSTART:20200101T000000Z"), '"third"'
    read(row)
    assert closed_hours(row) == []
    assert "10:00" in desk.free(**only_ada)


def test_bookings_stay_and_are_listed(desk: Desk, server: Elsewhere) -> None:
    mine = desk.book(resource=desk.resources["ada"].pk)
    row = outside(desk, server)
    read(row)
    assert queries.appointment(mine.code).state == "booked"
    ada, bo = queries.resource_calendars(desk.hall.id, actor=desk.hall.actors["manager"], at=MORNING)
    assert [one.pk for one in ada.conflicts] == [mine.pk]
    assert bo.conflicts == []


def test_the_same_again_changes_nothing_and_is_not_sent_again(desk: Desk, server: Elsewhere) -> None:
    row = outside(desk, server)
    read(row)
    version = type(desk.hall.site).objects.get(pk=desk.hall.id).setup_version
    read(row, minutes(15))
    server.etag = '"new"'
    read(row, minutes(30))
    assert type(desk.hall.site).objects.get(pk=desk.hall.id).setup_version == version
    assert Event.objects.filter(kind="calendar.read").count() == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (("<html>", 200), ("not-a-calendar", "")),
        ((calendar(*MEETING, "--", "UID:bad", "DTSTART:nonsense"), 200), ("wrong-time", "bad")),
        (("", 404), ("not-there", "")),
        (("", 302), ("redirect", "")),
        (("", 500), ("status", "")),
        (("x" * (6 * 1024 * 1024), 200), ("too-long", "")),
    ],
    ids=["no-calendar", "one-bad-entry", "gone", "elsewhere", "broken", "too-long"],
)
def test_a_faulty_calendar_leaves_the_last_good_one(
    desk: Desk, server: Elsewhere, answer: tuple[str, int], said: tuple[str, str]
) -> None:
    row = outside(desk, server)
    read(row)
    (server.text, server.status), server.etag = answer, '"faulty"'
    found = read(row, minutes(15))
    assert (found.finding, found.entry, found.good_at) == (*said, MORNING)
    assert closed_hours(row) == [("2026-03-04", time(10), time(11))]
    server.text, server.status, server.etag = calendar(*MEETING), 200, '"mended"'
    assert read(row, minutes(30)).finding == ""
    findings = [one.data["finding"] for one in Event.objects.filter(kind="calendar.read").order_by("seq")]
    assert findings == ["", said[0], ""]


def test_no_address_of_our_own_network_is_called(desk: Desk, server: Elsewhere, settings: Any) -> None:
    settings.CONNECTOR_NETWORKS = []
    for address in (server.address, server.address.replace("http:", "https:"), "file:///etc/passwd"):
        row = outside(desk, server)
        OutsideCalendar.objects.filter(pk=row.pk).update(address=address)
        assert read(row).finding == "forbidden"
    assert server.asked == []


def test_caldav_gives_busy_times_and_entries(
    desk: Desk, server: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.user, server.password = "ada", "open sesame"
    server.free_busy = calendar("FREEBUSY:20260304T020000Z/PT1H", part="VFREEBUSY")
    server.entries = [calendar(*MEETING), calendar("UID:<&>", "DTSTART:20260305T020000Z", "DURATION:PT5M")]
    row = outside(desk, server, kind="free-busy", user="ada", secret_name="ada-calendar")
    assert read(row).finding == "no-secret"
    slug = desk.hall.site.region.organisation.slug.upper().replace("-", "_")
    monkeypatch.setenv(f"SERVICEHALL_CONNECTOR_SECRET_{slug}__ADA_CALENDAR", "wrong")
    assert read(row).finding == "sign-in"
    monkeypatch.setenv(f"SERVICEHALL_CONNECTOR_SECRET_{slug}__ADA_CALENDAR", "open sesame")
    assert read(row).finding == ""
    assert closed_hours(row) == [("2026-03-04", time(10), time(11))]
    row.kind = "query"
    row.save()
    read(row)
    assert closed_hours(row)[1] == ("2026-03-05", time(10), time(10, 5))
    for faulty in ('<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "<x>", "<x/>", "\0"):
        server.xml = faulty
        assert read(row).finding == "no-calendar"


def test_the_worker_reads_every_quarter_of_an_hour(desk: Desk, server: Elsewhere) -> None:
    outside(desk, server)
    assert [read_due(minutes(n)) for n in (0, 10, 15)] == [1, 0, 1]


def test_over_midnight_and_on_a_short_day() -> None:
    from datetime import UTC, date, datetime

    begin = datetime(2026, 3, 28, 20, tzinfo=UTC)  # 21:00 in Berlin
    found = list(closed([(begin, begin + timedelta(hours=27))], "Europe/Berlin"))
    assert found == [
        (date(2026, 3, 28), time(21), time(0)),
        (date(2026, 3, 29), None, None),
        (date(2026, 3, 30), time(0), time(1)),
    ]


def test_busy_times_after_midnight_cut_the_night_shift_that_began_before(
    desk: Desk, server: Elsewhere
) -> None:
    ada = desk.resources["ada"]
    WeeklyHours.objects.all().delete()
    hall.save_setup(WeeklyHours(resource=ada, weekday=1, opens=time(22), closes=time(2)), by=SYSTEM)
    Resource.objects.filter(pk=desk.resources["bo"].pk).update(is_active=False)
    hall.touch(desk.hall.id)
    wednesday = TOMORROW.date()
    assert desk.free(wednesday) == ["00:00", "00:30", "01:00", "01:30"]
    server.text = calendar(
        "UID:night", "DTSTART:20260303T163000Z", "DTEND:20260303T170000Z"
    )  # 00:30 to 01:00
    read(outside(desk, server))
    assert desk.free(wednesday) == ["00:00", "01:00", "01:30"]
    assert desk.free(MORNING.date())[-1] == "23:30"
    assert desk.book(TOMORROW - timedelta(hours=9)).state == "booked"  # 01:00


def test_a_feed_is_read_by_its_secret_until_it_is_renewed_or_revoked(desk: Desk) -> None:
    ada, manager = desk.resources["ada"].pk, desk.hall.actors["manager"]
    mine = desk.book(resource=ada)
    desk.book(resource=desk.resources["bo"].pk)
    secret = booking.make_feed(resource_id=ada, by=manager)
    found = queries.feed(secret, at=MORNING)
    [event] = vobject.readOne(found.body).vevent_list
    assert (event.uid.value, event.dtstart.value) == (str(mine.pk), TOMORROW)
    assert mine.reference in event.summary.value
    assert "王小明" not in found.body
    assert queries.feed(secret, at=minutes(1)) == found
    BookingRules.objects.create(site_id=desk.hall.id, names_in_feeds=True)
    named = queries.feed(secret, at=MORNING)
    assert "王小明" in named.body
    assert named.etag != found.etag
    booking.cancel(code=mine.code, by=CUSTOMER, at=MORNING)
    assert "BEGIN:VEVENT" not in queries.feed(secret, at=MORNING).body
    renewed = booking.make_feed(resource_id=ada, by=manager)
    with pytest.raises(NotFound):
        queries.feed(secret)
    booking.revoke_feed(resource_id=ada, by=manager)
    booking.revoke_feed(resource_id=ada, by=manager)
    with pytest.raises(NotFound):
        queries.feed(renewed)
    kinds = (
        Event.objects.filter(kind__startswith="calendar.feed").order_by("seq").values_list("kind", flat=True)
    )
    assert list(kinds) == ["calendar.feed-made", "calendar.feed-made", "calendar.feed-revoked"]


def test_staff_make_their_own_feed_and_nobody_elses(desk: Desk) -> None:
    agent, ada = desk.hall.actors["agent"], desk.resources["ada"]
    with pytest.raises(NotAllowed):
        booking.make_feed(resource_id=ada.pk, by=agent)
    with pytest.raises(NotFound):
        booking.make_feed(resource_id=uuid.uuid4(), by=agent)
    ada.staff_id = agent.id
    ada.save()
    assert queries.feed(booking.make_feed(resource_id=ada.pk, by=agent)).body
