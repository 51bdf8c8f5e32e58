"""Plans are kept, changed by one at a time, and tried out by the worker, once."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from typing import Any

import pytest

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.simulation import chores, queries
from servicehall.rooms.simulation.actions import planning
from servicehall.rooms.simulation.day import trying
from servicehall.rooms.simulation.day.findings import UnusablePlan
from servicehall.rooms.simulation.models import DONE, DRAFT, FAILED, RUNNING, WAITING, DayPlan
from tests.hall import Hall, make_hall, make_site

from .plans import consult, document


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


def add(hall: Hall, made: dict[str, Any] | None = None, name: str = "Tuesday") -> DayPlan:
    return planning.add_plan(
        site_id=hall.id, name=name, document=made or document(), by=hall.actors["manager"]
    )


def facts() -> list[str]:
    return list(
        Event.objects.filter(kind__startswith="day-plan.").order_by("seq").values_list("kind", flat=True)
    )


def ask(hall: Hall, plan: DayPlan, **rest: Any) -> DayPlan:
    how = {"days": 3, "seed": 1} | rest
    return planning.ask_plan(plan.pk, site_id=hall.id, by=hall.actors["manager"], **how)


def test_a_plan_is_tried_out_by_the_worker_and_its_figures_stay(hall: Hall) -> None:
    plan = add(hall)
    ask(hall, plan)
    chores.try_plans()
    plan.refresh_from_db()
    assert (plan.state, plan.days_done) == (DONE, 3)
    assert plan.figures is not None
    assert plan.figures["groups"]["all"]["served"]["mean"] > 10
    assert facts() == ["day-plan.added", "day-plan.asked", "day-plan.tried"]
    assert not planning.try_next()


def test_a_changed_plan_has_no_figures_any_more_and_a_stale_change_is_refused(hall: Hall) -> None:
    plan = add(hall)
    ask(hall, plan)
    chores.try_plans()
    about: dict[str, Any] = {"site_id": hall.id, "by": hall.actors["manager"], "name": "Tuesday"}
    changed = planning.change_plan(plan.pk, document=consult(no_show=0.5), version=1, **about)
    assert (changed.state, changed.figures, changed.version) == (DRAFT, None, 2)
    with pytest.raises(planning.PlanChangedMeanwhile):
        planning.change_plan(plan.pk, document=document(), version=1, **about)
    plan.refresh_from_db()
    assert plan.document["services"]["consult"]["no_show"] == 0.5


def test_a_hall_without_services_has_no_usual_day(hall: Hall) -> None:
    site, _zone = make_site("new")
    with pytest.raises(UnusablePlan) as caught:
        planning.add_plan(site_id=site.pk, name="Usual", by=SYSTEM)
    assert [one.code for one in caught.value.findings] == ["no-services"]
    assert not DayPlan.objects.exists()


def test_a_plan_that_makes_no_sense_is_not_kept(hall: Hall) -> None:
    plan = add(hall)
    with pytest.raises(UnusablePlan):
        add(hall, document(demand=-1))
    with pytest.raises(UnusablePlan):
        planning.change_plan(
            plan.pk,
            site_id=hall.id,
            document=document(roster=5),
            name="x",
            version=1,
            by=hall.actors["manager"],
        )
    for name in (" ", "a\0b", "\ud800"):
        with pytest.raises(BadInput):
            add(hall, name=name)
    for days, seed in ((0, 1), (1001, 1), (3, -1), (3, 2**31)):
        with pytest.raises(BadInput):
            ask(hall, plan, days=days, seed=seed)
    plan.refresh_from_db()
    assert (plan.state, plan.version) == (DRAFT, 1)
    assert facts() == ["day-plan.added"]


def test_what_is_being_tried_is_neither_changed_nor_tried_twice_and_can_be_stopped(hall: Hall) -> None:
    plan = add(hall)
    ask(hall, plan)
    with pytest.raises(planning.PlanInUse):
        ask(hall, plan)
    with pytest.raises(planning.PlanInUse):
        planning.change_plan(
            plan.pk, site_id=hall.id, document=document(), name="x", version=1, by=hall.actors["manager"]
        )
    planning.stop_plan(plan.pk, site_id=hall.id, by=hall.actors["manager"])
    plan.refresh_from_db()
    assert plan.state == DRAFT
    assert not planning.try_next()


def test_a_plan_whose_worker_died_is_tried_by_another_one_and_by_one_that_lives_it_is_not(hall: Hall) -> None:
    plan = add(hall)
    ask(hall, plan)
    DayPlan.objects.filter(pk=plan.pk).update(state=RUNNING, beat_at=clock.now())
    assert not planning.try_next()
    DayPlan.objects.filter(pk=plan.pk).update(
        beat_at=clock.now() - planning.GONE_AFTER - timedelta(seconds=1)
    )
    assert planning.try_next()
    plan.refresh_from_db()
    assert plan.state == DONE


def test_a_kept_plan_that_can_be_used_no_more_fails_in_peace(hall: Hall) -> None:
    plan = add(hall)
    ask(hall, plan)
    DayPlan.objects.filter(pk=plan.pk).update(document=document(roster=7))
    assert planning.try_next()
    plan.refresh_from_db()
    assert (plan.state, plan.figures) == (FAILED, None)
    assert not planning.try_next()


def test_what_breaks_on_the_way_fails_once_and_a_process_that_was_killed_is_made_good(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = add(hall)

    def breaks(problem: Exception) -> None:
        def out(*_plan: Any, **_how: Any) -> Any:
            raise problem

        monkeypatch.setattr(planning, "try_out", out)

    breaks(BrokenProcessPool())
    ask(hall, plan)
    assert planning.try_next()
    plan.refresh_from_db()
    assert plan.state == RUNNING
    DayPlan.objects.update(beat_at=clock.now() - planning.GONE_AFTER - timedelta(seconds=1))
    breaks(ZeroDivisionError())
    assert planning.try_next()
    plan.refresh_from_db()
    assert (plan.state, plan.figures) == (FAILED, None)
    assert not planning.try_next()


def test_who_was_stopped_keeps_no_figures_for_days_that_another_one_tries(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = add(hall)
    real = trying.try_out

    def meanwhile(*plan_: Any, **how: Any) -> Any:
        planning.stop_plan(plan.pk, site_id=hall.id, by=hall.actors["manager"])
        ask(hall, plan, days=5)
        DayPlan.objects.update(state=RUNNING, beat_at=clock.now())
        return real(*plan_, **how)

    monkeypatch.setattr(planning, "try_out", meanwhile)
    ask(hall, plan, days=2)
    assert planning.try_next()
    plan.refresh_from_db()
    assert (plan.state, plan.days, plan.figures) == (RUNNING, 5, None)


def test_a_copy_is_a_plan_of_its_own_and_the_oldest_asked_is_tried_first(hall: Hall) -> None:
    plan = add(hall)
    copy = planning.copy_plan(plan.pk, site_id=hall.id, name="Holiday", by=hall.actors["manager"])
    assert copy.document == plan.document | {"name": "Holiday"}
    planning.remove_plan(plan.pk, site_id=hall.id, by=hall.actors["manager"])
    assert [one.name for one in queries.plans(hall.id, actor=hall.actors["supervisor"])] == ["Holiday"]


def test_a_site_keeps_so_many_plans(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST_PLANS", 1)
    add(hall)
    with pytest.raises(planning.TooManyPlans):
        add(hall)
    assert DayPlan.objects.count() == 1


def test_only_who_may_makes_plans_and_only_of_their_site(hall: Hall) -> None:
    bank = make_hall("bank")
    plan = add(hall)
    with pytest.raises(NotAllowed):
        planning.add_plan(site_id=hall.id, name="x", document=document(), by=hall.actors["supervisor"])
    with pytest.raises(NotFound):
        planning.remove_plan(plan.pk, site_id=bank.id, by=bank.actors["manager"])
    with pytest.raises(NotFound):
        queries.plan(plan.pk, site_id=hall.id, actor=bank.actors["manager"])
    assert DayPlan.objects.filter(state=WAITING).count() == 0
    assert DayPlan.objects.count() == 1
