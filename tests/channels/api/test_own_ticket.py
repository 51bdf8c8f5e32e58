"""What the holder of a ticket's code may do without a token, and what not."""

from __future__ import annotations

import pytest

from tests.channels.api.speaking import Place


def test_the_code_shows_the_ticket_and_nothing_of_staff(mall: Place) -> None:
    ticket = mall.take(note="asks for Mr Li")
    seen = mall.api().get(f"/tickets/{ticket['code']}").json
    assert (seen["id"], seen["number"], seen["people_ahead"], seen["note"]) == (ticket["id"], "A001", 0, "")
    assert mall.api("desk").get(f"/tickets/{ticket['code']}").json["note"] == "asks for Mr Li"
    assert mall.api("kiosk").get(f"/tickets/{ticket['id']}").json["note"] == ""


def test_the_id_alone_opens_nothing(mall: Place) -> None:
    ticket = mall.take()
    refused = mall.api().get(f"/tickets/{ticket['id']}")
    assert (refused.status, refused.kind) == (401, "not-signed-in")
    assert mall.api().post(f"/tickets/{ticket['id']}/cancel").status == 401


def test_leave_postpone_come_back_and_rate(mall: Place) -> None:
    mall.open()
    ticket = mall.take()
    mall.take()
    mall.take()
    own, code = mall.api(), ticket["code"]
    assert own.post(f"/tickets/{code}/postpone", {"places": 1}).json["people_ahead"] == 1
    mall.act(mall.call(), "finish")
    call = mall.call()
    assert call["id"] == ticket["id"]
    mall.act(call, "no-show")
    assert own.post(f"/tickets/{code}/rejoin").json["state"] == "waiting"
    assert own.post(f"/tickets/{code}/rate", {"score": 5}).kind == "not-served-yet"
    mall.act(mall.call(), "finish")
    mall.act(mall.call(), "finish")
    rated = own.post(f"/tickets/{code}/rate", {"score": 4, "reasons": ["friendly"], "comment": "谢谢"}).json
    assert (rated["ticket"], rated["score"], rated["reasons"], rated["comment"]) == (
        ticket["id"], 4, ["friendly"], "谢谢",
    )  # fmt: skip
    assert own.post(f"/tickets/{code}/cancel").kind == "wrong-state"
    other = mall.take()
    assert own.post(f"/tickets/{other['code']}/cancel", {"reason": "too long"}).json["state"] == "cancelled"


def test_limits_of_postponing(mall: Place) -> None:
    ticket = mall.take()
    own = mall.api()
    for _ in range(3):
        mall.take()
        assert own.post(f"/tickets/{ticket['code']}/postpone", {"places": 1.0}).status == 200
    assert own.post(f"/tickets/{ticket['code']}/postpone", {"places": 1}).kind == "too-often"
    for places in (0, 11, -1, 1.5, "2", True, 10**30):
        refused = own.post(f"/tickets/{ticket['code']}/postpone", {"places": places})
        assert (refused.status, list(refused.json["errors"])) == (422, ["places"]), places


def test_a_rating_must_fit(mall: Place) -> None:
    mall.open()
    ticket = mall.take()
    mall.act(mall.call(), "finish")
    for body in (
        {"score": 0},
        {"score": 6},
        {"score": 5, "reasons": ["rich"]},
        {"score": 5, "comment": "x" * 1001},
    ):
        assert mall.api().post(f"/tickets/{ticket['code']}/rate", body).status == 422


@pytest.mark.parametrize(
    "act", ["call", "recall", "start", "hold", "resume", "transfer", "advance", "finish", "no-show", "requeue",
            "merge", "move", "reclass"],
)  # fmt: skip
def test_the_code_gives_no_right_of_staff(mall: Place, act: str) -> None:
    ticket = mall.take()
    bodies = {"call": {"counter": "1"}, "transfer": {"service": "refund"}, "merge": {"into": ticket["id"]},
              "move": {"places": 1}, "reclass": {"priority": "vip"}}  # fmt: skip
    assert mall.api().post(f"/tickets/{ticket['code']}/{act}", bodies.get(act)).status == 401


def test_a_guessed_code_opens_nothing(mall: Place) -> None:
    ticket = mall.take()
    changed = ticket["code"][:-1] + ("A" if ticket["code"][-1] != "A" else "B")
    for code in (changed, "x", "..", "%27%20OR%201=1", "a" * 500, "\u0000"):
        assert mall.api().get(f"/tickets/{code}").status == 404
        assert mall.api().post(f"/tickets/{code}/cancel").status == 404
