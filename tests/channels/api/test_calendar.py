"""Appointments over the API, for programs of the staff's side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from servicehall.kernel import clock
from servicehall.kernel.models import Event, KeptAnswer
from servicehall.rooms.booking.models import Appointment
from tests.channels.api.speaking import Place
from tests.hall import MORNING
from tests.rooms.booking.desk import TOMORROW, Desk, make_desk

BOOK = {"offer": "advice", "starts_at": TOMORROW.isoformat(), "name": "王小明", "phone": "13800138000"}


@pytest.fixture
def desk(mall: Place) -> Iterator[Desk]:
    with clock.at(MORNING):
        yield make_desk(mall.hall)


def test_booked_listed_moved_come_and_not_come(mall: Place, desk: Desk) -> None:
    say = mall.api("desk")
    made = say.post("/sites/mall/calendar", BOOK)
    assert made.status == 201, made.body
    found = made.json
    assert (found["name"], found["state"]) == ("王小明", "booked")
    listed = say.get("/sites/mall/calendar?day=2026-03-04").json
    assert [one["id"] for one in listed["items"]] == [found["id"]]
    path = f"/sites/mall/calendar/{found['id']}"
    later = TOMORROW + timedelta(hours=1)
    moved = say.post(f"{path}/move", {"starts_at": later.isoformat(), "resource": "bo"}).json
    assert moved["resources"][0]["slug"] == "bo"
    assert say.post(f"{path}/arrived").kind == "too-early"
    with clock.at(later):
        assert say.post(f"{path}/arrived", {}).json["ticket"]
        assert say.post(f"{path}/lost", {}).status == 409
    other = say.post("/sites/mall/calendar", BOOK).json["id"]
    with clock.at(TOMORROW + timedelta(minutes=1)):
        assert say.post(f"/sites/mall/calendar/{other}/lost", {}).json["state"] == "lost"
    assert say.get(path).json["state"] == "arrived"


def test_once_is_once_and_keeps_no_name(mall: Place, desk: Desk) -> None:
    say = mall.api("desk")
    for _n in range(2):
        answer = say.post("/sites/mall/calendar", BOOK, Idempotency_Key="one")
        assert answer.json["name"] == "王小明"
    assert Appointment.objects.count() == 1
    assert "王小明" not in repr(list(KeptAnswer.objects.values()))
    assert "王小明" not in repr(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": "x"}, {"starts_at": "2026-03-04T10:00"}, {"name": ""}, {"offer": "none"}, {"people": 0},
        {"people": 9}, {"starts_at": "2026-03-02T10:00:00+08:00"}, {"resource": "none"}, {"more": 1},
    ],
)  # fmt: skip
def test_bad_input_books_nothing(mall: Place, desk: Desk, wrong: dict[str, Any]) -> None:
    answer = mall.api("desk").post("/sites/mall/calendar", BOOK | wrong)
    assert 400 <= answer.status < 500
    assert not Appointment.objects.exists()


def test_a_taken_time_names_others_and_kiosks_see_nobody(mall: Place, desk: Desk) -> None:
    say = mall.api("desk")
    for _n in range(2):
        say.post("/sites/mall/calendar", BOOK)
    taken = say.post("/sites/mall/calendar", BOOK)
    assert taken.status == 409
    assert taken.json["nearest"]
    kiosk = mall.api("kiosk")
    assert kiosk.get("/sites/mall/calendar").status == 403
    assert kiosk.post("/sites/mall/calendar", BOOK).status == 403
    ghost = "0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f"
    assert say.post(f"/sites/mall/calendar/{ghost}/cancel", {}).status == 404
    assert say.post("/sites/mall/calendar/x/cancel", {}).status == 404
