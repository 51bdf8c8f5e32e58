"""The lines that the log tells follow whom somebody moves, sends elsewhere or lets come back."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.kernel import events
from servicehall.rooms.queueing import actions, configuration, watching
from tests.hall import CUSTOMER, Hall, make_hall, minutes


@pytest.fixture
def bare(db: None) -> Hall:
    """A hall where nothing has happened yet."""
    return make_hall()


def line_of(hall: Hall, tickets: list[Any], at: float) -> list[str]:
    """The numbers of those who wait, in the order in which the lines of the log have them."""
    lines = watching.Lines.begun(configuration.of_site(hall.id), kinds=[], up_to=events.last_seq(hall.id))
    waiting = [one for one in tickets if lines.pools.waits(str(one.pk))]
    moment = minutes(at).timestamp()
    return [
        one.number for one in sorted(waiting, key=lambda one: lines.pools.sight(moment, str(one.pk)).ahead)
    ]


def called_in_turn(hall: Hall, count: int, at: float) -> list[str]:
    """The numbers as the counter really calls them."""
    found = []
    for n in range(count):
        called = hall.next(at=minutes(at + n / 10))
        found.append(called.number)
        actions.start(ticket_id=called.pk, by=hall.actors["agent"], at=minutes(at + n / 10))
        actions.finish(ticket_id=called.pk, by=hall.actors["agent"], at=minutes(at + n / 10))
    return found


def test_the_lines_follow_whom_a_supervisor_moves_or_sends_elsewhere(bare: Hall) -> None:
    bare.open(at=minutes(0))
    supervisor = bare.actors["supervisor"]
    some = [bare.issue("consult", at=minutes(n)) for n in range(4)]
    other = [bare.issue("refund", at=minutes(4)), bare.issue("refund", at=minutes(5))]
    actions.move(ticket_id=some[3].pk, places=0, by=supervisor, at=minutes(6))
    actions.move(ticket_id=some[0].pk, places=2, by=supervisor, at=minutes(6.1))
    actions.transfer(ticket_id=other[1].pk, service="consult", by=supervisor, at=minutes(6.2))
    actions.transfer(ticket_id=some[2].pk, service="refund", first=True, by=supervisor, at=minutes(6.3))
    every = [*some, *other]
    told = line_of(bare, every, 7)
    seen = watching.Lines.begun(configuration.of_site(bare.id), kinds=[], up_to=events.last_seq(bare.id))
    first = seen.pools.sight(minutes(7).timestamp(), str(some[3].pk))
    assert first.ahead == 0
    assert first.features[7] < 3600  # how long the head has stood, its head start included: no day
    assert told == called_in_turn(bare, len(every), 8)


def test_the_lines_know_where_somebody_stands_who_came_back_late(bare: Hall) -> None:
    bare.open(at=minutes(0))
    some = [bare.issue("consult", at=minutes(n)) for n in range(6)]
    missed = bare.next(at=minutes(7))
    actions.no_show(ticket_id=missed.pk, by=bare.actors["agent"], at=minutes(8))
    actions.rejoin(ticket_id=missed.pk, by=CUSTOMER, at=minutes(9))
    told = line_of(bare, some, 9.5)
    assert told.index(missed.number) == 3  # behind three others, as the rules say
    assert told == called_in_turn(bare, 6, 10)


def test_who_was_sent_to_a_counter_and_moved_stays_out_of_the_lines(bare: Hall) -> None:
    one = bare.issue("consult", at=minutes(0))
    supervisor, counter = bare.actors["supervisor"], bare.counters["1"].pk
    actions.transfer(ticket_id=one.pk, counter_id=counter, by=supervisor, at=minutes(1))
    actions.move(ticket_id=one.pk, places=0, by=supervisor, at=minutes(2))
    assert line_of(bare, [one], 3) == []
    actions.retire_counter(site_id=bare.id, counter_id=counter, by=bare.actors["manager"], at=minutes(3))
    assert line_of(bare, [one], 4) == [one.number]
