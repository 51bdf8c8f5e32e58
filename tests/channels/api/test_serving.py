"""Every act on a ticket: done, and refused in the wrong state with nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.api.speaking import Place


def called(mall: Place, service: str = "consult") -> Any:
    mall.open()
    mall.take(service)
    return mall.call()


def serving(mall: Place, service: str = "consult") -> Any:
    return mall.act(called(mall, service), "start").json


def test_a_visit_from_door_to_door(mall: Place) -> None:
    mall.open()
    ticket = mall.take()
    call = mall.call()
    assert (call["id"], call["state"], call["counter_label"], call["calls"]) == (
        ticket["id"],
        "called",
        "1",
        1,
    )
    assert call["people_ahead"] is None
    assert mall.act(call, "recall").json["calls"] == 2
    assert mall.act(call, "start").json["state"] == "serving"
    held = mall.act(call, "hold", {"reason": "copies"}).json
    assert (held["state"], held["reason"]) == ("held", "copies")
    assert mall.act(call, "resume").json["state"] == "serving"
    done = mall.act(call, "finish", {"outcome": "sold", "note": "two pieces"}).json
    assert (done["state"], done["outcome"], done["note"]) == ("done", "sold", "two pieces")
    assert done["version"] > call["version"]
    assert mall.api("desk").get(f"/tickets/{ticket['id']}").json == done


def test_a_missed_call_and_the_way_back(mall: Place) -> None:
    ticket = called(mall)
    missed = mall.act(ticket, "no-show").json
    assert (missed["state"], missed["may_return"]) == ("no_show", True)
    assert mall.act(ticket, "requeue", {"late": True}).json["state"] == "waiting"


def test_back_into_the_queue_keeps_the_place(mall: Place) -> None:
    ticket = called(mall)
    mall.take()
    back = mall.act(ticket, "requeue").json
    assert (back["state"], back["people_ahead"]) == ("waiting", 0)


def test_a_certain_ticket_is_called_to_a_counter(mall: Place) -> None:
    mall.open("2")
    mall.take()
    second = mall.take()
    for ref in ("2", "mall:2", str(mall.hall.counters["2"].pk)):
        call = mall.act(second, "call", {"counter": ref})
        assert (call.status, call.json["counter_label"]) == (200, "2")
        mall.act(second, "requeue")
    for ref in ("9", "nowhere:2", "00000000-0000-0000-0000-000000000000"):
        refused = mall.act(second, "call", {"counter": ref})
        assert (refused.status, refused.kind, refused.json["errors"]) == (
            404,
            "unknown-reference",
            {"counter": ref},
        )
    assert mall.act(second, "call", {"counter": "1"}).kind == "counter-not-open"


def test_transfer_to_a_service_a_counter_and_a_person(mall: Place) -> None:
    ticket = serving(mall)
    moved = mall.act(ticket, "transfer", {"service": "refund", "note": "receipt is lost"}).json
    assert (moved["state"], moved["service"]["slug"], moved["note"]) == (
        "waiting",
        "refund",
        "receipt is lost",
    )
    to_counter = mall.act(ticket, "transfer", {"counter": "2", "first": True}).json
    assert to_counter["for_counter"] == str(mall.hall.counters["2"].pk)
    person = mall.hall.people["colleague"]
    assert mall.act(ticket, "transfer", {"staff": person.username}).json["for_staff"] == str(person.pk)
    assert mall.act(ticket, "transfer", {"service": "loan", "staff": "mall-agent"}).kind == "cannot-serve"


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        ({}, "bad-input", "service"),
        ({"service": "nothing"}, "unknown-reference", "service"),
        ({"staff": "nobody"}, "unknown-reference", "staff"),
        ({"counter": "77"}, "unknown-reference", "counter"),
    ],
)
def test_a_transfer_to_nowhere_names_the_field(mall: Place, body: Any, kind: str, field: str) -> None:
    ticket = serving(mall)
    refused = mall.act(ticket, "transfer", body)
    assert (refused.kind, list(refused.json["errors"])) == (kind, [field])
    assert mall.api("desk").get(f"/tickets/{ticket['id']}").json["version"] == ticket["version"]


def test_the_next_stage_and_the_last_one(mall: Place) -> None:
    ticket = serving(mall, "refund")
    after = mall.act(ticket, "advance", {"note": "checked"}).json
    assert (after["state"], after["stage_position"], after["stage"]["names"]["en"]) == (
        "waiting",
        2,
        "Cashier",
    )
    mall.act(mall.call(), "start")
    assert mall.act(ticket, "advance").kind == "no-further-stage"


def test_supervisors_move_merge_and_reclass(mall: Place) -> None:
    first, second, third = mall.take(), mall.take(), mall.take()
    assert mall.act(third, "move", {"places": 0}, role="manager").json["people_ahead"] == 0
    assert mall.act(third, "move", {"places": 1}, role="manager").json["people_ahead"] == 1
    assert mall.act(second, "reclass", {"priority": "elderly"}, role="manager").json["priority"] == "elderly"
    kept = mall.act(third, "merge", {"into": first["id"]}, role="manager").json
    assert kept["id"] == first["id"]
    assert mall.api("desk").get(f"/tickets/{third['id']}").json["state"] == "merged"
    unknown = mall.act(second, "merge", {"into": "00000000-0000-0000-0000-000000000000"}, role="manager")
    assert unknown.status == 404
    assert mall.act(second, "reclass", {"priority": "king"}, role="manager").kind == "priority-not-offered"


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("recall", {}),
        ("start", {}),
        ("hold", {}),
        ("resume", {}),
        ("advance", {}),
        ("finish", {}),
        ("no-show", {}),
        ("requeue", {}),
        ("rejoin", {}),
    ],
)
def test_a_waiting_ticket_is_in_the_wrong_state_for_most_acts(mall: Place, act: str, body: Any) -> None:
    ticket = mall.take()
    for language, title in (
        ("en", "The ticket is not in the right state for this"),
        ("zh", None),
    ):
        refused = mall.api("integration", language).post(f"/tickets/{ticket['id']}/{act}", body)
        assert (refused.status, refused.kind, refused.json["state"]) == (409, "wrong-state", "waiting")
        assert title in (None, refused.json["title"])
    assert mall.api("desk").get(f"/tickets/{ticket['id']}").json["version"] == 1


@pytest.mark.parametrize(
    "act", ["cancel", "postpone", "hold", "transfer", "move", "merge", "reclass", "call"]
)
def test_a_finished_visit_is_over_for_every_act(mall: Place, act: str) -> None:
    ticket = called(mall)
    mall.act(ticket, "finish")
    other = mall.take()
    body = {
        "postpone": {"places": 1},
        "transfer": {"service": "refund"},
        "move": {"places": 1},
        "merge": {"into": other["id"]},
        "reclass": {"priority": "vip"},
        "call": {"counter": "1"},
    }.get(act)
    assert mall.act(ticket, act, body, role="integration").kind == "wrong-state"


@pytest.mark.parametrize(
    "act", ["recall", "start", "hold", "finish", "transfer", "no-show", "requeue", "call"]
)
def test_an_act_on_a_ticket_that_does_not_exist(mall: Place, act: str) -> None:
    body = {"transfer": {"service": "refund"}, "call": {"counter": "1"}}.get(act)
    ghost = {"id": "0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f"}
    assert mall.act(ghost, act, body).status == 404


def test_a_hold_ends_at_a_moment_to_come(mall: Place) -> None:
    ticket = called(mall)
    held = mall.act(ticket, "hold", {"until": "2199-01-01T00:00:00+08:00"})
    assert held.json["held_until"] == "2198-12-31T16:00:00+00:00"
    mall.act(ticket, "resume")
    assert mall.act(ticket, "hold", {"until": "2020-01-01T00:00:00Z"}).json["errors"] == {"until": "> now"}
    ends = ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00")
    for wrong in ("2199-01-01T00:00:00", "tomorrow", 4102444800, True, *ends):
        assert list(mall.act(ticket, "hold", {"until": wrong}).json["errors"]) == ["until"]
