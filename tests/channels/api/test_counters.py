"""Counters over the API: opened, paused, closed; the next customer, undo."""

from __future__ import annotations

import pytest

from tests.channels.api.speaking import Place


def test_a_counters_day(mall: Place) -> None:
    api, counter = mall.api("desk"), mall.counter()
    assert api.post(f"{counter}/next").kind == "counter-not-open"
    opened = api.post(f"{counter}/sign-in", {"staff": "mall-agent"}).json
    assert (opened["state"], opened["staff"]["username"]) == ("open", "mall-agent")
    paused = api.post(f"{counter}/pause", {"reason": "lunch"}).json
    assert (paused["state"], paused["pause_reason"]) == ("paused", "lunch")
    assert api.post(f"{counter}/next").kind == "counter-not-open"
    assert api.post(f"{counter}/end-pause").json["state"] == "open"
    empty = api.post(f"{counter}/next")
    assert (empty.status, empty.body) == (204, b"")
    mall.take()
    call = mall.call()
    busy = api.post(f"{counter}/next")
    assert (busy.status, busy.kind) == (409, "counter-busy")
    assert api.post(f"{counter}/sign-out").kind == "counter-busy"
    undone = api.post(f"{counter}/undo").json
    assert (undone["id"], undone["state"]) == (call["id"], "waiting")
    assert api.post(f"{counter}/undo").kind == "nothing-to-undo"
    assert api.post(f"{counter}/sign-out").json["state"] == "closed"
    assert api.post(f"{counter}/sign-out").status == 200  # twice changes nothing more
    assert api.post(f"{counter}/pause").kind == "counter-not-open"
    assert api.post(f"{counter}/end-pause").kind == "counter-not-open"


def test_a_taken_counter_is_not_taken_again(mall: Place) -> None:
    api = mall.api("desk")
    api.post(f"{mall.counter()}/sign-in", {"staff": "mall-agent"})
    refused = api.post(f"{mall.counter()}/sign-in", {"staff": "mall-colleague"})
    assert (refused.status, refused.kind) == (409, "counter-taken")
    elsewhere = api.post(f"{mall.counter('2')}/sign-in", {"staff": "mall-agent"})
    assert elsewhere.json["staff"]["username"] == "mall-agent"
    assert api.get(mall.counter()).json["state"] == "closed"  # a person is at one counter


def test_somebody_who_does_not_serve_here_is_not_signed_in(mall: Place) -> None:
    for staff in ("nobody", "mall-agent\u0000", ""):
        refused = mall.api("desk").post(f"{mall.counter()}/sign-in", {"staff": staff})
        assert refused.status in {404, 422}
        assert list(refused.json["errors"]) == ["staff"]


@pytest.mark.parametrize("act", ["sign-in", "sign-out", "pause", "end-pause", "next", "undo"])
def test_a_counter_that_does_not_exist(mall: Place, act: str) -> None:
    for ref in ("0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f", "mall:99", "nonsense", "%00", "a" * 300):
        assert mall.api("desk").post(f"/counters/{ref}/{act}").status == 404


def test_the_next_one_is_whom_the_counter_and_the_person_may_serve(mall: Place) -> None:
    mall.take("loan")
    mall.api("desk").post(f"{mall.counter()}/sign-in", {"staff": "mall-agent"})
    assert mall.api("desk").post(f"{mall.counter()}/next").status == 204  # lacks the skill
    why = mall.api("desk").get(f"{mall.counter()}/explain").json
    assert [names["en"] for names in why["missing_skills"]] == ["Loan"]
    mall.api("desk").post(f"{mall.counter('2')}/sign-in", {"staff": "mall-colleague"})
    assert mall.call("2")["service"]["slug"] == "loan"
