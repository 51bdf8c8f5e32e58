"""What follows the queue's log: hourly counts that agree with the tickets, and notices in time."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta
from typing import Any

import pytest

from servicehall.kernel import events
from servicehall.kernel.errors import Refused
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries
from servicehall.rooms.queueing.history import Tally
from servicehall.rooms.queueing.models import Ticket
from tests.hall import MORNING, Hall, catch_up, minutes


def total(hall: Hall, at: Any) -> dict[str, Any]:
    """The day's figures after the followers have caught up."""
    catch_up()
    found: dict[str, Any] = queries.site_figures(hall.id, actor=hall.actors["manager"], at=at)["total"]
    return found


class Day:
    """A made-up day on which every act happens, also in states where it is refused."""

    WEIGHTS = {
        "issue": 8,
        "call": 8,
        "start": 6,
        "finish": 6,
        "no_show": 1,
        "hold": 1,
        "resume": 1,
        "requeue": 1,
        "advance": 2,
        "transfer": 1,
        "rejoin": 1,
        "cancel": 0.5,
        "undo": 2,
    }

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.chance = random.Random(3)
        self.moment = MORNING
        self.label, self.who = "1", "agent"

    def step(self) -> None:
        """One act by somebody, some seconds later."""
        self.moment += timedelta(seconds=self.chance.expovariate(1 / 5))
        self.label, self.who = self.chance.choice([("1", "agent"), ("2", "colleague")])
        act = self.chance.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        with contextlib.suppress(Refused):
            self.do(act)

    def do(self, act: str) -> None:
        """That act, on a ticket at the counter or on any."""
        hall, at, by = self.hall, self.moment, self.hall.actors[self.who]
        counter = hall.counters[self.label].pk
        if act == "issue":
            hall.issue(self.chance.choice(["consult", "refund", "loan"]), at=at)
        elif act == "call":
            hall.next(self.label, self.who, at=at)
        elif act == "undo":
            queue.undo(site_id=hall.id, counter_id=counter, by=by, at=at)
        else:
            here = Ticket.objects.filter(counter_id=counter, state__in=["called", "serving"])
            away = Ticket.objects.filter(state__in=["held", "no_show", "waiting"])
            ticket = self.chance.choice(list(here) * 3 + list(away)[:4] or [None])
            if ticket is not None:
                extra: dict[str, Any] = {"service": "consult"} if act == "transfer" else {}
                getattr(queue, act)(ticket_id=ticket.pk, by=by, at=at, **extra)


def test_the_counts_agree_with_the_tickets_after_a_day_of_every_act(hall: Hall) -> None:
    hall.open("1", "agent")
    hall.open("2", "colleague")
    day = Day(hall)
    for _ in range(500):
        day.step()
    moment = day.moment
    found = total(hall, moment)
    states = [t.state for t in Ticket.objects.all()]
    assert found["issued"] == len(states)
    assert found["served"] == states.count("done") > 10
    assert found["no_show"] == states.count("no_show")
    assert found["abandoned"] == states.count("cancelled")
    assert found["waiting"] == states.count("waiting")
    waited = sum(row.waited for row in Tally.objects.all())
    assert waited == pytest.approx(sum(t.waited for t in Ticket.objects.all()), abs=0.01)
    assert sum(row.serving for row in Tally.objects.all()) == pytest.approx(
        sum(t.served for t in Ticket.objects.all()) + lost(hall), abs=0.01
    )


def lost(hall: Hall) -> float:
    """Seconds served that an event does not report (a served customer put back without a result)."""
    reported = {"ticket.finished", "ticket.advanced", "ticket.held", "ticket.transferred"}
    told = sum(e.data["served"] for e in events.after(hall.id, 0, 10_000) if e.kind in reported) - sum(
        e.data["facts"].get("served", 0)
        for e in events.after(hall.id, 0, 10_000)
        if e.kind == "ticket.undone" and e.data["undone"] in reported
    )
    return float(told - sum(t.served for t in Ticket.objects.all()))


def test_an_undone_finish_does_not_count(hall: Hall) -> None:
    hall.open()
    hall.issue()
    ticket = hall.next()
    queue.finish(ticket_id=ticket.pk, by=hall.actors["agent"], at=minutes(1))
    assert total(hall, minutes(1))["served"] == 1
    queue.undo(site_id=hall.id, counter_id=hall.counters["1"].pk, by=hall.actors["agent"], at=minutes(1))
    found = total(hall, minutes(1))
    assert (found["served"], found["called"], found["mean_service_seconds"]) == (0, 1, None)


def test_the_share_in_time_is_measured_against_the_services_target(hall: Hall) -> None:
    hall.open()
    for wait in (5, 15):
        hall.issue(at=MORNING)
        ticket = hall.next(at=minutes(wait))
        queue.finish(ticket_id=ticket.pk, by=hall.actors["agent"], at=minutes(wait))
    found = total(hall, minutes(20))
    assert found["service_level"] == 0.5
    assert found["mean_wait_seconds"] == 600


def test_a_customer_is_told_once_that_the_turn_is_near(hall: Hall) -> None:
    tickets = [hall.issue(at=minutes(n)) for n in range(6)]
    hall.open()
    catch_up()
    near = [t.number for t in Ticket.objects.exclude(near_at=None).order_by("sequence")]
    assert near == ["A001", "A002", "A003"]
    hall.next(at=minutes(7))
    catch_up()
    catch_up()
    told = [e.data["number"] for e in events.after(hall.id, 0) if e.kind == "ticket.near"]
    assert told == ["A001", "A002", "A003", "A004"]
    assert queries.ticket_by_code(tickets[3].code, at=minutes(7))["near"] is True
    assert queries.ticket_by_code(tickets[4].code, at=minutes(7))["near"] is False


def test_no_turn_is_near_before_a_counter_is_open_and_it_is_told_when_one_opens(hall: Hall) -> None:
    ticket = hall.issue(at=minutes(0))
    catch_up()
    assert not any(e.kind == "ticket.near" for e in events.after(hall.id, 0))
    view = queries.ticket_by_code(ticket.code, at=minutes(1))
    assert (view["near"], view["no_counter"], view["people_ahead"]) == (False, True, 0)
    hall.open(at=minutes(2))
    catch_up()
    assert [e.data["number"] for e in events.after(hall.id, 0) if e.kind == "ticket.near"] == ["A001"]
    view = queries.ticket_by_code(ticket.code, at=minutes(2))
    assert (view["near"], view["no_counter"]) == (True, False)
