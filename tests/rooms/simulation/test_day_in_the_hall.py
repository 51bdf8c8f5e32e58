"""A simulated day is decided by the queue's own rules: it calls whom the hall would have called."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing.queries import rules
from servicehall.rooms.simulation.day.arrivals import MINUTE, visitors
from servicehall.rooms.simulation.day.hall import (
    ABANDONED,
    MISSED,
    SERVED,
    TURNED_AWAY,
    UNSERVED,
    Hall,
    Record,
    simulate_day,
)
from servicehall.rooms.simulation.day.outcome import ALL, of_day
from servicehall.rooms.simulation.day.reading import read
from tests.hall import CUSTOMER, MORNING, make_hall

from .plans import consult, document, plan

if TYPE_CHECKING:
    from servicehall.rooms.simulation.day.plan import Plan


def ends(record: Record) -> dict[str, int]:
    found: dict[str, int] = {}
    for _visitor, how in record.ends:
        found[how] = found.get(how, 0) + 1
    return found


def day(made: dict[str, Any], *, seed: int = 1) -> Record:
    return simulate_day(read(made)[0], seed=seed, day=0)


def called(made: Plan) -> list[tuple[str, int]]:
    """(class, arrival) in the order of the calls."""
    return [(key, at) for _service, key, at, _waited, _in in simulate_day(made, seed=3, day=0).calls]


@pytest.mark.django_db
@pytest.mark.parametrize("discipline", list(rules.DISCIPLINES))
def test_the_simulated_hall_calls_in_the_order_of_the_real_one(discipline: str) -> None:
    made = plan(rules={"discipline": discipline, "come_minutes": 0, "between_minutes": 0})
    hall = make_hall()
    queue.set_rules(site_id=hall.id, by=SYSTEM, discipline=discipline)
    counter = hall.open("1", at=MORNING)
    # The simulated day begins at the morning's midnight; 09:00 of it is the morning.
    midnight = MORNING - timedelta(hours=9)
    coming = [(midnight + timedelta(microseconds=v.at), v) for v in visitors(made, seed=3, day=0)]
    coming = [(at, v) for at, v in coming if at < MORNING + timedelta(hours=3)]
    by_ticket, order, free = {}, [], MORNING
    while free < MORNING + timedelta(hours=3):
        while coming and coming[0][0] <= free:
            at, visitor = coming.pop(0)
            ticket = queue.issue_ticket(
                site_id=hall.id, service="consult", priority=visitor.priority, by=CUSTOMER, at=at
            )
            by_ticket[ticket.pk] = (visitor.priority, visitor.at)
        found = queue.call_next(site_id=hall.id, counter_id=counter, by=hall.actors["agent"], at=free)
        if found is None:
            if not coming:
                break
            free = coming[0][0]
            continue
        order.append(by_ticket[found.pk])
        free += timedelta(minutes=6)
        queue.finish(ticket_id=found.pk, by=hall.actors["agent"], at=free)
    assert len(order) > 15
    assert called(made) == order


def test_the_same_seed_is_the_same_day_and_another_one_is_not() -> None:
    made = plan()
    assert called(made) == called(made)
    assert [v.at for v in visitors(made, seed=3, day=0)] != [v.at for v in visitors(made, seed=4, day=0)]
    assert [v.at for v in visitors(made, seed=3, day=0)] != [v.at for v in visitors(made, seed=3, day=1)]


def test_two_plans_meet_the_same_customers() -> None:
    more = plan(counters={"1": ["consult"], "2": ["consult"]})
    one, other = visitors(plan(), seed=1, day=0), visitors(more, seed=1, day=0)
    assert [(v.at, v.priority, v.takes, v.patience) for v in one] == [
        (v.at, v.priority, v.takes, v.patience) for v in other
    ]


def test_everybody_who_comes_ends_in_one_way() -> None:
    made = consult(patience=8, no_show=0.2, returns=0.5, postpones=0.3, max_waiting=2)
    record = day(made)
    found = ends(record)
    assert len({id(v) for v, _how in record.ends}) == len(record.ends)
    assert sum(found.values()) == len(visitors(read(made)[0], seed=1, day=0))
    assert set(found) <= {SERVED, ABANDONED, MISSED, TURNED_AWAY, UNSERVED}
    assert found[SERVED]
    assert found[ABANDONED]
    assert found[TURNED_AWAY]


def test_who_loses_patience_leaves_and_is_not_called() -> None:
    made = consult(patience={"kind": "constant", "mean": 5}, arrivals={"9": 200})
    record = day(made)
    assert max(waited for *_rest, waited, _in in record.calls) <= 5 * MINUTE
    assert ends(record)[ABANDONED] > 100


def test_who_comes_back_in_time_after_a_missed_call_rejoins_and_later_does_not() -> None:
    made = consult(no_show=1.0, returns=1.0, return_minutes=2, arrivals={"9": 5})
    in_time = day(made | {"rules": made["rules"] | {"return_minutes": 60}})
    # Three missed calls each, then they come (see arrivals.ROUNDS).
    assert ends(in_time) == {SERVED: len(in_time.ends)}
    too_late = day(made | {"rules": made["rules"] | {"return_minutes": 0}})
    assert ends(too_late) == {MISSED: len(too_late.ends)}


def test_who_lets_others_go_first_is_called_behind_so_many() -> None:
    made = consult(postpones=0.3, arrivals={"9": 30}, classes={"walk-in": 1})
    record = day(made)
    in_order = [at for _s, _c, at, _w, _in in record.calls]
    assert in_order != sorted(in_order)
    made["rules"] = made["rules"] | {"postpone_times": 0}
    in_order = [at for _s, _c, at, _w, _in in day(made).calls]
    assert in_order == sorted(in_order)


def test_the_second_stage_begins_a_new_wait_at_its_own_counter() -> None:
    made = document(
        services={
            "loan": {
                "arrivals": {"9": 10},
                "stages": [{"name": "form", "minutes": 1}, {"name": "sign", "minutes": 1, "skills": ["pen"]}],
            }
        },
        counters={"1": ["loan:1"], "2": ["loan:2"]},
        roster=[
            {"counter": "1", "from": "09:00", "to": "12:00", "skills": []},
            {"counter": "2", "from": "09:00", "to": "12:00", "skills": ["pen"]},
        ],
    )
    record = day(made)
    assert ends(record) == {SERVED: len(record.ends)}
    assert len(record.calls) == 2 * len(record.ends)
    made["roster"][1]["skills"] = []
    assert SERVED not in ends(day(made))


def test_a_counter_serves_to_the_end_whom_it_called_and_sends_the_rest_home() -> None:
    record = day(consult(arrivals={"9": 60, "10": 60}))
    assert ends(record)[UNSERVED] > 30
    assert max(ends for _begins, ends in record.staffed) <= (12 * 60 + 6) * MINUTE
    assert max(v.left for v, how in record.ends if how == UNSERVED) == 12 * 60 * MINUTE


def test_to_come_early_gains_nothing_and_to_come_late_is_to_walk_in() -> None:
    at = 600 * MINUTE
    for arrived in (500 * MINUTE, 590 * MINUTE, at, 605 * MINUTE):
        assert rules.booked_key(at, arrived, lead=5 * MINUTE, late=10 * MINUTE) == 595 * MINUTE
    assert rules.booked_key(at, 611 * MINUTE, lead=5 * MINUTE, late=10 * MINUTE) == 611 * MINUTE
    front = {
        wait: rules.booked_key(at, at, lead=30 * MINUTE, late=10 * MINUTE, rule="front", wait=wait * MINUTE)
        for wait in (0, 20, 50)
    }
    assert front == {0: 600 * MINUTE, 20: 580 * MINUTE, 50: 570 * MINUTE}
    assert rules.booked_key(at, at, lead=30 * MINUTE, late=0, rule="booked") == at


def test_a_longer_lead_brings_booked_customers_forward_at_the_cost_of_others() -> None:
    made = consult(arrivals={"9": 14, "10": 14, "11": 4}, classes={"walk-in": 1})
    made["classes"]["booked"] = {}
    made["appointments"] = [{"service": "consult", "from": "09:30", "to": "11:30", "every_minutes": 30}]
    waits = {}
    for lead in (0, 60):
        usable = read(made | {"merging": {"priority": "booked", "lead_minutes": lead}})[0]
        days = [of_day(usable, simulate_day(usable, seed=1, day=n)) for n in range(5)]
        waits[lead] = [
            sum(d.groups[g]["wait_mean"] or 0 for d in days) for g in ("class:booked", "class:walk-in")
        ]
    assert waits[60][0] < waits[0][0]
    assert waits[60][1] > waits[0][1]


def test_the_figures_of_a_day_worked_out_by_hand() -> None:
    made = read(consult(arrivals={}, classes={"walk-in": 1}))[0]
    hall = Hall(made, seed=1, day=0)
    people = visitors(read(consult(arrivals={"9": 30}, classes={"walk-in": 1}))[0], seed=1, day=0)[:3]
    # Two come at nine, one at 09:10; each is served for six minutes.
    for visitor, minute in zip(people, (540, 540, 550), strict=True):
        visitor.at = minute * MINUTE
        hall.plan_for(visitor.at, hall.arrive, visitor)
    found = of_day(made, hall.pass_day())
    every = found.groups[ALL]
    assert every["visits"] == every["served"] == 3
    assert every["wait_mean"] == pytest.approx((0 + 360 + 120) / 3)
    assert every["wait_p50"] == 120
    assert found.queue[36] == pytest.approx((6 + 2) / 15)  # 09:00 to 09:15
    assert found.use[9] == pytest.approx(18 / 60)
    assert found.staff[9:12] == [1, 1, 1]


def test_nobody_comes_and_nobody_serves_and_the_day_passes_all_the_same() -> None:
    empty = read(consult(arrivals={}))[0]
    assert of_day(empty, simulate_day(empty, seed=1, day=0)).groups[ALL]["wait_mean"] is None
    alone = read(document(roster=[]))[0]
    assert set(ends(simulate_day(alone, seed=1, day=0))) == {UNSERVED}
