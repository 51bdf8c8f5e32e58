"""Booking over the API: free times, holding, booking, and what the holder of the code does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from servicehall.channels import flooding
from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import queries
from servicehall.rooms.booking.models import Appointment
from tests.channels.api.speaking import Api, Place, World
from tests.hall import MORNING
from tests.rooms.booking.desk import TOMORROW, Desk, make_desk

HOLDS = "/sites/mall/appointments"
KEY = {"Idempotency-Key": "one-press"}
WANTED = {"offer": "advice", "starts_at": "2026-03-04T10:00:00+08:00"}


@pytest.fixture
def desk(mall: Place) -> Desk:
    return make_desk(mall.hall)


@pytest.fixture(autouse=True)
def morning() -> Any:
    with clock.at(MORNING):
        yield


def held(mall: Place, **more: Any) -> Any:
    answer = mall.api("kiosk").post(HOLDS, {**WANTED, **more})
    assert answer.status == 201, answer.json
    return answer.json


def test_offers_and_times_are_there_for_anybody(desk: Desk, mall: Place) -> None:
    (offer,) = Api().get("/sites/mall/offers").json["items"]
    assert (offer["slug"], offer["minutes"], offer["service"]) == ("advice", 30, "consult")
    times = Api().get("/sites/mall/offers/advice/times?from=2026-03-04&to=2026-03-05").json
    assert times["timezone"] == "Asia/Shanghai"
    assert [len(one["starts"]) for one in times["days"]] == [16, 16]
    assert times["days"][0]["starts"][0] == "2026-03-04T01:00:00+00:00"
    weekend = Api().get("/sites/mall/offers/advice/times?from=2026-03-07&to=2026-03-08").json
    assert weekend["next"][0].startswith("2026-03-03")
    assert Api().get("/sites/mall/offers/advice/times?from=2026-03-04&to=2027-03-05").status == 422
    assert Api().get("/sites/mall/offers/advice/times?from=9999-12-31").status == 422


def test_a_time_is_held_booked_and_looked_after_by_its_code(desk: Desk, mall: Place) -> None:
    one = held(mall)
    path = f"/appointments/{one['code']}"
    assert one["state"] == "held"
    assert Api().post(f"{path}/book", {"name": "", "phone": "1"}).status == 422
    booked = Api().post(f"{path}/book", {"name": "王小明", "phone": "13800138000"}).json["items"][0]
    assert (booked["state"], booked["hold_until"]) == ("booked", None)
    assert not {"name", "phone", "email", "note"} & set(booked)
    moved = Api().post(f"{path}/reschedule", {"starts_at": "2026-03-04T11:00:00+08:00"}).json
    assert (moved["sequence"], moved["starts_at"]) == (1, "2026-03-04T03:00:00+00:00")
    assert Api().post(f"{path}/late", {"minutes": 10}).json["late_by"] == 10
    assert Api().post(f"{path}/confirm").json["confirmed_at"]
    assert Api().get(path).json["state"] == "booked"
    assert Api().post(f"{path}/cancel").json["state"] == "cancelled"
    gone = Api().post(f"{path}/reschedule", {"starts_at": "2026-03-04T12:00:00+08:00"})
    assert (gone.status, gone.json["state"]) == (409, "cancelled")


def test_the_same_key_holds_one_time(desk: Desk, mall: Place) -> None:
    first = mall.api("kiosk").post(HOLDS, WANTED, **KEY)
    again = mall.api("kiosk").post(HOLDS, WANTED, **KEY)
    assert first.json == again.json
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"starts_at": "2026-03-04T10:01:00+08:00"}, 409, "time-taken"),
        ({"starts_at": "2026-03-01T10:00:00+08:00"}, 409, "not-bookable"),
        ({"starts_at": "2026-03-04T10:00:00"}, 422, "bad-input"),
        ({"people": 3}, 409, "too-many-people"),
        ({"people": 0}, 422, "bad-input"),
        ({"offer": "nothing"}, 404, "not-found"),
    ],
)
def test_what_cannot_be_held_is_a_problem_and_holds_nothing(
    desk: Desk, mall: Place, body: dict[str, Any], status: int, kind: str
) -> None:
    answer = mall.api("kiosk").post(HOLDS, {**WANTED, **body})
    assert (answer.status, answer.json["type"].rpartition(":")[2]) == (status, kind)
    if kind == "time-taken":
        assert answer.json["nearest"][0] == "2026-03-04T02:00:00+00:00"
    assert not Appointment.objects.exists()


def test_nobody_holds_a_time_without_a_token_and_codes_of_other_halls_are_not_there(
    desk: Desk, world: World
) -> None:
    assert Api().post(HOLDS, WANTED).status == 401
    one = held(world.mall)
    assert world.bank.api("kiosk").get(f"/appointments/{one['code']}").status == 404
    assert Api().get("/appointments/nothing").status == 404


def test_check_in_takes_the_code_of_the_door_or_a_device_of_the_hall(
    desk: Desk, mall: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flooding, "_guessed", {})
    ones = [held(mall) for _adviser in range(2)]
    for one in ones:
        Api().post(f"/appointments/{one['code']}/book", {"name": "A"})
    path = f"/appointments/{ones[0]['code']}/check-in"
    with clock.at(TOMORROW - timedelta(minutes=5)):
        assert Api().post(path, {"door": "2222"}).json["type"].endswith("door-code-wrong")
        monkeypatch.setattr(flooding, "GUESSES", 2)  # one was just made
        assert Api().post(path, {"door": "3333"}).kind == "door-code-wrong"
        assert (Api().post(path, {"door": "4444"}).status, Api().get(path[:-9]).json["state"]) == (
            429,
            "booked",
        )
        monkeypatch.setattr(flooding, "_guessed", {})
        door = queries.code_at_door(desk.hall.id, TOMORROW.date(), actor=SYSTEM)
        here = Api().post(path, {"door": door}).json
        assert here["state"] == "arrived"
        assert Api().get(f"/tickets/{here['ticket']}").json["state"] == "waiting"
        other = mall.api("kiosk").post(f"/appointments/{ones[1]['code']}/check-in")
        assert other.json["state"] == "arrived"
