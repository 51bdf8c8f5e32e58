"""A tried plan of a day becomes a plan for special days, and such a plan is tried out: one path, both ways."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

import pytest

from servicehall.kernel.errors import BadInput, NotAllowed
from servicehall.kernel.models import Event
from servicehall.rooms.diversion import actions as diversion
from servicehall.rooms.diversion.models import Plan
from servicehall.rooms.diversion.queries import HolidayPlan
from servicehall.rooms.diversion.shifts import Turn
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.simulation import queries as simulation
from servicehall.rooms.simulation.actions import holidays, planning
from servicehall.rooms.simulation.day.reading import read
from servicehall.rooms.simulation.holiday import Left, carried_over, document_for, without
from servicehall.rooms.simulation.models import DayPlan
from tests.hall import Hall, catch_up, make_hall, minutes, text

from .plans import document

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 3)
USUAL = document(counters={"1": ["consult"], "2": ["consult"]})


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def stage(hall: Hall, service: str = "consult") -> UUID:
    found: UUID = hall.services[service].stages.get().pk
    return found


def a_holiday(**changed: Any) -> dict[str, Any]:
    """The usual day with longer hours, a temporary point and somebody at counter 2."""
    return document(
        opening=[{"from": "08:00", "to": "12:00"}],
        counters={"1": ["consult"], "2": ["consult"], "T1": ["consult"]},
        roster=[
            {"counter": "1", "from": "08:00", "to": "12:00"},
            {"counter": "2", "from": "10:00", "to": "11:30"},
            {"counter": "T1", "from": "09:00", "to": "12:00"},
        ],
        **changed,
    )


def test_spans_are_taken_from_spans() -> None:
    assert without([(0, 10)], [(2, 3), (5, 20)]) == [(0, 2), (3, 5)]
    assert without([(0, 10)], []) == [(0, 10)]
    assert without([(4, 6)], [(0, 10)]) == []


def test_what_differs_from_a_usual_day_carries_over(hall: Hall) -> None:
    setup = queueing.setup_choices(hall.id)
    found = carried_over(read(a_holiday())[0], read(USUAL)[0], setup)
    assert (found.opens, found.closes) == (time(8), time(12))
    assert [(one.label, one.zone, list(one.stages)) for one in found.points] == [
        ("T1", hall.zone.pk, [stage(hall)])
    ]
    assert [(one.label, one.from_time, one.to_time) for one in found.shifts] == [
        ("1", time(8), time(9)),
        ("2", time(10), time(11, 30)),
        ("T1", time(9), time(12)),
    ]
    same = carried_over(read(USUAL)[0], read(USUAL)[0], setup)
    assert same.is_empty


def test_what_only_a_simulated_day_has_is_named(hall: Hall) -> None:
    made = document(
        demand=1.5,
        opening=[{"from": "09:00", "to": "10:00"}, {"from": "11:00", "to": "12:00"}],
        counters={"1": ["consult"], "a table at the door": ["consult"]},
        roster=[{"counter": "1", "from": "09:00", "to": "11:00"}],
        merging={"lead_minutes": 9},
    )
    found = carried_over(read(made)[0], read(USUAL)[0], queueing.setup_choices(hall.id))
    assert found.left == [
        Left("pause"),
        Left("serves-less", "1"),
        Left("point", "a table at the door"),
        Left("less-staff", "1"),
        Left("demand", "150 %"),
        Left("merging"),
        Left("assumed"),
    ]


def test_a_tried_plan_is_saved_for_dates_and_linked(hall: Hall) -> None:
    manager = hall.actors["manager"]
    plan = planning.add_plan(site_id=hall.id, name="Holiday", document=a_holiday(), by=manager)
    wanted: dict[str, Any] = {"site_id": hall.id, "names": text("National Day"), "first": FIRST, "last": LAST}
    with pytest.raises(NotAllowed):
        holidays.use_on_dates(plan.pk, **wanted, by=hall.actors["supervisor"])
    with pytest.raises(BadInput):
        holidays.use_on_dates(plan.pk, **(wanted | {"last": date(2026, 9, 1)}), by=manager)
    assert Plan.objects.count() == 0
    made, _left = holidays.use_on_dates(plan.pk, **wanted, by=manager)
    assert (made.state, made.opens, made.first) == ("draft", time(8), FIRST)
    assert [one.label for one in made.points.all()] == ["T1"]
    plan.refresh_from_db()
    assert plan.holiday_id == made.pk
    assert [one.pk for one in simulation.tries_of(made.pk, site_id=hall.id, actor=manager)] == [plan.pk]
    assert Event.objects.filter(kind="day-plan.used").count() == 1


def test_a_plan_for_special_days_is_tried_on_a_usual_day(hall: Hall) -> None:
    manager, skilled = hall.actors["manager"], hall.people["colleague"].pk
    hall.open()
    for n in range(3):
        hall.issue(at=minutes(n))
        called = hall.next(at=minutes(n + 1))
        for act in ("start", "finish"):
            getattr(queue, act)(ticket_id=called.pk, by=hall.actors["agent"], at=minutes(n + 1.5))
    catch_up()
    fields = diversion.PlanFields(
        text("National Day"),
        FIRST,
        LAST,
        time(9),
        time(15),
        points=[diversion.PointWanted("T1", hall.zone.pk, [stage(hall, "loan")])],
        shifts=[
            diversion.ShiftWanted(time(11), time(14), staff=skilled, label="T1"),
            diversion.ShiftWanted(time(9), time(12), label="1"),
        ],
    )
    holiday = diversion.add_plan(site_id=hall.id, fields=fields, by=manager)
    made, left = holidays.try_holiday(holiday.pk, site_id=hall.id, by=manager)
    found = made.document
    assert found["opening"] == [{"from": "09:00", "to": "15:00"}]
    assert found["counters"]["T1"] == ["loan"]
    assert {"counter": "T1", "from": "11:00", "to": "14:00", "skills": ["lending"]} in found["roster"]
    at_one = [(one["from"], one["to"]) for one in found["roster"] if one["counter"] == "1"]
    assert at_one == [
        ("10:00", "11:00"),
        ("09:00", "10:00"),
        ("11:00", "12:00"),
    ]  # usually there from 10 to 11
    assert (made.name, made.holiday_id, left) == ("National Day", holiday.pk, [])
    planning.ask_plan(made.pk, site_id=hall.id, days=1, seed=1, by=manager)
    assert planning.try_next()
    assert DayPlan.objects.get().state == "done"


def test_extra_staff_without_a_counter_take_one_that_is_free(hall: Hall) -> None:
    setup = queueing.setup_choices(hall.id)
    fields: dict[str, Any] = {"opens": None, "closes": None, "serves": {}, "switches_rules": True}

    def turn(label: str, day: date = FIRST) -> Turn:
        return Turn(None, label, day, day, time(9), time(12))

    wanted = HolidayPlan(
        FIRST, LAST, turns=[turn(""), turn("", LAST), turn("1", LAST), turn("2", FIRST)], **fields
    )
    found, left = document_for(wanted, USUAL, setup, {})
    assert [one["counter"] for one in found["roster"]] == ["1", "2"]
    assert left == [Left("no-place", "09:00–12:00"), Left("rules")]
