"""From the call to the end of the visit, and every way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from servicehall.kernel import clock, events, timers
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import configuration, queries
from servicehall.rooms.queueing.models import Ticket
from tests.hall import CUSTOMER, MORNING, Hall, make_hall, minutes


def served(hall: Hall, service: str = "consult", label: str = "1", who: str = "agent") -> Any:
    """A customer being served."""
    hall.open(label, who)
    hall.issue(service)
    ticket = hall.next(label, who, at=minutes(1))
    return queue.start(ticket_id=ticket.pk, by=hall.actors[who], at=minutes(2))


def test_a_visit_from_the_door_to_the_end(hall: Hall) -> None:
    ticket = served(hall)
    done = queue.finish(ticket_id=ticket.pk, by=hall.actors["agent"], outcome="solved", at=minutes(7))
    assert (done.state, done.waited, done.served, done.outcome) == ("done", 60.0, 300.0, "solved")
    assert [e.kind for e in events.of_visit(ticket.visit_id)] == [
        "ticket.issued",
        "ticket.called",
        "ticket.started",
        "ticket.finished",
    ]


def test_an_act_in_the_wrong_state_is_refused_and_changes_nothing(hall: Hall) -> None:
    by = hall.actors["agent"]
    hall.open()
    ticket = hall.issue()
    acts = [queue.start, queue.finish, queue.hold, queue.resume, queue.no_show, queue.advance, queue.requeue]
    before = Ticket.objects.get(pk=ticket.pk).version
    for act in acts:
        with pytest.raises(queue.WrongState):
            act(ticket_id=ticket.pk, by=by, at=MORNING)
    assert Ticket.objects.get(pk=ticket.pk).version == before


def test_hold_frees_the_counter_and_resume_goes_on(hall: Hall) -> None:
    by = hall.actors["agent"]
    ticket = served(hall)
    held = queue.hold(ticket_id=ticket.pk, by=by, reason="fetches a copy", at=minutes(4))
    assert (held.state, held.served) == ("held", 120.0)
    hall.issue()
    other = hall.next(at=minutes(5))
    with pytest.raises(queue.CounterBusy):
        queue.resume(ticket_id=ticket.pk, by=by, at=minutes(6))
    queue.no_show(ticket_id=other.pk, by=by, at=minutes(7))
    resumed = queue.resume(ticket_id=ticket.pk, by=by, at=minutes(8))
    assert resumed.state == "serving"
    assert queue.finish(ticket_id=ticket.pk, by=by, at=minutes(9)).served == 180.0


def test_a_held_customer_waits_for_that_counter_again_when_the_time_has_come(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    hall.open(at=now)
    hall.issue(at=now)
    ticket = hall.next(at=now)
    monkeypatch.setattr(timers, "_started", True)
    queue.hold(ticket_id=ticket.pk, by=hall.actors["agent"], until=now + timedelta(minutes=5), at=now)
    assert timers.run_due() == 0
    with clock.at(now + timedelta(minutes=6)):
        assert timers.run_due() == 1
        back = Ticket.objects.get(pk=ticket.pk)
        assert (back.state, back.for_counter_id) == ("waiting", hall.counters["1"].pk)
        hall.open("2", "colleague", at=clock.now())
        assert hall.next("2", "colleague", at=clock.now()) is None
        assert hall.next(at=clock.now()).pk == ticket.pk


def test_a_hold_until_the_past_is_refused(hall: Hall) -> None:
    ticket = served(hall)
    with pytest.raises(BadInput):
        queue.hold(ticket_id=ticket.pk, by=hall.actors["agent"], until=MORNING, at=minutes(5))


def test_the_next_stage_is_called_under_the_same_number(hall: Hall) -> None:
    by = hall.actors["agent"]
    ticket = served(hall, "refund")
    on = queue.advance(ticket_id=ticket.pk, by=by, note="no receipt", at=minutes(6))
    assert (on.state, on.number, on.note) == ("waiting", ticket.number, "no receipt")
    again = hall.next(at=minutes(9))
    assert (again.pk, again.waited) == (ticket.pk, 60.0 + 180.0)
    queue.start(ticket_id=ticket.pk, by=by, at=minutes(9))
    with pytest.raises(queue.NoFurtherStage):
        queue.advance(ticket_id=ticket.pk, by=by, at=minutes(10))


def test_transfer_to_a_service_keeps_the_arrival_and_the_note(hall: Hall) -> None:
    ticket = served(hall)
    hall.issue("refund", at=minutes(0.5))
    sent = queue.transfer(
        ticket_id=ticket.pk, by=hall.actors["agent"], service="refund", note="wants money back", at=minutes(5)
    )
    assert (sent.state, sent.note, sent.counter_id) == ("waiting", "wants money back", None)
    assert hall.next(at=minutes(6)).pk == ticket.pk


def test_transfer_to_a_counter_or_person_reaches_only_them(hall: Hall) -> None:
    ticket = served(hall)
    hall.open("2", "colleague")
    by = hall.actors["agent"]
    queue.transfer(ticket_id=ticket.pk, by=by, counter_id=hall.counters["2"].pk, at=minutes(5))
    assert hall.next("1", "agent", at=minutes(5)) is None
    assert hall.next("2", "colleague", at=minutes(5)).pk == ticket.pk
    back = queue.transfer(ticket_id=ticket.pk, by=hall.actors["colleague"], staff="mall-agent", at=minutes(6))
    assert back.for_staff_id == hall.people["agent"].pk
    assert hall.next("2", "colleague", at=minutes(6)) is None
    assert hall.next("1", "agent", at=minutes(6)).pk == ticket.pk


def test_a_transfer_to_who_cannot_serve_or_nowhere_is_refused(hall: Hall) -> None:
    other = make_hall("bank")
    ticket = served(hall)
    by = hall.actors["agent"]
    with pytest.raises(queue.CannotServe):
        queue.transfer(ticket_id=ticket.pk, by=by, service="loan", staff="mall-agent", at=MORNING)
    for wrong in ({"staff": "bank-agent"}, {"counter_id": other.counters["1"].pk}, {"service": "none"}):
        with pytest.raises(NotFound):
            queue.transfer(ticket_id=ticket.pk, by=by, at=MORNING, **wrong)
    with pytest.raises(BadInput):
        queue.transfer(ticket_id=ticket.pk, by=by, at=MORNING)
    assert Ticket.objects.get(pk=ticket.pk).state == "serving"


def test_first_in_line_goes_before_everybody(hall: Hall) -> None:
    ticket = served(hall)
    for _ in range(3):
        hall.issue("refund", priority="elderly")
    by = hall.actors["agent"]
    queue.transfer(ticket_id=ticket.pk, by=by, service="refund", first=True, at=minutes(30))
    assert hall.next(at=minutes(31)).pk == ticket.pk


def test_a_missed_call_and_the_return_behind_a_few(hall: Hall) -> None:
    hall.open()
    late = hall.issue()
    for n in range(5):
        hall.issue(at=minutes(n + 1))
    hall.next(at=minutes(6))
    queue.no_show(ticket_id=late.pk, by=hall.actors["agent"], at=minutes(7))
    assert queries.ticket_by_code(late.code, at=minutes(8))["may_return"] is True
    queue.rejoin(ticket_id=late.pk, by=CUSTOMER, at=minutes(8))
    assert queries.ticket_by_code(late.code, at=minutes(8))["people_ahead"] == 3


def test_the_return_is_refused_when_it_is_too_late(hall: Hall) -> None:
    hall.open()
    late = hall.issue()
    hall.next()
    queue.no_show(ticket_id=late.pk, by=hall.actors["agent"], at=MORNING)
    with pytest.raises(queue.TooLateToReturn):
        queue.rejoin(ticket_id=late.pk, by=CUSTOMER, at=minutes(31))
    assert queries.ticket_by_code(late.code, at=minutes(31))["may_return"] is False


def test_back_into_the_queue_takes_the_old_place(hall: Hall) -> None:
    hall.open()
    first = hall.issue()
    hall.issue(at=minutes(1))
    hall.next(at=minutes(2))
    queue.requeue(ticket_id=first.pk, by=hall.actors["agent"], at=minutes(3))
    assert hall.next(at=minutes(4)).pk == first.pk


def test_a_customer_postpones_leaves_and_cannot_do_either_too_often(hall: Hall) -> None:
    tickets = [hall.issue(at=minutes(n)) for n in range(6)]
    queue.postpone(ticket_id=tickets[0].pk, places=2, by=CUSTOMER, at=minutes(7))
    assert queries.ticket_by_code(tickets[0].code, at=minutes(7))["people_ahead"] == 2
    for places in (0, -1, 11):
        with pytest.raises(BadInput):
            queue.postpone(ticket_id=tickets[0].pk, places=places, by=CUSTOMER, at=minutes(7))
    for _ in range(2):
        queue.postpone(ticket_id=tickets[0].pk, places=1, by=CUSTOMER, at=minutes(7))
    with pytest.raises(queue.TooOften):
        queue.postpone(ticket_id=tickets[0].pk, places=1, by=CUSTOMER, at=minutes(7))
    queue.cancel(ticket_id=tickets[1].pk, by=CUSTOMER, at=minutes(8))
    with pytest.raises(queue.WrongState):
        queue.cancel(ticket_id=tickets[1].pk, by=CUSTOMER, at=minutes(8))


def test_undo_takes_back_the_last_act_within_seconds(hall: Hall) -> None:
    by, counter = hall.actors["agent"], hall.counters["1"].pk
    ticket = served(hall)
    queue.finish(ticket_id=ticket.pk, by=by, at=minutes(5))
    back = queue.undo(site_id=hall.id, counter_id=counter, by=by, at=minutes(5) + timedelta(seconds=5))
    assert (back.state, back.counter_id, back.served) == ("serving", counter, 0)
    with pytest.raises(queue.NothingToUndo):
        queue.undo(site_id=hall.id, counter_id=counter, by=by, at=minutes(5) + timedelta(seconds=6))


def test_undo_is_refused_when_late_or_when_somebody_acted_since(hall: Hall) -> None:
    by, counter = hall.actors["agent"], hall.counters["1"].pk
    ticket = served(hall)
    queue.finish(ticket_id=ticket.pk, by=by, at=minutes(5))
    with pytest.raises(queue.NothingToUndo):
        queue.undo(site_id=hall.id, counter_id=counter, by=by, at=minutes(6))
    hall.issue()
    called = hall.next(at=minutes(7))
    queue.cancel(ticket_id=called.pk, by=CUSTOMER, at=minutes(7))
    with pytest.raises(queue.NothingToUndo):
        queue.undo(site_id=hall.id, counter_id=counter, by=by, at=minutes(7))


def test_supervisors_move_merge_and_reclass(hall: Hall) -> None:
    by = hall.actors["supervisor"]
    tickets = [hall.issue(at=minutes(n)) for n in range(4)]

    def place(n: int) -> int | None:
        return queries.ticket_by_code(tickets[n].code, at=minutes(5))["people_ahead"]

    queue.move(ticket_id=tickets[3].pk, places=0, by=by, at=minutes(5))
    assert [place(n) for n in range(4)] == [1, 2, 3, 0]
    queue.move(ticket_id=tickets[3].pk, places=2, by=by, at=minutes(5))
    assert [place(n) for n in range(4)] == [0, 1, 3, 2]
    queue.reclass(ticket_id=tickets[2].pk, priority="elderly", by=by, at=minutes(5))
    assert place(2) == 0
    kept = queue.merge(ticket_id=tickets[0].pk, into=tickets[1].pk, by=by, at=minutes(5))
    assert kept.pk == tickets[1].pk
    merged = Ticket.objects.get(pk=tickets[0].pk)
    assert (merged.state, merged.merged_into_id) == ("merged", tickets[1].pk)
    with pytest.raises(queue.WrongState):
        queue.merge(ticket_id=tickets[1].pk, into=tickets[1].pk, by=by, at=minutes(5))


def test_counters_are_opened_by_one_person_at_a_time(hall: Hall) -> None:
    counter = hall.open("1", "agent")
    with pytest.raises(queue.CounterTaken):
        hall.open("1", "colleague")
    hall.open("2", "agent")
    states = {c["label"]: c["state"] for c in queries.counters(hall.id)}
    assert states == {"1": "closed", "2": "open"}
    hall.open("1", "colleague")
    hall.issue()
    hall.next("1", "colleague")
    with pytest.raises(queue.CounterBusy):
        queue.sign_out(site_id=hall.id, counter_id=counter, by=hall.actors["colleague"], at=MORNING)
    queue.sign_out(site_id=hall.id, counter_id=hall.counters["2"].pk, by=hall.actors["agent"], at=MORNING)
    with pytest.raises(queue.CounterBusy):
        hall.open("2", "colleague")


def test_what_is_left_of_a_day_expires_with_the_day(hall: Hall) -> None:
    left = hall.issue()
    today = hall.issue(at=MORNING + timedelta(days=1))
    day = configuration.of_site(hall.id).day(MORNING + timedelta(days=1))
    assert queue.expire_before(site_id=hall.id, day=day, by=hall.actors["supervisor"]) == 1
    assert Ticket.objects.get(pk=left.pk).state == "expired"
    assert Ticket.objects.get(pk=today.pk).state == "waiting"
