"""The look at the load: what fires, what is over, whoever looks."""

from __future__ import annotations

import threading
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from servicehall.kernel import chores, clock, timers
from servicehall.kernel.errors import BadInput
from servicehall.kernel.models import Event
from servicehall.rooms.diversion import actions, queries
from servicehall.rooms.diversion import chores as our_chores
from servicehall.rooms.diversion.actions import watching
from servicehall.rooms.diversion.models import Episode, LoadRule, Watch
from servicehall.rooms.hall import actions as places
from servicehall.rooms.queueing import configuration
from tests.hall import Hall, make_hall, minutes, text
from tests.rooms.diversion.loaded import add_rule, fill, leave, lends, look, served_by, the

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="load.").order_by("id").values_list("kind", flat=True))


def test_a_hall_without_rules_is_not_looked_at(hall: Hall, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert look(hall, 0) == [0]


def test_an_automatic_rule_fires_once_and_ends_by_itself(hall: Hall) -> None:
    add_rule(hall)
    tickets = fill(hall)
    assert look(hall, 0, 1, 2, 2.1, 3) == [0, 0, 1, 0, 0]
    assert the(hall).state == "running"
    leave(tickets, at=minutes(4))
    assert look(hall, 4, 5, 6, 7) == [0, 0, 1, 0]
    episode = the(hall)
    assert (episode.state, episode.over_at, episode.stopped_at) == ("over", minutes(6), minutes(6))
    assert kinds() == ["load.rule-changed", "load.begun", "load.over"]


def test_what_is_proposed_and_not_decided_is_withdrawn_when_the_load_is_over(hall: Hall) -> None:
    add_rule(hall, mode="proposed")
    tickets = fill(hall)
    look(hall, 0, 2)
    assert the(hall).state == "proposed"
    leave(tickets, at=minutes(3))
    look(hall, 3, 5)
    episode = the(hall)
    assert (episode.state, episode.started_at) == ("over", None)
    assert kinds() == ["load.rule-changed", "load.proposed", "load.over"]


def test_two_workers_act_once(hall: Hall) -> None:
    rule = lends(hall)
    fill(hall)
    look(hall, 0, 1)
    seen = watching.rules_to_watch(hall.id)  # what the second worker read before the first one acted
    assert len(seen) == 1
    assert look(hall, 2, 2) == [1, 0]
    assert Episode.objects.filter(rule=rule).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Episode.objects.create(site_id=hall.id, rule=rule, state="proposed", value=3, began_at=minutes(2))


@pytest.mark.django_db(transaction=True)
def test_workers_in_a_race_act_once() -> None:
    configuration.forget()
    hall = make_hall()
    lends(hall)
    fill(hall)
    look(hall, 0, 1)
    ready, acted = threading.Barrier(3), []

    def work() -> None:
        try:
            ready.wait(20)
            acted.append(actions.watch_site(hall.id, at=minutes(2)))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(acted) == [0, 0, 1]
    assert Event.objects.filter(kind="load.begun").count() == 1


def test_a_restart_forgets_nothing(hall: Hall) -> None:
    add_rule(hall)
    fill(hall)
    look(hall, 0)
    configuration.forget()  # a new process knows what the database holds
    assert Watch.objects.get().beyond_since == minutes(0)
    assert look(hall, 2) == [1]


def test_outside_of_its_hours_a_rule_does_nothing_and_ends(hall: Hall) -> None:
    add_rule(hall, from_time=time(10, 0), to_time=time(10, 5))  # the morning begins at ten
    fill(hall, 4)
    assert look(hall, 0, 2, 4, 5, 6) == [0, 1, 0, 1, 0]
    assert the(hall).over_at == minutes(5)


def test_a_rule_for_one_service_does_not_see_others(hall: Hall) -> None:
    add_rule(hall, services=[hall.services["refund"].pk])
    fill(hall, 5, "consult")
    assert look(hall, 0, 2, 4) == [0, 0, 0]
    fill(hall, 3, "refund", at=minutes(4))
    assert look(hall, 4.5, 6.5) == [0, 1]


def test_the_counter_gets_its_services_back_as_they_were(hall: Hall) -> None:
    lends(hall)
    tickets = fill(hall)
    before = served_by(hall)
    assert "loan" not in before
    look(hall, 0, 2)
    assert served_by(hall) == before | {"loan"}
    leave(tickets, at=minutes(3))
    look(hall, 3, 5)
    assert served_by(hall) == before
    setup = configuration.of_site(hall.id)
    assert len(setup.counter("1").stages) == 3


def test_what_the_counter_served_already_stays(hall: Hall) -> None:
    stages = [one.pk for name in ("consult", "loan") for one in hall.services[name].stages.all()]
    rule = lends(hall)
    rule.stages.set(stages)
    tickets = fill(hall)
    look(hall, 0, 2)
    assert len(the(hall).did["added"]) == 1
    leave(tickets, at=minutes(3))
    look(hall, 3, 5)
    assert "consult" in served_by(hall)
    assert "loan" not in served_by(hall)


def test_two_rules_that_lend_the_same_take_it_back_after_the_last(hall: Hall) -> None:
    lends(hall)
    stages = [one.pk for one in hall.services["loan"].stages.all()]
    add_rule(
        hall, action="counter-services", counter=hall.counters["1"].pk, stages=stages, threshold=2, over_at=0
    )
    tickets = fill(hall)
    assert look(hall, 0, 2) == [0, 2]
    leave(tickets[:2], at=minutes(3))  # one waits: the first rule is over, the second is not
    assert look(hall, 3, 5) == [0, 1]
    assert "loan" in served_by(hall)
    leave(tickets[2:], at=minutes(6))
    assert look(hall, 6, 8) == [0, 1]
    assert "loan" not in served_by(hall)


def test_waits_before_while_and_after_are_measured(hall: Hall) -> None:
    add_rule(hall)
    hall.issue(at=minutes(-10))
    hall.open("1", at=minutes(-5))
    hall.next("1", at=minutes(-4))
    tickets = fill(hall)
    look(hall, 0, 2)
    leave(tickets, at=minutes(3))
    look(hall, 3, 5)
    episode = the(hall)
    assert episode.before == {"count": 1, "mean": 360.0}
    assert episode.meanwhile == {"count": 0, "mean": None}
    assert episode.afterwards == {}
    with clock.at(minutes(36)):
        timers.run_due()
    episode.refresh_from_db()
    assert episode.afterwards == {"count": 0, "mean": None}


def test_the_worker_looks_at_each_hall_with_rules(hall: Hall) -> None:
    add_rule(hall)
    fill(hall)
    for minute in (0, 2):
        with clock.at(minutes(minute)):
            our_chores.watch()
    assert the(hall).state == "running"
    assert "diversion.watch" in chores._registered


def test_the_number_of_statements_does_not_depend_on_the_rules(
    hall: Hall, django_assert_max_num_queries: Any
) -> None:
    add_rule(hall, threshold=50)
    fill(hall)
    with django_assert_max_num_queries(20) as few:
        look(hall, 1)
    for _ in range(5):
        add_rule(hall, threshold=50)
    with django_assert_max_num_queries(len(few)):
        look(hall, 1)


@pytest.mark.parametrize(("weekdays", "fires"), [(0b0000010, 1), (0b1111101, 0)])
def test_a_rule_of_other_weekdays_does_nothing(hall: Hall, weekdays: int, fires: int) -> None:
    add_rule(hall, weekdays=weekdays)  # the clock stands at a Tuesday
    fill(hall)
    assert look(hall, 0, 2) == [0, fires]


def test_a_rule_may_leave_special_days_out_now_and_when_tried(hall: Hall) -> None:
    manager = hall.actors["manager"]
    rule = add_rule(hall, on_holidays=False, measure="waiting", threshold=3)
    fill(hall)
    places.add_special_day(
        site=hall.site, day=date(2026, 3, 3), opens=time(8), closes=time(22), names=text("Fair"), by=manager
    )
    assert look(hall, 0, 2) == [0, 0]

    def fired(one: LoadRule) -> int:
        tried = queries.try_rule(hall.id, one.pk, date(2026, 3, 3), actor=manager, at=minutes(30))
        return len(tried.fired) if tried else -1

    assert fired(rule) == 0
    with_them = add_rule(hall, measure="waiting", threshold=3)
    assert fired(with_them) == 1
    weekend = add_rule(hall, measure="waiting", threshold=3, weekdays=0b1100000)
    assert fired(weekend) == 0


@pytest.mark.parametrize("weekdays", [0, 128])
def test_a_rule_of_no_weekday_is_refused(hall: Hall, weekdays: int) -> None:
    with pytest.raises(BadInput) as refused:
        add_rule(hall, weekdays=weekdays)
    assert set(refused.value.facts["errors"]) == {"weekdays"}
