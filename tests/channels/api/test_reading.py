"""Every read: what it answers, and that the answer is exactly what the document promises."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.api.speaking import Place, World
from tests.hall import catch_up

UUIDS = 36


def test_the_sites_are_public_and_rehearsals_are_not_among_them(world: World) -> None:
    found = world.mall.api().get("/sites").json["items"]
    assert [site["slug"] for site in found] == ["bank", "mall"]
    assert found[1]["names"] == {"en": "Mall hall", "zh-Hans": "mall 大厅"}
    assert world.mall.api().get("/sites/trial").status == 404
    assert world.trial.api("desk").get("/sites/trial").json["is_rehearsal"] is True


def test_a_token_sees_its_own_sites(world: World) -> None:
    assert [s["slug"] for s in world.bank.api("kiosk").get("/sites").json["items"]] == ["bank"]
    everywhere = world.mall.api()
    everywhere.token = world.everywhere
    assert [s["slug"] for s in everywhere.get("/sites").json["items"]] == ["bank", "mall", "trial"]


def test_a_site_is_found_by_short_name_and_by_id(mall: Place) -> None:
    by_slug, by_id = mall.api().get("/sites/mall"), mall.api().get(f"/sites/{mall.hall.id}")
    assert by_slug.status == 200
    assert by_slug.json == by_id.json
    assert by_slug.json["is_open"] is True
    assert by_slug.json["day_ends"] == "00:00"


def test_services_say_what_waits_and_who_may_choose_which_class(mall: Place) -> None:
    mall.take()
    answer = mall.api().get("/sites/mall/services").json
    assert answer["is_open"] is True
    consult = answer["items"][0]
    assert (consult["slug"], consult["prefix"], consult["state"], consult["waiting"]) == (
        "consult",
        "A",
        "open",
        1,
    )
    assert consult["wait_minutes"] is None  # nobody is at work
    assert {p["key"]: p["is_public"] for p in consult["priorities"]} == {
        "vip": False,
        "elderly": True,
        "walk-in": False,
    }


def test_counters_show_staff_only_to_those_who_see_the_queue(mall: Place) -> None:
    api = mall.api("desk")
    api.post(f"{mall.counter()}/sign-in", {"staff": "mall-agent"})
    mall.take()
    mall.call()
    seen = api.get("/sites/mall/counters").json["items"][0]
    assert (seen["state"], seen["staff"]["username"], seen["ticket"]["number"]) == (
        "open",
        "mall-agent",
        "A001",
    )
    public = mall.api().get("/sites/mall/counters").json["items"][0]
    assert (public["state"], public["staff"], public["ticket"]) == ("open", None, None)


def test_zones_and_staff(mall: Place) -> None:
    zones = mall.api().get("/sites/mall/zones").json["items"]
    assert [(z["slug"], z["floor"]["level"]) for z in zones] == [("main", 0)]
    mall.api("desk").post(f"{mall.counter('2')}/sign-in", {"staff": "mall-agent"})
    staff = {p["username"]: p for p in mall.api("desk").get("/sites/mall/staff").json["items"]}
    assert staff["mall-agent"]["counter"]["label"] == "2"
    assert staff["mall-manager"]["counter"] is None


def test_the_queue_is_in_calling_order(mall: Place) -> None:
    first = mall.take()
    elder = mall.take(priority="elderly")
    second = mall.take()
    found = mall.api("desk").get("/sites/mall/queue").json
    assert [t["id"] for t in found["waiting"]] == [elder["id"], first["id"], second["id"]]
    assert found["waiting_count"] == 3
    assert found["services"][0]["waiting"] == 3
    assert found["seq"] > 0
    assert [t["id"] for t in mall.api("desk").get("/sites/mall/queue?limit=1").json["waiting"]] == [
        elder["id"]
    ]


def test_notes_in_the_queue_are_for_staff(mall: Place) -> None:
    mall.open()
    mall.take()
    called = mall.call()
    mall.act(called, "hold", {"reason": "fetches a paper"})
    assert mall.api("desk").get("/sites/mall/queue").json["held"][0]["reason"] == "fetches a paper"
    assert mall.api("kiosk").get("/sites/mall/queue").json["held"][0]["reason"] == ""


def test_the_board_is_public(mall: Place) -> None:
    mall.open()
    mall.take()
    mall.take()
    called = mall.call()
    board = mall.api().get("/sites/mall/board").json
    assert [c["number"] for c in board["calls"]] == [called["number"]]
    assert [t["number"] for t in board["waiting"]] == ["A002"]
    assert board["counters"][0]["number"] == called["number"]
    assert board["services"][0]["wait_minutes"] is not None
    zone = mall.api().get("/sites/mall/board?zone=main").json
    assert zone["zone"]["slug"] == "main"
    assert mall.api().get("/sites/mall/board?zone=nowhere").status == 404


def test_figures_of_today_and_of_another_day(mall: Place) -> None:
    mall.open()
    mall.take()
    mall.take()
    mall.act(mall.call(), "finish")
    catch_up()
    manager = mall.api("manager")
    today = manager.get("/sites/mall/figures").json
    assert (today["total"]["issued"], today["total"]["served"], today["total"]["waiting"]) == (2, 1, 1)
    assert today["is_today"] is True
    past = manager.get("/sites/mall/figures?day=2020-02-29&zone=main").json
    assert (past["is_today"], past["total"]["issued"], past["total"]["waiting"]) == (False, 0, None)


def test_the_log_is_read_in_parts(mall: Place) -> None:
    api = mall.api("integration")
    for _ in range(3):
        mall.take()
    whole = api.get("/sites/mall/events?limit=1000").json
    seqs = [e["seq"] for e in whole["items"]]
    assert seqs == list(range(1, len(seqs) + 1))
    assert [e["kind"] for e in whole["items"][-3:]] == ["ticket.issued"] * 3
    part = api.get(f"/sites/mall/events?after={whole['last'] - 2}&limit=1").json
    assert [e["seq"] for e in part["items"]] == [whole["last"] - 1]
    assert api.get(f"/sites/mall/events?after={whole['last']}").json == {"items": [], "last": whole["last"]}


def test_tickets_are_listed_in_parts_by_day_and_state(mall: Place) -> None:
    mall.open()
    taken = [mall.take()["id"] for _ in range(5)]
    mall.act(mall.call(), "finish")
    api, found, cursor = mall.api("integration"), [], ""
    while True:
        page = api.get(f"/sites/mall/tickets?limit=2{cursor}").json
        found += [t["id"] for t in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == taken
    assert [t["id"] for t in api.get("/sites/mall/tickets?state=done").json["items"]] == taken[:1]
    assert api.get("/sites/mall/tickets?day=2020-01-01").json == {"items": [], "next": None}
    day = api.get("/sites/mall/tickets?limit=1").json["items"][0]["day"]
    assert len(api.get(f"/sites/mall/tickets?from={day}&to={day}").json["items"]) == 5
    for wrong in (
        "from=2026-01-02&to=2026-01-01",
        "from=2020-01-01&to=2026-01-01",
        "day=2026-01-01&from=2026-01-01",
    ):
        assert api.get(f"/sites/mall/tickets?{wrong}").status == 422


def test_a_counters_screen_and_why_its_next_is_next(mall: Place) -> None:
    mall.open()
    mall.take(priority="elderly")
    mall.take("refund")
    screen = mall.api("desk").get(mall.counter()).json
    assert screen["counter"]["label"] == "1"
    assert screen["state"] == "open"
    assert screen["ticket"] is None
    assert screen["queue"]["waiting_count"] == 2
    why = mall.api("desk").get(f"{mall.counter()}/explain").json
    assert why["discipline"] == "accumulating"
    assert [c["number"] for c in why["candidates"]] == ["A001", "B001"]
    assert why["candidates"][0]["head_start"] == 10.0
    mall.call()
    after = mall.api("desk").get(mall.counter()).json
    assert after["ticket"]["number"] == "A001"
    assert after["undo"]["kind"] == "ticket.called"


def test_a_counter_is_found_by_site_and_label(mall: Place) -> None:
    api = mall.api("desk")
    assert api.get("/counters/mall:2").json["counter"]["id"] == str(mall.hall.counters["2"].pk)
    assert api.post("/counters/mall:2/sign-in").json["state"] == "open"
    assert api.get("/counters/mall:9").status == 404
    assert api.get("/counters/nowhere:1").status == 404


def test_me_says_what_the_token_may_do(world: World) -> None:
    me = world.mall.api("kiosk").get("/me").json
    assert (me["kind"], me["roles"], me["name"]) == ("token", ["kiosk"], "kiosk")
    assert [site["slug"] for site in me["sites"]] == ["mall"]
    assert "ticket.issue" in me["sites"][0]["rights"]
    assert "queue.call" not in me["sites"][0]["rights"]


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/sites", ""),
        ("/sites/mall", ""),
        ("/sites/mall/services", ""),
        ("/sites/mall/counters", "desk"),
        ("/sites/mall/zones", ""),
        ("/sites/mall/staff", "desk"),
        ("/sites/mall/queue", "desk"),
        ("/sites/mall/board", ""),
        ("/sites/mall/figures", "manager"),
        ("/sites/mall/events", "desk"),
        ("/sites/mall/tickets", "integration"),
        ("/counters/mall:1", "desk"),
        ("/counters/mall:1/explain", "desk"),
        ("/me", "desk"),
    ],
)
def test_names_ids_and_moments_have_one_form_everywhere(mall: Place, path: str, role: str) -> None:
    mall.open()
    mall.open("2")
    mall.take()
    mall.take("refund", priority="elderly")
    mall.take("refund")
    mall.call()
    answer = mall.api(role).get(path)
    assert answer.status == 200, answer.json
    _check(answer.json)


def _check(value: Any, name: str = "") -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            if key != "data":  # what an event tells is its own
                _check(part, key)
    elif isinstance(value, list):
        for part in value:
            _check(part, name)
    elif name == "id":
        assert len(value) == UUIDS, value
    elif name == "at" or name.endswith("_at"):
        assert value is None or value.endswith("+00:00"), value
