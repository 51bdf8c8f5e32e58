"""Plans come at their times, and take back what they did and no more."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.models import Event
from servicehall.rooms.diversion import actions, queries
from servicehall.rooms.diversion.models import LoadRule, Plan
from servicehall.rooms.hall import actions as places
from servicehall.rooms.hall import queries as hall_queries
from servicehall.rooms.hall.models import SpecialDay
from servicehall.rooms.queueing import actions as queue
from tests.hall import Hall, make_hall, minutes, text
from tests.rooms.diversion.loaded import add_rule, lends, served_by

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 3)
TEN, TWENTY = time(10, 0), time(20, 0)


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def at(hall: Hall, day: date, hour: int = 0) -> Any:
    return clock.moment_of(day, time(hour, 1), hall.site.timezone)


def ring(hall: Hall, day: date, hour: int = 0) -> None:
    with clock.at(at(hall, day, hour)):
        timers.run_due()


def plan_for(hall: Hall, **changes: Any) -> Plan:
    fields: dict[str, Any] = {
        "names": text("National Day", "国庆"),
        "first": FIRST,
        "last": LAST,
        "opens": TEN,
        "closes": TWENTY,
    }
    return actions.add_plan(site_id=hall.id, by=hall.actors["manager"], **{**fields, **changes})


def schedule(hall: Hall, plan: Plan) -> Plan:
    return actions.schedule_plan(plan.pk, site_id=hall.id, by=hall.actors["manager"], at=minutes(0))


def test_a_plan_comes_and_goes_at_its_times(hall: Hall) -> None:
    rule = lends(hall)
    quiet = add_rule(hall)
    actions.switch_rule(rule.pk, site_id=hall.id, is_active=False, by=hall.actors["manager"])
    stages = [one.pk for one in hall.services["loan"].stages.all()]
    plan = plan_for(
        hall,
        counters=[actions.CounterServes(hall.counters["1"].pk, stages)],
        rules_on=[rule.pk],
        rules_off=[quiet.pk],
    )
    assert SpecialDay.objects.count() == 0
    schedule(hall, plan)
    assert list(SpecialDay.objects.order_by("date").values_list("date", flat=True)) == [
        FIRST + timedelta(days=n) for n in range(3)
    ]
    assert "loan" not in served_by(hall)
    ring(hall, FIRST - timedelta(days=1), 23)
    assert Plan.objects.get().state == "scheduled"
    ring(hall, FIRST)
    assert Plan.objects.get().state == "applied"
    assert "loan" in served_by(hall)
    assert dict(LoadRule.objects.values_list("pk", "is_active")) == {rule.pk: True, quiet.pk: False}
    ring(hall, LAST, 23)
    assert Plan.objects.get().state == "applied"
    ring(hall, LAST + timedelta(days=1))
    assert Plan.objects.get().state == "done"
    assert "loan" not in served_by(hall)
    assert dict(LoadRule.objects.values_list("pk", "is_active")) == {rule.pk: False, quiet.pk: True}
    kinds = list(Event.objects.filter(kind__startswith="plan.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["plan.scheduled", "plan.applied", "plan.taken-back"]


def test_customers_see_the_hours_of_a_scheduled_plan(hall: Hall) -> None:
    schedule(hall, plan_for(hall))
    hours = hall_queries.schedule_of(hall.site)
    assert not hours.is_open(clock.moment_of(FIRST, time(9, 0), hall.site.timezone))
    assert hours.is_open(clock.moment_of(FIRST, time(11, 0), hall.site.timezone))


def test_days_that_have_special_hours_are_told(hall: Hall) -> None:
    places.add_special_day(
        site=hall.site, day=date(2026, 10, 2), opens=None, closes=None, by=hall.actors["manager"]
    )
    plan = plan_for(hall)
    with pytest.raises(actions.DaysTaken) as refused:
        schedule(hall, plan)
    assert refused.value.facts["days"] == ["2026-10-02"]
    assert SpecialDay.objects.count() == 1
    plan.refresh_from_db()
    assert plan.state == "draft"


def test_a_cancelled_plan_takes_its_days_back_but_not_those_that_a_person_changed(hall: Hall) -> None:
    plan = schedule(hall, plan_for(hall))
    changed = SpecialDay.objects.get(date=FIRST)
    changed.opens = time(8, 0)
    places.save_setup(changed, by=hall.actors["manager"])
    actions.cancel_plan(plan.pk, site_id=hall.id, by=hall.actors["manager"], at=minutes(5))
    assert list(SpecialDay.objects.values_list("date", "opens")) == [(FIRST, time(8, 0))]
    ring(hall, FIRST)
    plan.refresh_from_db()
    assert plan.state == "cancelled"


def test_what_a_person_switched_or_changed_meanwhile_stays(hall: Hall) -> None:
    rule = add_rule(hall)
    stages = [one.pk for one in hall.services["loan"].stages.all()]
    queue.change_counter_stages(
        site_id=hall.id, counter_id=hall.counters["1"].pk, remove=stages, by=hall.actors["manager"]
    )
    serves = [actions.CounterServes(hall.counters["1"].pk, stages)]
    schedule(hall, plan_for(hall, opens=None, closes=None, counters=serves, rules_off=[rule.pk]))
    ring(hall, FIRST)
    actions.switch_rule(rule.pk, site_id=hall.id, is_active=True, by=hall.actors["manager"])
    refund = [one.pk for one in hall.services["refund"].stages.all()]
    queue.change_counter_stages(
        site_id=hall.id, counter_id=hall.counters["1"].pk, remove=refund, by=hall.actors["manager"]
    )
    ring(hall, LAST + timedelta(days=1))
    rule.refresh_from_db()
    assert rule.is_active
    assert served_by(hall) == {"consult", "loan"}


def test_a_plan_is_ended_early_by_hand(hall: Hall) -> None:
    rule = add_rule(hall)
    plan = schedule(hall, plan_for(hall, rules_off=[rule.pk]))
    ring(hall, FIRST)
    second = at(hall, FIRST + timedelta(days=1), 9)
    assert actions.take_back_plan(plan.pk, site_id=hall.id, by=hall.actors["manager"], at=second)
    assert list(SpecialDay.objects.values_list("date", flat=True)) == [FIRST]  # past, so it stays as it was
    rule.refresh_from_db()
    assert rule.is_active
    ring(hall, LAST + timedelta(days=1))
    assert Event.objects.filter(kind="plan.taken-back").count() == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"last": FIRST - timedelta(days=1)}, "last"),
        ({"last": FIRST + timedelta(days=200)}, "last"),
        ({"closes": None}, "closes"),
        ({"opens": None, "closes": None}, "opens"),
        ({"names": {}}, "names"),
    ],
)
def test_what_does_not_fit_is_named(hall: Hall, changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadInput) as refused:
        plan_for(hall, **changes)
    assert wrong in refused.value.facts["errors"]
    assert Plan.objects.count() == 0


def test_a_plan_that_is_over_or_scheduled_is_not_scheduled(hall: Hall) -> None:
    old = plan_for(hall, first=date(2026, 1, 1), last=date(2026, 1, 2))
    with pytest.raises(actions.PlanGone):
        schedule(hall, old)
    plan = schedule(hall, plan_for(hall))
    with pytest.raises(actions.PlanGone):
        schedule(hall, plan)


def test_plans_belong_to_those_who_set_up_their_site(hall: Hall) -> None:
    plan = plan_for(hall)
    bank = make_hall("bank")
    with pytest.raises(NotAllowed):
        actions.schedule_plan(plan.pk, site_id=hall.id, by=hall.actors["supervisor"])
    with pytest.raises(NotFound):
        actions.schedule_plan(plan.pk, site_id=bank.id, by=bank.actors["manager"])
    with pytest.raises(BadInput):
        actions.add_plan(
            site_id=bank.id, names=text("x"), first=FIRST, last=LAST, by=bank.actors["manager"],
            rules_off=[add_rule(hall).pk],
        )  # fmt: skip
    assert [one.pk for one in queries.plans_of(hall.id, actor=hall.actors["supervisor"])] == [plan.pk]
    assert queries.plans_of(bank.id, actor=bank.actors["supervisor"]) == []


def test_of_two_plans_that_want_the_same_the_last_one_takes_it_back(hall: Hall) -> None:
    rule = add_rule(hall)
    schedule(hall, plan_for(hall, opens=None, closes=None, rules_off=[rule.pk]))
    longer = LAST + timedelta(days=2)
    schedule(hall, plan_for(hall, opens=None, closes=None, last=longer, rules_off=[rule.pk]))
    ring(hall, FIRST)
    ring(hall, LAST + timedelta(days=1))
    rule.refresh_from_db()
    assert not rule.is_active
    ring(hall, longer + timedelta(days=1))
    rule.refresh_from_db()
    assert rule.is_active
