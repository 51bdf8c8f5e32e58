"""The waiting list, reminders and calendars on the phone."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
import vobject
from django.test import Client

from servicehall.kernel import clock, timers
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking.models import Appointment, WaitingEntry
from servicehall.rooms.messages import queries as messages
from tests.hall import CUSTOMER, MORNING, Hall, catch_up
from tests.rooms.booking.desk import TOMORROW, Desk, make_desk

DAY = TOMORROW.date()
WAIT = "/s/mall/book/advice/wait"
GOOD = {"earliest": str(DAY), "latest": str(DAY), "daytime": "any", "people": "1", "name": "李",
        "email": "li@example.com", "phone": "", "idempotency_key": "0190-a-key-of-its-own"}  # fmt: skip


@pytest.fixture
def desk(hall: Hall) -> Desk:
    desk = make_desk(hall)
    booking.add_day(resource=desk.resources["bo"], date=DAY, by=SYSTEM)
    booking.add_day(
        resource=desk.resources["ada"],
        date=DAY,
        kind="instead",
        opens=time(10),
        closes=time(10, 30),
        by=SYSTEM,
    )
    return desk


def booked(desk: Desk) -> Appointment:
    held = desk.hold(language="en")
    details = booking.Details("王小明", phone="13800138000", email="wang@example.com")
    return booking.book(code=held.code, details=details, by=CUSTOMER, at=MORNING)


def text(response: Any) -> str:
    found: str = response.content.decode()
    return found


def joined(phone: Client, **fields: str) -> str:
    """Where one is led after asking to be told."""
    answer = phone.post(WAIT, {**GOOD, **fields})
    assert answer.status_code == 303
    return answer["Location"]


def test_asking_to_be_told_once_however_often_it_is_pressed(desk: Desk, phone: Client) -> None:
    booked(desk)
    with clock.at(MORNING):
        assert "Tell me when a time is free" in text(phone.get(WAIT, headers={"accept-language": "en"}))
        assert "Idempotency" not in text(phone.get(WAIT, headers={"accept-language": "en"}))
        assert "有空位时通知我" in text(phone.get(WAIT, headers={"accept-language": "zh-CN"}))
        first, second = joined(phone), joined(phone)
        assert first == second
        entry = WaitingEntry.objects.get()
        assert first == f"/w/{entry.code}"
        page = phone.get(first, headers={"accept-language": "en"})
        assert "You are on the waiting list" in text(page)
        assert page["Cache-Control"] == "no-store"
        again = phone.post(
            WAIT, {**GOOD, "idempotency_key": "0190-another-key"}, headers={"accept-language": "en"}
        )
    assert again.status_code == 422
    assert "on the waiting list already" in text(again)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Write your name"),
        ("email", "", "Write a phone number or an e-mail address"),
        ("email", "x", "Write an e-mail address such as"),
        ("latest", "2026-03-01", "Choose a last day"),
        ("latest", "tomorrow", "Choose a day"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(
    desk: Desk, phone: Client, field: str, value: str, words: str
) -> None:
    with clock.at(MORNING):
        answer = phone.post(WAIT, {**GOOD, field: value}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert words in text(answer)
    assert not WaitingEntry.objects.exists()


def test_a_freed_time_is_taken_by_a_touch(desk: Desk, phone: Client) -> None:
    mine = booked(desk)
    with clock.at(MORNING):
        link = joined(phone)
        booking.cancel(code=mine.code, by=CUSTOMER, at=MORNING)
        catch_up()
        timers.run_due()
        page = text(phone.get(link, headers={"accept-language": "en"}))
        assert "A time is kept for you" in page
        assert "10:30" in page
        assert phone.post(f"{link}/take").status_code == 303
        assert phone.post(f"{link}/take").status_code == 303
        assert "It is booked" in text(phone.get(link, headers={"accept-language": "en"}))
        refused = phone.post(f"{link}/leave", headers={"accept-language": "en"})
    assert refused.status_code == 409
    assert "cannot be done with the booking any more" in text(refused)
    assert WaitingEntry.objects.get().state == "taken"


def test_leaving_and_a_link_that_is_none(desk: Desk, phone: Client) -> None:
    booked(desk)
    with clock.at(MORNING):
        link = joined(phone)
        assert phone.post(f"{link}/leave").status_code == 303
        assert "You have left" in text(phone.get(link, headers={"accept-language": "en"}))
        assert phone.get("/w/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
        assert phone.get("/s/mall/book/nothing/wait").status_code == 404


def test_the_calendar_file_is_the_appointment(desk: Desk, phone: Client) -> None:
    mine = booked(desk)
    answer = phone.get(f"/b/{mine.code}.ics", headers={"accept-language": "zh-CN"})
    assert answer["Content-Type"].startswith("text/calendar")
    assert mine.code not in answer["Content-Disposition"]
    event = vobject.readOne(text(answer)).vevent
    assert (event.summary.value, event.dtstart.value) == ("咨询", TOMORROW)
    # Its link leads back, by the address that it was asked for at.
    assert event.url.value == f"http://testserver/b/{mine.code}"
    assert event.url.value in event.description.value
    held = desk.hold(TOMORROW + timedelta(days=1))
    for code in (held.code, "nobody"):
        assert phone.get(f"/b/{code}.ics").status_code == 404


def test_reminders_are_refused_and_wanted_again(desk: Desk, phone: Client) -> None:
    mine = booked(desk)
    path, ways = f"/b/{mine.code}/messages", {"email": "wang@example.com", "sms": "13800138000"}
    page = text(phone.get(path, headers={"accept-language": "en"}))
    assert page.count(" checked") == 2
    assert phone.post(path, {"ways": ["email"]}).status_code == 303
    assert messages.refused_kinds(mine.organisation_id, ways) == {"sms"}
    assert text(phone.get(path)).count(" checked") == 1
    phone.post(path, {"ways": ["email", "sms"]})
    assert messages.refused_kinds(mine.organisation_id, ways) == set()


def test_a_calendar_program_is_told_when_nothing_changed(desk: Desk, phone: Client) -> None:
    booked(desk)
    secret = booking.make_feed(resource_id=desk.resources["ada"].pk, by=SYSTEM)
    with clock.at(MORNING):
        first = phone.get(f"/calendar/{secret}.ics")
        assert len(vobject.readOne(text(first)).vevent_list) == 1
        same = phone.get(f"/calendar/{secret}.ics", headers={"If-None-Match": first["ETag"]})
        since = phone.get(f"/calendar/{secret}.ics", headers={"If-Modified-Since": first["Last-Modified"]})
    assert (same.status_code, since.status_code) == (304, 304)
    assert same["ETag"] == first["ETag"]
    assert phone.get("/calendar/guessed.ics").status_code == 404
    assert phone.post(f"/calendar/{secret}.ics").status_code == 405
