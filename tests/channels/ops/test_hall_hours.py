"""The hall's own hours: whom a change breaks is shown first, in operations; the back office refuses to break them."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking.models import Appointment, DayHours
from servicehall.rooms.hall.models import OpeningHours, SpecialDay
from tests.channels.desk.house import House
from tests.channels.ops.test_booking import NOW, TOMORROW, _client, _offer, _room, _value, house, mira
from tests.rooms.hall.test_admin import path
from tests.rooms.office import fields

__all__ = ["house", "mira"]
HERE = "/ops/mall/booking/hall"
DAY = TOMORROW.date().isoformat()


@pytest.fixture
def mine(house: House) -> Any:
    """A booking tomorrow at ten."""
    room = _room(house)
    _offer(house, room)
    return booking.book_for(
        site_id=house.site_id, offer="advice", starts_at=TOMORROW, details=booking.Details("Li"), by=SYSTEM
    )


def test_a_holiday_shows_whom_it_breaks_and_moves_them(house: House, mine: Any, mira: Client) -> None:
    assert "No dates are different" in mira.get(HERE).content.decode()
    sent = {"what": "days", "first": DAY, "name_en": "Founders’ day", "name_zh": "庆典"}
    text = mira.post(HERE, sent).content.decode()
    assert "Nothing is changed yet" in text
    assert mine.name in text
    assert not SpecialDay.objects.exists()
    form = {name: _value(text, name) for name in ("change", "seal")}
    assert mira.post("/ops/mall/booking/confirm", {**form, f"a-{mine.pk}": "move"}).status_code == 303
    mine.refresh_from_db()
    assert mine.starts_at.date() != TOMORROW.date()
    holiday = SpecialDay.objects.get()
    assert (holiday.date, holiday.opens, holiday.names["zh-Hans"]) == (TOMORROW.date(), None, "庆典")
    assert "Founders’ day" in mira.get(HERE).content.decode()
    assert mira.post(HERE, {"what": "remove", "date": str(holiday.pk)}).status_code == 303
    assert not SpecialDay.objects.exists()


def test_another_week_leaves_bookings_that_fit(house: House, mine: Any, mira: Client) -> None:
    def week(opens: str) -> dict[str, str]:
        lines = {f"weekday-{n}": str(n) for n in range(7)}
        lines |= {f"opens-{n}": opens for n in range(7)} | {f"closes-{n}": "16:00" for n in range(7)}
        return {"what": "week", "lines": "11", **lines}

    assert mira.post(HERE, week("10:00")).status_code == 303
    assert {(one.opens, one.closes) for one in OpeningHours.objects.filter(site=house.site_id)} == {
        (time(10), time(16))
    }
    text = mira.post(HERE, week("11:00")).content.decode()
    assert "Nothing is changed yet" in text
    form = {name: _value(text, name) for name in ("change", "seal")}
    assert mira.post("/ops/mall/booking/confirm", {**form, f"a-{mine.pk}": "cancel"}).status_code == 303
    assert Appointment.objects.get(pk=mine.pk).state == "cancelled"
    assert OpeningHours.objects.filter(site=house.site_id, opens=time(11)).count() == 7


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"what": "moon"}, {"what": "days"}, {"what": "days", "first": "x"},
        {"what": "days", "first": "2026-05-02", "last": "2026-05-01"},
        {"what": "days", "first": "2026-05-01", "opens": "09:00"}, {"what": "remove"},
        {"what": "week", "lines": "1", "weekday-0": "0", "opens-0": "09:00"},
        {"what": "week", "lines": "1", "weekday-0": "9", "opens-0": "09:00", "closes-0": "10:00"},
        {
            "what": "week", "lines": "2", "weekday-0": "1", "opens-0": "09:00", "closes-0": "10:00",
            "weekday-1": "1", "opens-1": "09:00", "closes-1": "12:00",
        },
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_change_nothing(house: House, mira: Client, sent: dict[str, str]) -> None:
    before = list(OpeningHours.objects.values_list("weekday", "opens", "closes"))
    assert mira.post(HERE, sent).status_code == 422
    assert list(OpeningHours.objects.values_list("weekday", "opens", "closes")) == before
    assert not SpecialDay.objects.exists()


def test_the_same_date_twice_is_told(house: House, mira: Client) -> None:
    assert mira.post(HERE, {"what": "days", "first": DAY}).status_code == 303
    assert mira.post(HERE, {"what": "days", "first": DAY}).status_code == 422
    assert SpecialDay.objects.count() == 1


def test_agents_do_not_change_hours(house: House) -> None:
    assert _client("anna").post(HERE, {"what": "days", "first": DAY}).status_code == 403


def test_the_back_office_saves_no_hours_that_break_bookings_and_says_where_to_go(
    house: House, mine: Any, mira: Client
) -> None:
    address = path("hall.site", mine.site)
    holiday = {
        "special_days-TOTAL_FORMS": "1",
        "special_days-0-site": str(house.site_id),
        "special_days-0-date": DAY,
    }
    answer = mira.post(address, fields(mira.get(address)) | holiday, follow=True)
    text = answer.content.decode()
    assert "Nothing was saved: 1 booking (at 2026-03-04 10:00) would be outside" in text
    assert '<a href="/ops/mall/booking">' in text
    assert "was changed successfully" not in text
    assert not SpecialDay.objects.exists()
    room = mine.assignments.get().resource
    address = path("booking.resource", room)
    closed = {
        "days-TOTAL_FORMS": "1", "days-0-resource": str(room.pk), "days-0-date": DAY, "days-0-kind": "closed",
        "days-0-audience": "public",
    }  # fmt: skip
    answer = mira.post(address, fields(mira.get(address)) | closed, follow=True)
    assert "Nothing was saved" in answer.content.decode()
    assert not DayHours.objects.exists()
    # Another date breaks nobody, and is saved.
    other = (NOW + timedelta(days=30)).date().isoformat()
    answer = mira.post(address, fields(mira.get(address)) | closed | {"days-0-date": other}, follow=True)
    assert DayHours.objects.get().date == date.fromisoformat(other)
    assert clock.now() == NOW
