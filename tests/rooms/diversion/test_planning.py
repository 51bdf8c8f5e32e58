"""Plans come at their times, and take back what they did and no more."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.diversion import actions, queries
from servicehall.rooms.diversion.models import LoadRule, Plan
from servicehall.rooms.hall import actions as places
from servicehall.rooms.hall import queries as hall_queries
from servicehall.rooms.hall.models import SpecialDay
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing.models import Counter, CounterStatus
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
    wanted = actions.PlanFields(**{**fields, **changes})
    return actions.add_plan(site_id=hall.id, fields=wanted, by=hall.actors["manager"])


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
    assert kinds == ["plan.saved", "plan.scheduled", "plan.applied", "plan.taken-back"]


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


def test_customers_who_are_booked_for_when_it_would_be_closed_are_told(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = booking.add_resource(site_id=hall.id, slug="room", names=text("Room"), by=SYSTEM)
    booking.add_offer(
        site_id=hall.id, slug="visit", names=text("Visit"), needs=[[room]], horizon_days=300, by=SYSTEM
    )
    nine = clock.moment_of(FIRST, time(9), hall.site.timezone)
    held = booking.hold_time(site_id=hall.id, offer="visit", starts_at=nine, by=SYSTEM, at=minutes(0))
    booked = booking.book(code=held.code, details=booking.Details("Li"), by=SYSTEM, at=minutes(0))
    plan = plan_for(hall)
    with pytest.raises(actions.BookingsOutside) as refused:
        schedule(hall, plan)
    assert refused.value.facts == {"bookings": 1, "first": f"{FIRST} 09:00"}
    assert SpecialDay.objects.count() == 0
    booking.reschedule(code=booked.code, starts_at=nine + timedelta(hours=2), by=SYSTEM, at=minutes(0))
    # Neither a form that somebody fills in nor however many bookings of other days stand in its way.
    booking.hold_time(site_id=hall.id, offer="visit", starts_at=nine, by=SYSTEM, at=minutes(0))
    monkeypatch.setattr("servicehall.rooms.booking.queries.changes.MOST", 0)
    assert schedule(hall, plan).state == "scheduled"


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
        plan_for(bank, rules_off=[add_rule(hall).pk])
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


def point(hall: Hall, label: str = "T1", service: str = "consult") -> actions.PointWanted:
    return actions.PointWanted(label, hall.zone.pk, [one.pk for one in hall.services[service].stages.all()])


def test_a_temporary_counter_exists_while_the_plan_is_in_effect(hall: Hall) -> None:
    before = hall_queries.site(hall.id).setup_version
    plan = schedule(hall, plan_for(hall, points=[point(hall)]))
    assert not Counter.objects.filter(label="T1").exists()
    ring(hall, FIRST)
    made = Counter.objects.get(label="T1")
    assert made.is_active
    assert made.names == {"en": "Counter T1", "zh-Hans": "T1 号窗口"}
    assert {stage.service.slug for stage in made.stages.all()} == {"consult"}
    assert hall_queries.site(hall.id).setup_version > before
    noon = at(hall, FIRST, 12)
    queue.sign_in(site_id=hall.id, counter_id=made.pk, by=hall.actors["agent"], at=noon)
    ticket = hall.issue(at=noon)
    called = queue.call_next(site_id=hall.id, counter_id=made.pk, by=hall.actors["agent"], at=noon)
    assert called is not None
    assert called.pk == ticket.pk
    queue.start(ticket_id=ticket.pk, by=hall.actors["agent"], at=noon)
    queue.finish(ticket_id=ticket.pk, by=hall.actors["agent"], at=noon)
    ring(hall, LAST + timedelta(days=1))
    assert not Counter.objects.get(label="T1").is_active
    assert CounterStatus.objects.get(counter=made).state == "closed"
    plan.refresh_from_db()
    assert plan.state == "done"


def test_the_next_plan_takes_the_same_temporary_counter_again(hall: Hall) -> None:
    schedule(hall, plan_for(hall, opens=None, closes=None, points=[point(hall)]))
    ring(hall, FIRST)
    first = Counter.objects.get(label="T1")
    ring(hall, LAST + timedelta(days=1))
    later = date(2026, 12, 1)
    fields = {"first": later, "last": later, "opens": None, "closes": None}
    schedule(hall, plan_for(hall, **fields, points=[point(hall, service="refund")]))
    ring(hall, later)
    again = Counter.objects.get(label="T1")
    assert (again.pk, again.is_active) == (first.pk, True)
    assert {stage.service.slug for stage in again.stages.all()} == {"refund"}


def test_a_label_that_is_in_use_is_refused_or_left_alone(hall: Hall) -> None:
    with pytest.raises(BadInput) as refused:
        plan_for(hall, points=[point(hall, "1")])
    assert "1" in refused.value.facts["errors"]["points"]
    plan = plan_for(hall, points=[point(hall)])
    stages = list(hall.services["loan"].stages.all())
    rest: dict[str, Any] = {"zone_id": hall.zone.pk, "names": text("Theirs"), "stages": stages}
    theirs = queue.add_counter(site_id=hall.id, label="T1", by=hall.actors["manager"], **rest)
    with pytest.raises(actions.PointsTaken):
        schedule(hall, plan)
    theirs.is_active = False
    places.save_setup(theirs, by=hall.actors["manager"])
    schedule(hall, plan)
    theirs.is_active = True
    places.save_setup(theirs, by=hall.actors["manager"])
    ring(hall, FIRST)
    ring(hall, LAST + timedelta(days=1))
    theirs.refresh_from_db()
    assert (theirs.is_active, theirs.names) == (True, text("Theirs"))


def test_who_was_sent_to_a_temporary_counter_waits_in_the_line_after_it(hall: Hall) -> None:
    plan = schedule(hall, plan_for(hall, points=[point(hall)]))
    ring(hall, FIRST)
    made, noon = Counter.objects.get(label="T1"), at(hall, FIRST, 12)
    ticket = hall.issue(at=noon)
    queue.transfer(ticket_id=ticket.pk, counter_id=made.pk, by=hall.actors["supervisor"], at=noon)
    actions.take_back_plan(plan.pk, site_id=hall.id, by=hall.actors["manager"], at=noon)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.for_counter_id) == ("waiting", None)


def shift(**changes: Any) -> actions.ShiftWanted:
    return actions.ShiftWanted(**{"from_time": TEN, "to_time": time(14), "label": "1", **changes})


def test_extra_staff_are_shown_on_their_days_while_the_plan_is_in_effect(hall: Hall) -> None:
    agent = hall.people["agent"].pk
    second = FIRST + timedelta(days=1)
    shifts = [shift(staff=agent), shift(label="T1", first=second, last=second, to_time=time(2))]
    plan = schedule(hall, plan_for(hall, points=[point(hall)], shifts=shifts))
    assert queries.extra_staff(hall.id, at=at(hall, FIRST, 9)) == []
    ring(hall, FIRST)

    def told(day: date, hour: int) -> list[tuple[Any, str]]:
        found = queries.extra_staff(hall.id, at=at(hall, day, hour))
        return [(one.row.staff_id, one.row.label) for one in found]

    assert told(FIRST, 9) == [(agent, "1")]
    assert told(FIRST, 15) == []
    assert told(second, 9) == [(agent, "1"), (None, "T1")]
    ring(hall, LAST + timedelta(days=1))
    assert told(LAST, 9) == []
    assert plan.shifts.count() == 2


@pytest.mark.parametrize(
    ("shifts", "words"),
    [
        ([{"label": ""}], "Say who comes"),
        ([{"label": "9"}], "There is no counter 9"),
        ([{"first": date(2026, 9, 30)}], "within those of the plan"),
        ([{"to_time": TEN}], "from one time to another"),
        ([{"staff": uuid4()}], "Choose from the list"),
        ([{}, {"from_time": time(13)}], "Two shifts meet"),
        ([{}, {"from_time": time(22), "to_time": time(11)}], "Two shifts meet"),
    ],
)
def test_extra_staff_who_do_not_fit_are_named(hall: Hall, shifts: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        plan_for(hall, shifts=[shift(**one) for one in shifts])
    assert words in refused.value.facts["errors"]["shifts"]
    assert Plan.objects.count() == 0


def test_who_lacks_the_skills_for_a_counter_is_not_planned_there(hall: Hall) -> None:
    lender = point(hall, service="loan")
    unskilled = hall.people["agent"].pk
    with pytest.raises(BadInput) as refused:
        plan_for(hall, points=[lender], shifts=[shift(label="T1", staff=unskilled)])
    assert "lacks the skills" in refused.value.facts["errors"]["shifts"]
    plan_for(hall, points=[lender], shifts=[shift(label="T1", staff=hall.people["colleague"].pk)])


def test_a_plan_that_is_not_scheduled_is_changed(hall: Hall) -> None:
    plan = plan_for(hall, points=[point(hall)], shifts=[shift(label="T1")])
    wanted = actions.PlanFields(text("Spring"), FIRST, FIRST, points=[point(hall, "T2")], shifts=[shift()])
    actions.change_plan(plan.pk, site_id=hall.id, fields=wanted, by=hall.actors["manager"])
    found = queries.plan_of(hall.id, plan.pk, actor=hall.actors["manager"])
    assert (found.names, found.last, found.opens) == (text("Spring"), FIRST, None)
    assert [one.label for one in found.points.all()] == ["T2"]
    assert [one.label for one in found.shifts.all()] == ["1"]
    schedule(hall, plan)
    with pytest.raises(actions.PlanGone):
        actions.change_plan(plan.pk, site_id=hall.id, fields=wanted, by=hall.actors["manager"])
    with pytest.raises(NotAllowed):
        actions.change_plan(plan.pk, site_id=hall.id, fields=wanted, by=hall.actors["supervisor"])
