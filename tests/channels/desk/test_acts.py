"""Every act of an agent through the page: what it does, and what it says when it cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from servicehall.kernel import clock
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


def test_the_next_customer_is_called(house: House, desk: Desk) -> None:
    assert mode(desk.page()) == "free"
    ticket = house.issue()
    house.issue(ago=30)
    answer = desk.act("next")
    assert said(answer) == "Calling A001"
    assert mode(answer) == "called"
    assert 'id="queue"' in answer.content.decode()  # the lists come along
    assert house.state(ticket) == "called"


def test_nobody_to_call_is_said_and_nothing_happens(house: House, desk: Desk) -> None:
    answer = desk.act("next")
    assert (answer.status_code, said(answer)) == (200, "Nobody is waiting whom you can serve.")
    assert mode(answer) == "free"


def test_a_skill_that_is_missing_keeps_a_customer_for_others(house: House, desk: Desk, seat: Seat) -> None:
    house.issue("complaints")
    assert said(desk.act("next")) == "Nobody is waiting whom you can serve."
    assert said(seat("ben", "2").act("next")) == "Calling E001"


def test_a_customer_is_called_again(desk: Desk, called: Ticket) -> None:
    assert said(desk.act("recall", called)) == "Calling A001 again"
    assert fresh(called).calls == 2
    assert "called 2 times" in desk.page()


def test_serving_begins(desk: Desk, called: Ticket) -> None:
    answer = desk.act("start", called)
    assert mode(answer) == "serving"
    assert fresh(called).state == "serving"


def test_a_customer_is_put_on_hold_with_a_reason_and_comes_back_by_itself(desk: Desk, served: Ticket) -> None:
    before = clock.now()
    answer = desk.act("hold", served, reason="Filling in a form", minutes="10")
    assert (said(answer), mode(answer)) == ("A001 is on hold", "free")
    held = fresh(served)
    assert (held.state, held.reason) == ("held", "Filling in a form")
    assert held.held_until is not None
    assert timedelta(minutes=9, seconds=50) < held.held_until - before < timedelta(minutes=10, seconds=10)
    rows = desk.get("queue", tab="held").content.decode()
    assert "Filling in a form" in rows


def test_a_reason_in_own_words_counts_before_the_offered_one(desk: Desk, served: Ticket) -> None:
    desk.act("hold", served, reason="Filling in a form", other="Lost the pen")
    assert (fresh(served).reason, fresh(served).held_until) == ("Lost the pen", None)


def test_a_held_customer_is_taken_up_again(house: House, desk: Desk, served: Ticket) -> None:
    desk.act("hold", served)
    assert (said(desk.act("resume", served)), fresh(served).state) == ("Serving A001 again", "serving")


def test_nobody_is_resumed_while_somebody_is_there(house: House, desk: Desk, served: Ticket) -> None:
    desk.act("hold", served)
    house.issue()
    desk.act("next")
    refused = desk.act("resume", served)
    assert refused.status_code == 409
    assert "This counter still has a customer" in said(refused)
    assert fresh(served).state == "held"


def test_a_customer_is_transferred_to_a_service(house: House, desk: Desk, served: Ticket) -> None:
    services = {s.slug: str(s.pk) for s in served.service.site.services.all()}
    answer = desk.act("transfer", served, to="service", service=services["returns"], note="Has no receipt")
    assert said(answer) == "A001 has been transferred"
    moved = fresh(served)
    assert (moved.service.slug, moved.state, moved.note) == ("returns", "waiting", "Has no receipt")


def test_a_customer_is_transferred_to_a_counter(house: House, desk: Desk, served: Ticket, seat: Seat) -> None:
    desk.act("transfer", served, to="counter", counter=str(house.counters["2"]))
    assert fresh(served).for_counter_id == house.counters["2"]
    assert said(seat("ben", "2").act("next")) == "Calling A001"


def test_a_customer_is_transferred_to_a_person_and_is_first(
    house: House, desk: Desk, served: Ticket, seat: Seat
) -> None:
    house.issue(ago=600)
    ben = seat("ben", "2")
    desk.act("transfer", served, to="staff", staff=str(house.actor("ben").id), first="on")
    assert "Next, sent to you" in ben.page()
    assert said(ben.act("next")) == "Calling A001"


def test_a_transfer_to_nowhere_changes_nothing(desk: Desk, served: Ticket) -> None:
    for fields in ({"to": "counter"}, {"to": "counter", "counter": "7"}, {"to": ""}):
        assert desk.act("transfer", served, **fields).status_code == 422
    assert desk.act("transfer", served, to="staff", staff="nora").status_code == 404
    assert desk.act("transfer", served, to="service", service=str(uuid4())).status_code == 404
    assert fresh(served).state == "serving"


def test_a_customer_goes_on_to_the_next_stage(house: House, desk: Desk) -> None:
    ticket = house.issue("returns")
    desk.act("next")
    desk.act("start", ticket)
    assert "Stage 1 of 2" in desk.page()
    answer = desk.act("done", ticket, then="stage", note="Checked")
    assert said(answer) == "D001 goes on to the next stage"
    moved = fresh(ticket)
    assert (moved.state, moved.note) == ("waiting", "Checked")
    assert moved.stage.position == 2


def test_on_to_the_next_stage_and_the_next_customer_in_one(house: House, desk: Desk) -> None:
    ticket, waiting = house.issue("returns"), house.issue(ago=10)
    desk.act("next")
    desk.act("start", ticket)
    answer = desk.act("done", ticket, then="stage-next")
    assert said(answer) == "D001 goes on to the next stage. Calling A001"
    assert (fresh(ticket).stage.position, house.state(waiting)) == (2, "called")
    desk.act("undo")
    assert (fresh(ticket).state, fresh(ticket).stage.position, house.state(waiting)) == (
        "serving",
        1,
        "waiting",
    )


def test_a_visit_is_finished_with_an_outcome_and_a_note(desk: Desk, served: Ticket) -> None:
    answer = desk.act("done", served, then="finish", outcome="follow-up", note="Call back on Friday")
    assert (said(answer), mode(answer)) == ("A001 is finished", "free")
    done = fresh(served)
    assert (done.state, done.outcome, done.note) == ("done", "follow-up", "Call back on Friday")


def test_a_called_customer_may_be_finished_at_once(desk: Desk, called: Ticket) -> None:
    desk.act("done", called, then="finish")
    assert fresh(called).state == "done"


def test_finish_and_call_the_next_are_one_act_and_undone_as_one(
    house: House, desk: Desk, served: Ticket
) -> None:
    waiting = house.issue(ago=10)
    answer = desk.act("done", served, then="next", outcome="served")
    assert said(answer) == "A001 is finished. Calling A002"
    assert (fresh(served).state, house.state(waiting)) == ("done", "called")
    assert "A001 finished · Called A002" in answer.content.decode()
    undone = desk.act("undo")
    assert said(undone) == "Undone. A001 is as it was before."
    assert (fresh(served).state, house.state(waiting)) == ("serving", "waiting")
    assert desk.act("undo").status_code == 409


def test_finish_and_call_the_next_with_nobody_waiting(desk: Desk, served: Ticket) -> None:
    answer = desk.act("done", served, then="next")
    assert said(answer) == "A001 is finished. Nobody else is waiting."
    desk.act("undo")
    assert fresh(served).state == "serving"


def test_a_paused_counter_finishes_and_calls_nobody(house: House, desk: Desk, served: Ticket) -> None:
    waiting = house.issue()
    desk.act("pause", reason="Meal")
    text = desk.page()
    assert 'value="next"' not in text
    assert "After this customer nobody is called." in text
    refused = desk.act("done", served, then="next")
    assert (refused.status_code, fresh(served).state) == (409, "serving")  # neither happened
    desk.act("done", served, then="finish")
    assert (fresh(served).state, house.state(waiting)) == ("done", "waiting")
    refused = desk.act("next")
    assert refused.status_code == 409
    assert "This counter is not open" in said(refused)


def test_a_pause_has_a_reason_and_an_end(desk: Desk) -> None:
    answer = desk.act("pause", reason="Meal")
    assert mode(answer) == "paused"
    assert "Meal" in answer.content.decode()
    desk.client.cookies["servicehall_language"] = "zh-hans"
    assert "用餐" in desk.page()
    assert mode(desk.act("end-pause")) == "free"


def test_who_does_not_come_is_called_again_or_returns(house: House, desk: Desk, called: Ticket) -> None:
    assert said(desk.act("no-show", called)) == "A001 did not come"
    assert fresh(called).state == "no_show"
    assert "A001" in desk.get("queue", tab="missed").content.decode()
    assert said(desk.act("call", called)) == "Calling A001"
    desk.act("no-show", called)
    assert said(desk.act("rejoin", called)) == "A001 is back in the queue"
    assert fresh(called).state == "waiting"


def test_a_missed_call_is_too_old_to_be_made_good(house: House, desk: Desk, called: Ticket) -> None:
    desk.act("no-show", called)
    Ticket.objects.filter(pk=called.pk).update(ended_at=clock.now() - timedelta(minutes=31))
    assert 'id="rejoin-' not in desk.get("queue", tab="missed").content.decode()
    refused = desk.act("rejoin", called)
    assert refused.status_code == 409
    assert "It is too late to return" in said(refused)


@pytest.mark.parametrize(("place", "order"), [("old", ["A001", "A002"]), ("late", ["A002", "A001"])])
def test_a_customer_goes_back_into_the_queue(
    house: House, desk: Desk, called: Ticket, place: str, order: list[str]
) -> None:
    house.issue(ago=5)
    desk.act("requeue", called, place=place)
    assert [said(desk.act("next"))] == [f"Calling {order[0]}"]


def test_a_customer_leaves_on_their_word(house: House, desk: Desk) -> None:
    ticket = house.issue()
    desk.act("cancel", ticket, reason="Has a second ticket")
    assert (fresh(ticket).state, fresh(ticket).reason) == ("cancelled", "Has a second ticket")


def test_the_last_act_is_undone(desk: Desk, called: Ticket) -> None:
    assert "Called A001" in desk.page()
    assert said(desk.act("undo")) == "Undone. A001 is as it was before."
    assert fresh(called).state == "waiting"


def test_undo_too_late_is_refused(house: House, desk: Desk, called: Ticket) -> None:
    with clock.at(clock.now() + timedelta(seconds=16)):
        assert "undo-button" not in desk.page()
        refused = desk.act("undo")
    assert refused.status_code == 409
    assert (
        said(refused)
        == "There is nothing to undo. An act can be undone for a few seconds, until the next one."
    )
    assert fresh(called).state == "called"


def test_a_ticket_is_issued_at_the_desk_with_its_code_to_scan(house: House, desk: Desk) -> None:
    answer = desk.act(
        "issue", service="enquiries", priority="elderly", language="zh-Hans", note="Hard of hearing"
    )
    ticket = Ticket.objects.get()
    assert (ticket.number, ticket.priority.key, ticket.language) == ("A001", "elderly", "zh-Hans")
    assert (ticket.note, ticket.channel) == ("Hard of hearing", "desk")
    text = answer.content.decode()
    assert "A001" in text
    assert 'class="qr"' in text
    assert "data-print" in text


def test_a_ticket_for_a_service_that_is_closed_is_refused(house: House, desk: Desk) -> None:
    actions.close_service(site_id=house.site_id, service="enquiries", by=house.actor("sue"))
    refused = desk.act("issue", service="enquiries")
    assert refused.status_code == 409
    assert "This service is closed for today" in said(refused)
    assert "A</span>" not in desk.get("ask/issue").content.decode()
    assert not Ticket.objects.exists()
