"""Waits learned by a site: lessons, what customers are told by them, what came of it, and back to the formula."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicehall.kernel import clock, events, retention
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.rooms.queueing import actions, chores, configuration, quoting, watching
from servicehall.rooms.queueing.history import WaitModel, WaitQuote
from servicehall.rooms.queueing.prediction.happened import TooLittle
from servicehall.rooms.queueing.queries import waits
from tests.hall import MORNING, Hall, catch_up, make_hall, minutes
from tests.remembered import built
from tests.rooms.queueing.past import a_day, live_through, write

TODAY = MORNING
CLOSED = MORNING - timedelta(hours=10)


@pytest.fixture
def bare(db: None) -> Hall:
    """A hall where nothing has happened yet."""
    return make_hall()


@pytest.fixture
def hall(db: None) -> Hall:
    """A hall that has learned from four days; it is the morning of the fifth."""
    configuration.forget()
    watching.forget()
    quoting.forget()
    return built("learned", _taught, empty="hall_site")


def _taught() -> Hall:
    hall = make_hall()
    live_through(hall)
    actions.learn_waits(site_id=hall.id, at=CLOSED)
    return hall


@pytest.fixture
def learned(hall: Hall) -> WaitModel:
    """What it has learned."""
    return WaitModel.objects.get(site_id=hall.id)


def queue_up(hall: Hall, people: int = 6) -> Any:
    """People in the queue, a counter with somebody; the last ticket."""
    hall.open(at=minutes(0))
    for n in range(people):
        last = hall.issue(at=minutes(n / 2))
    hall.next(at=minutes(people / 2))
    return last


def a_day_seen(hall: Hall, *, day: int = 0, **rest: Any) -> None:
    """A day, which the worker follows as it happens."""
    start = TODAY + timedelta(days=day)
    with clock.at(start + timedelta(hours=12)):
        write(hall, a_day(hall, start, **rest), between=catch_up)


def test_a_lesson_is_kept_with_how_good_it_was(hall: Hall, learned: WaitModel) -> None:
    assert (learned.version, learned.state, learned.used_from) == (1, "in_use", CLOSED)
    assert learned.trained_on > 1000
    assert learned.judged == pytest.approx(learned.trained_on / 4, abs=1)
    assert learned.rmse < learned.formula_rmse
    assert 0.7 <= learned.coverage <= 0.9
    (fact,) = [e.data for e in events.after(hall.id, 0, 10_000) if e.kind == "waits.learned"]
    assert fact == {"model": 1, "waits": learned.trained_on, "used": True}


def test_too_few_waits_teach_nothing(bare: Hall) -> None:
    write(bare, a_day(bare, MORNING - timedelta(days=1), visits=200))
    with pytest.raises(TooLittle):
        actions.learn_waits(site_id=bare.id, at=CLOSED)
    assert not WaitModel.objects.exists()


def test_what_is_worse_is_not_used(hall: Hall, learned: WaitModel, monkeypatch: pytest.MonkeyPatch) -> None:
    from servicehall.rooms.queueing.prediction import learning
    from servicehall.rooms.queueing.prediction.verdict import Score

    lesson = learning.Lesson
    monkeypatch.setattr(lesson, "is_better", property(lambda one: one.before.rmse < 0))
    second = actions.learn_waits(site_id=hall.id, at=CLOSED + timedelta(hours=1))
    assert (second.version, second.state, second.text) == (2, "not_better", "")
    assert second.before_rmse is not None
    learned.refresh_from_db()
    assert learned.state == "in_use"
    monkeypatch.undo()
    good, bad = Score(50, 30, 0), Score(60, 40, 0)
    parts: dict[str, Any] = {
        "text": "",
        "trained_on": 1,
        "learned_to": 0.0,
        "judged": 1,
        "coverage": 0.8,
        "below": 0.0,
        "above": 0.0,
    }
    assert lesson(score=good, formula=bad, before=None, **parts).is_better
    assert not lesson(score=bad, formula=good, before=None, **parts).is_better
    assert not lesson(score=bad, formula=Score(99, 99, 0), before=good, **parts).is_better


def test_a_better_one_replaces_it_and_one_can_go_back(hall: Hall, learned: WaitModel) -> None:
    with pytest.raises(actions.ModelGone):
        actions.use_wait_model(site_id=hall.id, version=1, by=hall.actors["manager"])
    live_through(hall, days=1, before=MORNING + timedelta(days=1))
    WaitModel.objects.update(learned_to=MORNING - timedelta(days=30))
    second = actions.learn_waits(site_id=hall.id, at=MORNING + timedelta(hours=13))
    if second.state != "in_use":  # which of two is better is for the numbers to say; here both may be
        WaitModel.objects.filter(pk=learned.pk).update(state="retired")
        WaitModel.objects.filter(pk=second.pk).update(state="in_use", text=learned.text)
    for name in ("agent", "supervisor"):
        with pytest.raises(NotAllowed):
            actions.use_wait_model(site_id=hall.id, version=1, by=hall.actors[name])
    with pytest.raises(NotFound):
        actions.use_wait_model(site_id=hall.id, version=9, by=hall.actors["manager"])
    actions.use_wait_model(site_id=hall.id, version=1, by=hall.actors["manager"], at=minutes(60))
    found = dict(WaitModel.objects.values_list("version", "state"))
    assert found == {1: "in_use", 2: "retired"}
    assert events.after(hall.id, events.last_seq(hall.id) - 1)[0].data == {"model": 1, "before": 2}


def test_a_ticket_and_a_service_say_what_was_learned(hall: Hall, learned: WaitModel) -> None:
    setup = configuration.of_site(hall.id)
    last = queue_up(hall)
    stage, now = last.stage_id, minutes(3.1)
    asked = watching.of_ticket(setup, last.pk, stage, now, fresh=False)
    ahead, told = waits.place(last, setup, now)
    assert (ahead, told) == (4, asked)
    assert told is not None
    work = waits.workforce(setup, now)
    assert waits.stage_range(setup, work, stage, 5) == watching.of_newcomers(setup, now)[stage]
    WaitModel.objects.update(state="drifted")
    watching.forget()
    formula = waits.place(last, setup, now)
    assert formula[0] == 4
    assert formula[1] is not None
    assert watching.of_newcomers(setup, now) == {}


def test_a_prediction_uses_only_what_was_known(hall: Hall, learned: WaitModel) -> None:
    """The same moment is said the same, whether the log ends there or goes on."""
    day = a_day(hall, MORNING, seed=9)
    past = [fact for fact in day if fact[0] <= minutes(120)]
    now = past[-1][0] + timedelta(seconds=1)
    write(hall, past)
    setup = configuration.of_site(hall.id)
    before = watching.Lines.begun(setup, kinds=learned.kinds, up_to=events.last_seq(hall.id))
    seq = before.seq
    write(hall, day[len(past) :])
    after = watching.Lines.begun(setup, kinds=learned.kinds, up_to=seq)
    on = watching.Lines.begun(setup, kinds=learned.kinds, up_to=seq - 50)
    on.read_on(seq)
    for stage in learned.kinds[:1]:
        said = before.pools.of_newcomer(now.timestamp(), stage, "walk-in")
        assert said == after.pools.of_newcomer(now.timestamp(), stage, "walk-in")
        # Warm from a little earlier on: what is counted since the beginning differs by a hair.
        other = on.pools.of_newcomer(now.timestamp(), stage, "walk-in")
        assert other.features == pytest.approx(said.features, rel=0.03)


def test_what_was_told_is_kept_with_what_came_of_it(hall: Hall, learned: WaitModel) -> None:
    a_day_seen(hall, seed=21)
    a_day_seen(hall, seed=22, day=1)
    a_day_seen(hall, seed=23, day=2)
    ended = WaitQuote.objects.filter(day__gte=MORNING.date(), wait__isnull=False)
    assert ended.count() > 700
    inside = sum(one.low <= one.wait <= one.high for one in ended if one.wait is not None)
    assert 0.72 <= inside / ended.count() <= 0.88
    one = ended.filter(version=1).first()
    assert one is not None
    assert (one.service_id in {s.pk for s in hall.services.values()}, one.hour >= 10) == (True, True)
    learned.refresh_from_db()
    assert learned.ended >= ended.filter(version=1).count() > 600
    assert learned.state == "in_use"
    assert (learned.below, learned.above) != (0, 0)


def test_a_batch_that_is_given_again_writes_nothing_twice(hall: Hall, learned: WaitModel) -> None:
    day = a_day(hall, MORNING, seed=4, visits=60)
    write(hall, day)
    batch = [e for e in events.after(hall.id, 0, 100_000) if e.at >= MORNING and e.kind.startswith("ticket.")]
    with clock.at(minutes(600)):
        quoting.keep_quotes(batch[:80])
        first = list(WaitQuote.objects.order_by("pk").values_list("ticket_id", "expected"))
        WaitQuote.objects.all().delete()  # what was written was undone with the transaction
        quoting.keep_quotes(batch[:80])
    assert list(WaitQuote.objects.order_by("pk").values_list("ticket_id", "expected")) == first


def test_a_model_whose_ranges_hold_no_longer_is_taken_out_of_use(hall: Hall, learned: WaitModel) -> None:
    WaitModel.objects.update(inside=0.55, ended=60)
    a_day_seen(hall, seed=3, visits=60)
    learned.refresh_from_db()
    assert learned.state == "drifted"
    facts = [e.data for e in events.after(hall.id, 0, 100_000) if e.kind == "waits.drifted"]
    assert [one["model"] for one in facts] == [1]
    assert watching.in_use(hall.id) is None


def test_the_formula_is_kept_too_as_it_was_told(bare: Hall) -> None:
    now = clock.now()
    bare.open(at=now)
    first, second = bare.issue(at=now), bare.issue(at=now + timedelta(seconds=1))
    with clock.at(now + timedelta(seconds=2)):
        catch_up()
    told = {one.ticket_id: one for one in WaitQuote.objects.all()}
    assert {one.version for one in told.values()} == {None}
    assert (told[first.pk].low, told[first.pk].high, told[first.pk].expected) == (0, 60, 30)
    assert told[second.pk].expected == pytest.approx(300)
    bare.next(at=now + timedelta(seconds=40))
    with clock.at(now + timedelta(seconds=41)):
        catch_up()
    assert WaitQuote.objects.get(ticket_id=first.pk).wait == pytest.approx(40)
    old = bare.issue(at=now - timedelta(minutes=10))
    with clock.at(now + timedelta(seconds=42)):
        catch_up()
    assert not WaitQuote.objects.filter(ticket_id=old.pk).exists(), "the counters of then are not known"


def test_whatever_fails_the_formula_stands_in(hall: Hall, learned: WaitModel) -> None:
    setup = configuration.of_site(hall.id)
    last = queue_up(hall)
    for text in ("", "{}", '{"form": 99}', "no model"):
        WaitModel.objects.update(text=text)
        watching.forget()
        ahead, told = waits.place(last, setup, minutes(3.1))
        assert (ahead, told is not None) == (4, True)
        assert waits.workforce(setup, minutes(3.1)).newcomers == {}
    catch_up()  # the follower goes on as well


def test_of_a_longer_queue_than_ever_the_formula_speaks(hall: Hall, learned: WaitModel) -> None:
    setup = configuration.of_site(hall.id)
    hall.open(at=MORNING)
    for n in range(120):
        last = hall.issue(at=minutes(n / 100))
    hall.next(at=minutes(2))
    assert watching.of_ticket(setup, last.pk, last.stage_id, minutes(2.1), fresh=False) is None
    assert waits.place(last, setup, minutes(2.1))[1] is not None


def test_a_site_without_a_model_costs_one_statement_every_half_minute(bare: Hall) -> None:
    setup = configuration.of_site(bare.id)
    last = queue_up(bare)
    waits.place(last, setup, minutes(3.1))
    with CaptureQueriesContext(connection) as seen:
        waits.place(last, setup, minutes(3.1))
    assert len(seen) == 1


def test_a_model_costs_two_statements_a_second(hall: Hall, learned: WaitModel) -> None:
    setup = configuration.of_site(hall.id)
    last = queue_up(hall)
    waits.place(last, setup, minutes(3.1))
    kept = watching._sites[hall.id]
    kept.good_until = time.monotonic() + 100
    with CaptureQueriesContext(connection) as seen:
        waits.place(last, setup, minutes(3.2))
    assert len(seen) == 1
    kept.good_until = 0.0
    with CaptureQueriesContext(connection) as seen:
        waits.place(last, setup, minutes(3.3))
    assert len(seen) == 3


def test_who_has_just_come_is_known_at_once(hall: Hall, learned: WaitModel) -> None:
    setup = configuration.of_site(hall.id)
    queue_up(hall)
    waits.workforce(setup, minutes(3.1))
    watching._sites[hall.id].good_until = time.monotonic() + 100
    came = hall.issue(at=minutes(3.2))
    assert watching.of_ticket(setup, came.pk, came.stage_id, minutes(3.2), fresh=False) is None
    assert watching.of_ticket(setup, came.pk, came.stage_id, minutes(3.2), fresh=True) is not None


def test_500_tickets_are_predicted_fast(hall: Hall, learned: WaitModel) -> None:
    setup = configuration.of_site(hall.id)
    lines = watching.Lines.begun(setup, kinds=learned.kinds, up_to=events.last_seq(hall.id))
    now = MORNING.timestamp()
    for n in range(500):
        facts = {"ticket": f"{n}", "stage": learned.kinds[0], "priority": "walk-in"}
        lines.pools.tell("ticket.issued", now + n, facts)
    used = watching.in_use(hall.id)
    assert used is not None
    model = watching.model_of(used)

    def best(act: Any) -> float:
        times = []
        for _ in range(5):
            begun = time.process_time()
            act()
            times.append(time.process_time() - begun)
        return min(times)

    assert best(lambda: model.waits(lines.pools.sights(now + 600, [str(n) for n in range(500)]))) <= 0.1
    assert best(lambda: model.waits([lines.pools.sight(now + 600, "250")])) <= 0.01


def test_it_is_learned_once_a_day_after_closing(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    from datetime import time as wall

    hall = make_hall("office", hours=[(day, wall(9), wall(18)) for day in range(7)])
    setup = configuration.of_site(hall.id)
    evening, noon = minutes(10 * 60), minutes(60)
    assert not chores.is_due(setup, evening), "nothing to learn from"
    live_through(hall, days=2)
    catch_up()
    with clock.at(MORNING):
        from servicehall.rooms.queueing.history import Tally

        assert sum(row.called for row in Tally.objects.all()) >= chores.LEAST
    assert chores.is_due(setup, evening)
    assert not chores.is_due(setup, noon), "who is open has better things to do"
    chores._tried.clear()
    with clock.at(evening):
        chores.learn()
    assert WaitModel.objects.count() == 1
    assert not chores.is_due(setup, evening + timedelta(hours=1))
    assert not chores.is_due(setup, evening + timedelta(hours=24)), "nothing new to learn from"
    with clock.at(evening + timedelta(hours=1)):
        chores.learn()
    assert WaitModel.objects.count() == 1


def test_what_was_told_is_kept_half_a_year(hall: Hall, learned: WaitModel) -> None:
    a_day_seen(hall, visits=40)
    count = WaitQuote.objects.count()
    assert count > 20
    gone = {one.kind: one.count for one in retention.look(at=MORNING + timedelta(days=182))}
    assert gone["queueing.wait-quotes"] == count
    assert gone["queueing.wait-models"] == 0
    retention.apply(at=MORNING + timedelta(days=182))
    assert not WaitQuote.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_processes_say_the_same_and_share_the_calibration(hall: Hall) -> None:
    """A second process is what this one is when it has forgotten what it kept."""
    setup = configuration.of_site(hall.id)
    last = queue_up(hall)
    first = waits.place(last, setup, minutes(4))
    watching.forget()
    assert waits.place(last, setup, minutes(4)) == first
    WaitModel.objects.update(above=3.0)  # another process's worker has learned
    watching._sites[hall.id].good_until = 0.0
    second = waits.place(last, setup, minutes(4))
    assert first[1] is not None
    assert second[1] is not None
    assert second[1].high > first[1].high


@pytest.mark.one_database
def test_nothing_of_the_learning_is_loaded_where_nothing_is_predicted() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'servicehall.settings'; import django;"
        " django.setup(); from servicehall.rooms.queueing import actions, queries, quoting, watching;"
        " sys.exit('lightgbm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_model_that_is_taken_up_again_speaks_at_once(hall: Hall, learned: WaitModel) -> None:
    WaitModel.objects.update(state="drifted")
    watching.forget()
    last = queue_up(hall)
    setup = configuration.of_site(hall.id)
    assert watching.of_ticket(setup, last.pk, last.stage_id, minutes(3.1), fresh=False) is None
    actions.use_wait_model(site_id=hall.id, version=1, by=hall.actors["manager"], at=minutes(3.2))
    setup = configuration.of_site(hall.id)
    told = watching.of_ticket(setup, last.pk, last.stage_id, minutes(3.3), fresh=False)
    assert told is not None
    assert waits.place(last, setup, minutes(3.3))[1] == told
