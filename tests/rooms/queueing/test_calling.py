"""Calling: the right one, each once, only by who may."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from django.db import connection

from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as setup
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries
from servicehall.rooms.queueing.models import Ticket
from tests.hall import MORNING, Hall, make_hall, minutes


def finish(hall: Hall, ticket: Ticket, who: str = "agent") -> None:
    """End a call at once."""
    queue.finish(ticket_id=ticket.pk, by=hall.actors[who], at=MORNING)


def test_the_order_of_calls_is_the_disciplines(hall: Hall) -> None:
    hall.open()
    for n, priority in enumerate([None, None, "elderly", None, "elderly"]):
        hall.issue(priority=priority, at=minutes(n))
    called = []
    while ticket := hall.next(at=minutes(6)):
        called.append(ticket.number)
        finish(hall, ticket)
    # At minute 6: A003 has 2·4+10, A005 has 2·2+10, the others their six, five and three minutes.
    assert called == ["A003", "A005", "A001", "A002", "A004"]


def test_strict_and_fifo_are_used_when_the_site_says_so(hall: Hall) -> None:
    hall.open()
    for name, expected in (("strict", "A002"), ("fifo", "A001")):
        queue.set_rules(site_id=hall.id, discipline=name, by=SYSTEM)
        Ticket.objects.all().delete()
        hall.issue(at=minutes(0))
        hall.issue(priority="elderly", at=minutes(300))
        ticket = hall.next(at=minutes(301))
        position = {"A002": 1, "A001": 0}[expected]
        assert ticket.order_key == sorted([ticket.order_key])[0]
        assert (ticket.priority_id == hall.issue(priority="elderly").priority_id) is bool(position)
        finish(hall, ticket)


def test_nobody_waiting_gives_nobody(hall: Hall) -> None:
    hall.open()
    assert hall.next() is None


def test_an_agent_without_the_skill_never_gets_that_stage(hall: Hall) -> None:
    hall.open("1", "agent")
    hall.open("2", "colleague")
    loan = hall.issue("loan")
    plain = hall.issue(at=minutes(5))
    assert hall.next("1", "agent", at=minutes(6)).pk == plain.pk
    assert hall.next("2", "colleague", at=minutes(6)).pk == loan.pk


def test_a_counter_calls_only_what_is_on_its_list(hall: Hall) -> None:
    hall.counters["1"].stages.set(hall.services["refund"].stages.all())
    from servicehall.rooms.hall import actions as places

    places.touch(hall.id)
    hall.open()
    hall.issue("consult")
    assert hall.next() is None
    refund = hall.issue("refund")
    assert hall.next().pk == refund.pk


def test_a_busy_paused_closed_or_foreign_counter_calls_nobody(hall: Hall) -> None:
    hall.issue()
    hall.issue()
    with pytest.raises(queue.CounterNotOpen):
        hall.next()
    counter = hall.open()
    with pytest.raises(queue.NotYours):
        hall.next(who="colleague")
    hall.next()
    with pytest.raises(queue.CounterBusy):
        hall.next()
    queue.pause(site_id=hall.id, counter_id=counter, by=hall.actors["agent"], reason="tea", at=MORNING)
    with pytest.raises(queue.CounterNotOpen):
        hall.next()
    other = make_hall("bank")
    with pytest.raises(NotFound):
        queue.call_next(site_id=hall.id, counter_id=counter, by=other.actors["manager"], at=MORNING)
    with pytest.raises(NotFound):
        queue.call_next(site_id=hall.id, counter_id=UUID(int=5), by=hall.actors["agent"], at=MORNING)


def test_a_call_says_how_long_the_customer_waited(hall: Hall) -> None:
    hall.open()
    ticket = hall.issue()
    called = hall.next(at=minutes(7.5))
    assert (called.pk, called.state, called.waited, called.calls) == (ticket.pk, "called", 450.0, 1)
    shown = queries.ticket_by_code(ticket.code, at=minutes(8))
    assert shown["counter_label"] == "1"
    assert shown["staff"] is None


def test_a_repeated_call_is_the_latest_on_the_board(hall: Hall) -> None:
    hall.open("1", "agent")
    hall.open("2", "colleague")
    first, _second = hall.issue(), hall.issue(at=minutes(0.5))
    hall.next("1", "agent", at=MORNING)
    hall.next("2", "colleague", at=minutes(1))
    assert [c["counter_label"] for c in queries.board(hall.id, at=minutes(2))["calls"]] == ["2", "1"]
    queue.recall(ticket_id=first.pk, by=hall.actors["agent"], at=minutes(2))
    latest, other = queries.board(hall.id, at=minutes(3))["calls"]
    assert (latest["number"], latest["called_at"]) == (first.number, MORNING.isoformat())
    assert (latest["heard_at"], other["heard_at"]) == (minutes(2).isoformat(), minutes(1).isoformat())


def test_recall_counts_and_only_a_called_customer_is_recalled(hall: Hall) -> None:
    hall.open()
    waiting = hall.issue()
    with pytest.raises(queue.WrongState):
        queue.recall(ticket_id=waiting.pk, by=hall.actors["agent"], at=MORNING)
    hall.next()
    assert queue.recall(ticket_id=waiting.pk, by=hall.actors["agent"], at=MORNING).calls == 2
    with pytest.raises(queue.NotYours):
        queue.recall(ticket_id=waiting.pk, by=hall.actors["colleague"], at=MORNING)


def test_a_supervisor_calls_anybody_and_an_agent_only_their_own(hall: Hall) -> None:
    hall.open("1", "agent")
    hall.open("2", "supervisor")
    hall.issue()
    last = hall.issue()
    with pytest.raises(NotAllowed):
        queue.call_ticket(
            ticket_id=last.pk, counter_id=hall.counters["1"].pk, by=hall.actors["agent"], at=MORNING
        )
    called = queue.call_ticket(
        ticket_id=last.pk, counter_id=hall.counters["2"].pk, by=hall.actors["supervisor"], at=MORNING
    )
    assert called.counter_id == hall.counters["2"].pk


def test_why_this_one_names_the_scores_and_what_is_left_out(hall: Hall) -> None:
    hall.open()
    hall.issue()
    hall.issue(priority="elderly", at=minutes(2))
    hall.issue("loan")
    counter = hall.counters["1"].pk
    why = queries.explain(hall.id, counter, actor=hall.actors["agent"], at=minutes(5))
    assert [(c["number"], c["score"]) for c in why["candidates"]] == [("A002", 16.0), ("A001", 5.0)]
    assert why["missing_skills"] == [hall.services["loan"].names]
    assert why["candidates"][0]["number"] == hall.next(at=minutes(5)).number


def test_a_counter_that_was_taken_out_of_use_serves_to_the_end_and_calls_nobody(hall: Hall) -> None:
    hall.open()
    hall.issue()
    hall.issue()
    ticket = hall.next()
    counter = hall.counters["1"]
    counter.is_active = False
    setup.save_setup(counter, by=SYSTEM)
    finish(hall, ticket)
    with pytest.raises(queue.CounterNotOpen):
        hall.next()
    waiting = Ticket.objects.get(number="A002")
    with pytest.raises(queue.CounterNotOpen):
        queue.call_ticket(ticket_id=waiting.pk, counter_id=counter.pk, by=hall.actors["supervisor"])
    assert Ticket.objects.get(pk=waiting.pk).state == "waiting"
    queue.sign_out(site_id=hall.id, counter_id=counter.pk, by=hall.actors["agent"])


@pytest.mark.django_db(transaction=True)
def test_two_counters_never_get_the_same_customer() -> None:
    hall = make_hall()
    hall.open("1", "agent")
    hall.open("2", "colleague")
    issued = {hall.issue().number for _ in range(60)}
    called: list[str] = []

    def work(label: str, who: str) -> None:
        while ticket := hall.next(label, who):
            called.append(ticket.number)
            finish(hall, ticket, who)
        connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in (("1", "agent"), ("2", "colleague"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(called) == sorted(issued)
