"""Predictions of waits: from what is known only, better than a rule of thumb, and as often right as they say."""

from __future__ import annotations

import random
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from servicehall.rooms.queueing.prediction.calibration import Calibration
from servicehall.rooms.queueing.prediction.formulas import head_of_line, queue_length_with_leaving
from servicehall.rooms.queueing.prediction.happened import Happened, TooLittle, in_order
from servicehall.rooms.queueing.prediction.model import Model, Unreadable, train
from servicehall.rooms.queueing.prediction.trial import _look, calibrated, try_out
from servicehall.rooms.queueing.prediction.watch import NAMES, Watch

pytestmark = pytest.mark.one_database

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = 1_795_392_000.0 - 8 * 3600
DAY = 86_400.0


def a_queue(*, days: int = 6, seed: int = 1, counters: int = 4) -> list[Happened]:
    """Days of a hall in which services of two kinds take two minutes on the mean, some give up, some stand before others."""
    chance = random.Random(seed)
    story: list[Happened] = []
    number = 0
    for day in range(days):
        at, free, line = MONDAY + day * DAY + 9 * 3600, [0.0] * counters, []
        for _n in range(330):
            rush = 1.35 if chance.random() < 0.5 else 0.8
            at += chance.expovariate(rush * counters / 120)
            number += 1
            kind = "long" if chance.random() < 0.3 else "short"
            first = chance.random() < 0.1
            line.append((at, str(number), kind, first, at + chance.expovariate(1 / 900)))
            story.append(
                Happened(at, "join", str(number), kind=kind, priority=first, head_start=90.0 * first)
            )
        while line:
            counter = min(range(counters), key=free.__getitem__)
            here = [one for one in line if one[0] <= free[counter]] or [line[0]]
            one = min(here, key=lambda w: w[0] - 90.0 * w[3])
            line.remove(one)
            joined, ref, kind, _first, patience = one
            called = max(free[counter], joined)
            if patience < called:
                story.append(Happened(patience, "leave", ref))
                continue
            ended = called + chance.expovariate(1 / (240 if kind == "long" else 90))
            free[counter] = ended
            story.append(Happened(called, "call", ref, str(counter), at_once=called == joined))
            story.append(Happened(ended, "end", counter=str(counter)))
    return story


def test_a_watch_knows_who_stands_before_whom() -> None:
    watch = Watch(ZONE, kinds=("a",))
    watch.join(MONDAY, "one", kind="a")
    watch.join(MONDAY + 60, "two", kind="b", priority=2, head_start=90)
    watch.join(MONDAY + 70, "three", kind="a")
    assert [watch.sight(MONDAY + 100, ref).ahead for ref in ("two", "one", "three")] == [0, 1, 2]
    watch.call(MONDAY + 110, "two", "1")
    watch.leave(MONDAY + 120, "one")
    seen = watch.sight(MONDAY + 130, "three")
    assert (seen.ahead, seen.queue, seen.busy, seen.waited, seen.last_wait) == (0, 0, 1, 60, 50)
    assert len(seen.features) == len(NAMES)
    watch.end(MONDAY + 140, "1")
    assert watch.sight(MONDAY + 140, "three").busy == 0
    with pytest.raises(KeyError):
        watch.sight(MONDAY + 150, "one")


def test_what_is_told_about_somebody_unknown_changes_nothing() -> None:
    watch = Watch(ZONE)
    watch.call(MONDAY, "nobody", "1")
    watch.leave(MONDAY, "nobody")
    watch.end(MONDAY, "1")
    assert len(watch) == 0


def test_all_who_wait_are_seen_at_once_as_each_alone() -> None:
    watch = Watch(ZONE, kinds=("a", "b"))
    for n in range(30):
        watch.join(MONDAY + n, str(n), kind="ab"[n % 2], head_start=20 * (n % 3))
    refs = [str(n) for n in range(30)]
    assert watch.sights(MONDAY + 40, refs) == [watch.sight(MONDAY + 40, ref) for ref in refs]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_what_comes_later_changes_nothing_that_was_said(share: float) -> None:
    story = in_order(a_queue(days=2))
    now = story[int(len(story) * share)].at
    past = [one for one in story if one.at <= now]
    future = [
        replace(one, at=one.at + 500, ref=f"x{one.ref}" if one.what == "join" else one.ref)
        for one in story
        if one.at > now
    ]
    as_it_was, otherwise = _look(story, ZONE, ("long",)), _look(past + future, ZONE, ("long",))
    said = {ref: case.seen for ref, case in as_it_was.cases.items() if case.at <= now}
    assert said == {ref: case.seen for ref, case in otherwise.cases.items() if case.at <= now}
    assert len(said) > 100


def test_a_range_does_not_know_how_waits_ended_that_had_not() -> None:
    story = in_order(a_queue(days=2))
    cases = _look(story, ZONE, ()).judged()
    model = train([case.seen for case in cases], [case.wait for case in cases])
    waits = model.waits([case.seen for case in cases])
    half = len(cases) // 2
    now = cases[half].at
    told = calibrated(cases, waits, Calibration())
    for case in cases:
        if case.known_at > now:
            case.wait = 9_999.0
    assert calibrated(cases, waits, Calibration())[: half + 1] == told[: half + 1]
    assert calibrated(cases, waits, Calibration()) != told


def test_it_is_better_than_the_head_of_the_line_and_its_ranges_hold() -> None:
    trial = try_out(a_queue(days=10), zone=ZONE)
    assert trial.judged > 1_000
    assert trial.ours.rmse < trial.baselines["head of line"].rmse
    assert trial.ours.mae < trial.baselines["queue length"].mae
    assert trial.first_day["queue length, some leave"].rmse <= trial.first_day["head of line"].rmse
    assert 0.77 <= trial.coverage <= 0.83
    assert all(0.7 <= share <= 0.9 for _count, share in trial.by_hour.values())


def test_a_range_follows_when_the_hall_changes() -> None:
    calibration, chance, inside = Calibration(), random.Random(5), 0
    for n in range(4_000):
        outcome = chance.gauss(100, 20) if n < 2_000 else chance.gauss(130, 45)
        low, high = calibration.widened(75, 125)
        inside += n >= 2_500 and low <= outcome <= high
        calibration.learn(low=low, high=high, outcome=outcome)
    assert 0.78 <= inside / 1_500 <= 0.82


def test_a_model_is_kept_as_text_and_says_the_same() -> None:
    cases = _look(in_order(a_queue(days=2)), ZONE, ("long", "short")).judged()
    model = train([case.seen for case in cases], [case.wait for case in cases], kinds=("long", "short"))
    again = Model.from_text(model.to_text())
    some = [case.seen for case in cases[:50]]
    assert again.waits(some) == model.waits(some)
    assert again.kinds == ("long", "short")
    assert all(0 <= wait.low <= wait.high for wait in model.waits(some))
    assert model.waits([]) == []


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"form": 1, "features": [], "kinds": [], "trees": []}', "pickle"]
)
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        Model.from_text(text)


def test_too_little_is_said() -> None:
    with pytest.raises(TooLittle):
        try_out([], zone=ZONE)
    with pytest.raises(TooLittle):
        try_out(a_queue(days=1), zone=ZONE)


def test_the_formulas_say_something_in_an_empty_hall() -> None:
    watch = Watch(ZONE)
    watch.join(MONDAY, "one")
    seen = watch.sight(MONDAY, "one")
    assert queue_length_with_leaving(seen) > 0
    assert head_of_line(seen) == 0
