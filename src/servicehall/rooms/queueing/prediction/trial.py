"""How good the predictions are on a log: the first part trains, the rest is predicted as it would have been at the time.

Each wait is predicted when its customer joins, from what had happened until then; ranges are calibrated by the waits that
had ended by then. Judged are those who waited and were called, as in the studies that the formulas are from.
"""

from __future__ import annotations

import heapq
import math
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

import numpy as np

from .calibration import Calibration
from .formulas import BLENDED, FORMULAS
from .happened import Happened, TooLittle, in_order
from .model import Model, Wait, train
from .verdict import Score, Trial
from .watch import Sight, Watch

SHARE = 0.8
"""Of the waits, so many fall into their range."""
BUSY_HOUR = 150
"""An hour of the day with fewer judged waits than this says little about coverage."""
KINDS = 12
KEPT_BACK = 0.25
"""Of the waits that are learned from, so many are kept back to see how wide ranges have to be."""


@dataclass(slots=True)
class Case:
    """One who joined, what was known then, and what came of it."""

    at: float
    seen: Sight
    wait: float = math.nan
    known_at: float = math.inf


@dataclass(slots=True)
class _Seen:
    cases: dict[str, Case] = field(default_factory=dict)
    seconds: float = 0.0

    def judged(self) -> list[Case]:
        return [case for case in self.cases.values() if case.wait > 0]


def try_out(happened: Iterable[Happened], *, zone: tzinfo, train_share: float = 0.5) -> Trial:
    """Train on the first share of the days, predict the rest.

    Raises:
        TooLittle: too few waits to learn from, or none left to predict.
    """
    story = in_order(happened)
    if not story:
        raise TooLittle
    cut = _cut(story, zone, train_share)
    kinds = [kind for kind, _n in Counter(one.kind for one in story if one.at < cut).most_common(KINDS)]
    seen = _look(story, zone, kinds)
    cases = seen.judged()
    learned = [case for case in cases if case.known_at < cut]
    asked = [case for case in cases if case.at >= cut]
    if not asked:
        raise TooLittle
    model = _trained(learned, kinds)
    calibration = _first_calibration(learned, kinds)
    begun = time.perf_counter()
    waits = [model.waits([case.seen])[0] for case in asked]
    each = (time.perf_counter() - begun) / len(asked) + seen.seconds / max(1, len(seen.cases))
    actual = [case.wait for case in asked]
    ranges = calibrated(asked, waits, calibration)
    inside = np.array([low <= case.wait <= high for (low, high), case in zip(ranges, asked, strict=True)])
    hours = np.array([datetime.fromtimestamp(case.at, zone).hour for case in asked])
    return Trial(
        trained_on=len(learned),
        judged=len(asked),
        ours=Score.of([wait.expected for wait in waits], actual),
        baselines=_baselines(learned, asked),
        first_day=_first_days(story, zone, cut),
        coverage=float(inside.mean()),
        below=float(np.mean([case.wait < low for (low, _), case in zip(ranges, asked, strict=True)])),
        above=float(np.mean([case.wait > high for (_, high), case in zip(ranges, asked, strict=True)])),
        width=float(np.mean([high - low for low, high in ranges])),
        by_hour={
            int(hour): (int((hours == hour).sum()), float(inside[hours == hour].mean()))
            for hour in sorted(set(hours.tolist()))
            if (hours == hour).sum() >= BUSY_HOUR
        },
        milliseconds=each * 1000,
    )


def _cut(story: Sequence[Happened], zone: tzinfo, share: float) -> float:
    """Midnight of the first day that is predicted."""
    first = datetime.fromtimestamp(story[0].at, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    last = datetime.fromtimestamp(story[-1].at, zone)
    days = (last.date() - first.date()).days + 1
    return (first + timedelta(days=round(days * share))).timestamp()


def _look(
    story: Iterable[Happened], zone: tzinfo, kinds: Sequence[str], *, anew_each_day: bool = False
) -> _Seen:
    """The story as a watch sees it: what was known of each when they joined, and how it went on."""
    seen = _Seen()
    watch, day = Watch(zone, kinds=kinds), None
    for one in story:
        if anew_each_day and (today := datetime.fromtimestamp(one.at, zone).date()) != day:
            watch, day = Watch(zone, kinds=kinds), today
        match one.what:
            case "join":
                watch.join(one.at, one.ref, kind=one.kind, priority=one.priority, head_start=one.head_start)
                begun = time.perf_counter()
                seen.cases[one.ref] = Case(one.at, watch.sight(one.at, one.ref))
                seen.seconds += time.perf_counter() - begun
            case "call":
                watch.call(one.at, one.ref, one.counter)
                if one.ref in seen.cases:
                    case = seen.cases[one.ref]
                    case.wait, case.known_at = one.at - case.at, one.at
            case "leave":
                watch.leave(one.at, one.ref)
            case "end":
                watch.end(one.at, one.counter)
    return seen


def _trained(cases: Sequence[Case], kinds: Sequence[str]) -> Model:
    return train([case.seen for case in cases], [case.wait for case in cases], kinds=kinds)


def _first_calibration(learned: Sequence[Case], kinds: Sequence[str]) -> Calibration:
    """Where a new model's ranges begin: by how much those of a model of the first part missed the last part.

    What a model was trained on it knows too well to tell how wide its ranges have to be.
    """
    calibration = Calibration(SHARE)
    cut = round(len(learned) * (1 - KEPT_BACK))
    with suppress(TooLittle):
        kept = learned[cut:]
        waits = _trained(learned[:cut], kinds).waits([case.seen for case in kept])
        calibrated(kept, waits, calibration)
    return calibration


def calibrated(
    asked: Sequence[Case], waits: Sequence[Wait], calibration: Calibration
) -> list[tuple[float, float]]:
    """The ranges as they would have been told: each after all outcomes that were known by then."""
    told: list[tuple[float, float]] = []
    open_: list[tuple[float, int]] = []
    for n, (case, wait) in enumerate(zip(asked, waits, strict=True)):
        while open_ and open_[0][0] <= case.at:
            _when, past = heapq.heappop(open_)
            low, high = told[past]
            calibration.learn(low=low, high=high, outcome=asked[past].wait)
        told.append(calibration.widened(wait.low, wait.high))
        heapq.heappush(open_, (case.known_at, n))
    return told


def _baselines(learned: Sequence[Case], asked: Sequence[Case]) -> dict[str, Score]:
    actual = [case.wait for case in asked]
    found = {
        name: Score.of([formula(case.seen) for case in asked], actual) for name, formula in FORMULAS.items()
    }

    def table(cases: Sequence[Case]) -> np.ndarray:
        return np.array(
            [[*(FORMULAS[name](case.seen) for name in BLENDED), case.seen.queue, 1.0] for case in cases]
        )

    weights, *_ = np.linalg.lstsq(table(learned), np.array([case.wait for case in learned]), rcond=None)
    found["linear blend"] = Score.of((table(asked) @ weights).tolist(), actual)
    return found


def _first_days(story: Sequence[Happened], zone: tzinfo, cut: float) -> dict[str, Score]:
    """The formulas when every day begins without history."""
    cases = [case for case in _look(story, zone, (), anew_each_day=True).judged() if case.at >= cut]
    actual = [case.wait for case in cases]
    return {
        name: Score.of([FORMULAS[name](case.seen) for case in cases], actual)
        for name in ("queue length, some leave", "head of line")
    }
