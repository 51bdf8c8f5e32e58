"""The virtual clock of a rehearsal."""

from __future__ import annotations

import pytest

from tests.channels.api.speaking import Api, World

TIME = "1999-02-01T07:02:47+02:00"


def test_a_rehearsal_happens_when_it_is_told(world: World) -> None:
    trial = world.trial
    api = trial.api("integration")
    ticket = api.post("/sites/trial/tickets", {"service": "consult"}, Servicehall_Time=TIME).json
    assert (ticket["joined_at"], ticket["day"]) == ("1999-02-01T05:02:47+00:00", "1999-02-01")
    api.post(f"{trial.counter()}/sign-in", Servicehall_Time=TIME)
    later = "1999-02-01T07:05:00.5+02:00"
    call = api.post(f"{trial.counter()}/next", Servicehall_Time=later).json
    assert (call["called_at"], call["waited_seconds"]) == ("1999-02-01T05:05:00.500000+00:00", 133.5)
    assert (
        api.get("/sites/trial/queue", Servicehall_Time=later).json["at"] == "1999-02-01T05:05:00.500000+00:00"
    )
    events = api.get("/sites/trial/events?limit=1000").json["items"]
    assert events[-1]["at"] == "1999-02-01T05:05:00.500000+00:00"


def test_only_an_integration_token_at_a_rehearsal_sets_the_clock(world: World) -> None:
    body = {"service": "consult"}
    for api, path in (
        (world.mall.api("integration"), "/sites/mall/tickets"),
        (world.trial.api("desk"), "/sites/trial/tickets"),
        (world.trial.api("manager"), "/sites/trial/tickets"),
        (Api(world.everywhere), "/sites/mall/tickets"),
    ):
        refused = api.post(path, body, Servicehall_Time=TIME)
        assert (refused.status, refused.kind) == (403, "clock-not-settable")
        assert refused.json["advice"]
    assert world.mall.api().get("/sites/mall/board", Servicehall_Time=TIME).status == 403
    assert Api(world.everywhere).post("/sites/trial/tickets", body, Servicehall_Time=TIME).status == 201


@pytest.mark.parametrize(
    "moment",
    ["", "now", "1999-02-01", "1999-02-01T07:02:47", "1999-02-30T07:02:47Z", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-14:00", "1999-02-01T25:00:00Z", "1999-W05-1T00:00:00Z", "1999-02-01T07:02:47+99:99"],
)  # fmt: skip
def test_what_is_no_moment(world: World, moment: str) -> None:
    refused = world.trial.api("integration").post(
        "/sites/trial/tickets", {"service": "consult"}, Servicehall_Time=moment
    )
    assert (refused.status, list(refused.json["errors"])) == (422, ["Servicehall-Time"])


def test_the_clock_is_refused_also_where_no_site_is_named(world: World) -> None:
    assert world.mall.api("desk").get("/me", Servicehall_Time=TIME).kind == "clock-not-settable"
    assert world.mall.api().get("/sites", Servicehall_Time=TIME).kind == "clock-not-settable"
    assert world.mall.api().get("/me", Servicehall_Time=TIME).kind == "not-signed-in"
    assert world.trial.api("integration").get("/me", Servicehall_Time=TIME).status == 200
