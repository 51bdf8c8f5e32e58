"""Acts that cannot be done, or not again: double presses, conflicts, other people's customers and counters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing.models import Ticket
from tests.channels.desk.house import Desk, House, mode, said

Seat = Callable[..., Desk]


@pytest.fixture
def called(house: House, desk: Desk) -> Ticket:
    """Anna has called A001."""
    ticket = house.issue()
    desk.act("next")
    return ticket


@pytest.fixture
def served(desk: Desk, called: Ticket) -> Ticket:
    """Anna serves A001."""
    desk.act("start", called)
    return called


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_double_press_acts_once(house: House, desk: Desk) -> None:
    house.issue()
    house.issue()
    key = str(uuid4())
    first, second = desk.act("next", key=key), desk.act("next", key=key)
    assert (said(first), said(second)) == ("Calling A001", "Calling A001")
    assert house.events("ticket.called") == 1
    assert second.status_code == 200


def test_a_double_press_of_finish_and_next_skips_nobody(house: House, desk: Desk, served: Ticket) -> None:
    house.issue()
    house.issue()
    key = str(uuid4())
    for _press in range(2):
        desk.act("done", served, key=key, then="next")
    assert [t.state for t in Ticket.objects.order_by("sequence")] == ["done", "called", "waiting"]


def test_a_key_of_another_form_is_refused(house: House, desk: Desk) -> None:
    house.issue()
    key = str(uuid4())
    desk.act("next", key=key)
    assert desk.act("pause", key=key).status_code == 422
    assert house.seat("1") == "open"


def test_a_refused_act_may_be_sent_again_with_its_key(house: House, desk: Desk) -> None:
    key = str(uuid4())
    desk.act("pause")
    assert desk.act("next", key=key).status_code == 409
    desk.act("end-pause")
    house.issue()
    assert said(desk.act("next", key=key)) == "Calling A001"


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("start", {}),
        ("recall", {}),
        ("hold", {}),
        ("resume", {}),
        ("no-show", {}),
        ("requeue", {}),
        ("rejoin", {}),
        ("done", {"then": "finish"}),
        ("done", {"then": "stage"}),
        ("done", {"then": "next"}),
    ],
)
def test_an_act_on_a_ticket_in_another_state_shows_the_state_that_is(
    house: House, desk: Desk, act: str, fields: dict[str, Any]
) -> None:
    ticket = house.issue()
    refused = desk.act(act, ticket, **fields)
    assert refused.status_code == 409
    assert refused["X-Desk"] == "fresh"
    assert mode(refused) == "free"
    assert said(refused) == (
        "The ticket is not in the right state for this."
        " Look at the ticket again: somebody may have acted on it meanwhile."
    )
    assert house.state(ticket) == "waiting"


@pytest.mark.parametrize(
    "act", ["start", "recall", "hold", "no-show", "requeue", "transfer", "done", "cancel"]
)
def test_a_colleagues_customer_is_left_alone(house: House, desk: Desk, seat: Seat, act: str) -> None:
    ticket = house.issue()
    seat("ben", "2").act("next")
    refused = desk.act(act, ticket, to="counter", counter=str(desk.counter))
    assert refused.status_code == 403
    assert said(refused) == "Another counter serves this customer. Ask that counter, or a supervisor."
    assert house.state(ticket) == "called"


def test_a_colleagues_counter_is_not_operated(house: House, seat: Seat) -> None:
    house.sit("ben", "2")
    house.issue()
    anna = seat("anna", "2", sit=False)
    assert mode(anna.page()) == "taken"
    assert "Ben Zhou is at this counter" in anna.page()
    for act in ("next", "pause", "leave", "undo"):
        assert anna.act(act).status_code in {403, 409}
    assert house.events("ticket.called") == 0
    assert house.seat("2") == "open"


def test_a_ticket_of_another_hall_is_not_there(house: House, desk: Desk) -> None:
    other = actions.issue_ticket(site_id=house.other_id, service="cash", by=house.actor("otto"))
    assert desk.act("call", other).status_code == 404
    assert desk.get("ask/ticket", ticket=str(other.pk)).status_code == 404
    answer = desk.client.post(
        f"/desk/{desk.counter}/do/call", {"ticket": "nonsense"}, headers={"hx-request": "true"}
    )
    assert answer.status_code == 404
    assert desk.act("start").status_code == 404


def test_an_act_that_does_not_exist_is_not_found(desk: Desk) -> None:
    assert desk.act("explode").status_code == 404
    assert desk.get("ask/explode").status_code == 404


def test_a_customer_who_was_taken_away_is_told_with_who_did_it(
    house: House, desk: Desk, served: Ticket
) -> None:
    seen = {"seen": "old", "ticket": str(served.pk)}
    assert said(desk.get("now", **seen)) == ""
    actions.requeue(ticket_id=served.pk, by=house.actor("sue"))
    answer = desk.get("now", **seen)
    assert said(answer) == "Sue Wang changed A001. It is now: Waiting."
    assert mode(answer) == "free"


def test_ones_own_act_in_another_window_is_not_news(house: House, desk: Desk, served: Ticket) -> None:
    actions.finish(ticket_id=served.pk, by=house.actor("anna"))
    assert said(desk.get("now", seen="old", ticket=str(served.pk))) == ""


def test_without_scripts_the_forms_work_too(house: House, desk: Desk) -> None:
    house.issue()
    response = desk.client.post(f"/desk/{desk.counter}/do/next", {"idempotency_key": str(uuid4())})
    assert response["Location"] == f"/desk/{desk.counter}"
    text = desk.page()
    assert mode(text) == "called"
    assert "Calling A001" in text


def test_acts_answer_in_chinese(house: House, desk: Desk) -> None:
    desk.client.cookies["servicehall_language"] = "zh-hans"
    house.issue()
    assert said(desk.act("next")) == "正在呼叫 A001"
    text = desk.page()
    for words in ("开始办理", "重呼", "过号", "挂起", "转移", "回到队列", "撤销"):
        assert words in text
    refused = desk.act("next")
    assert refused.status_code == 409


def test_an_act_needs_the_forms_token(house: House, desk: Desk) -> None:
    desk.client.handler.enforce_csrf_checks = True
    house.issue()
    assert desk.act("next").status_code == 403
    assert house.events("ticket.called") == 0


def test_what_no_database_can_keep_is_refused(desk: Desk, served: Ticket) -> None:
    for fields in ({"reason": "a\0b"}, {"other": "\0"}, {"minutes": "9" * 5000}, {"minutes": "١٢٣٤٥٦٧٨٩٠"}):
        assert desk.act("hold", served, **fields).status_code in (400, 422), fields
    assert desk.act("issue", service="enquiries", note="\0").status_code == 400
    assert fresh(served).state == "serving"
    assert Ticket.objects.count() == 1
