"""One lesson: a model from a hall's past, how good it is on a part that it never saw, and whether it is any better.

Loads the learning; ask for it only where something is learned. Pure: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .calibration import Calibration
from .formulas import queue_length_with_leaving
from .happened import TooLittle
from .model import Model, train
from .pools import Pools
from .trial import KEPT_BACK, SHARE, Case, calibrated
from .verdict import Score

LEAST_JUDGED = 100
"""Fewer waits than this say little about which of two models is the better one."""


class Told(NamedTuple):
    """An event as it is told to lines: ``at`` in seconds since the epoch."""

    kind: str
    at: float
    data: Mapping[str, Any]
    by_system: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned. ``before``: the model used until now, on the same waits, which it may have seen in part."""

    text: str
    trained_on: int
    learned_to: float
    judged: int
    score: Score
    coverage: float
    formula: Score
    before: Score | None
    below: float
    above: float

    @property
    def is_better(self) -> bool:
        """Than what customers are told now: the model before, or the formula."""
        return self.score.rmse < self.formula.rmse and (
            self.before is None or self.score.rmse <= self.before.rmse
        )


def cases(pools: Pools, told: Iterable[Told]) -> list[Case]:
    """The waits that began and ended with a call, each with what was known when it began."""
    open_: dict[str, Case] = {}
    found: list[Case] = []
    for one in told:
        for effect in pools.tell(one.kind, one.at, one.data, by_system=one.by_system):
            match effect.what:
                case "joined":
                    open_[effect.ref] = Case(pools.latest, pools.sight(pools.latest, effect.ref))
                    found.append(open_[effect.ref])
                case "called":
                    if case := open_.get(effect.ref):
                        case.wait, case.known_at = effect.waited, pools.latest
                case "left":
                    open_.pop(effect.ref, None)
                case "back":
                    # The call that is taken back was none; when the next one comes, it says how long it was.
                    if case := open_.get(effect.ref):
                        case.wait, case.known_at = float("nan"), float("inf")
    return [case for case in found if case.wait > 0]


def learn(
    past: Sequence[Case], *, kinds: Sequence[str], before: Model | None = None, since: float | None = None
) -> Lesson:
    """Train; judge on what came last.

    Args:
        past: waits in the order in which they began.
        kinds: as those lines told them apart that saw the waits.
        before: the model used until now, with the same kinds.
        since: until when that one learned. What came after is kept back when it is enough to judge by, so that
            neither has seen it; else the last quarter.

    Raises:
        TooLittle: too few waits to learn from or to judge by.
    """
    cut = round(len(past) * (1 - KEPT_BACK))
    if since is not None:
        fresh = sum(1 for case in past if case.at > since)
        if LEAST_JUDGED <= fresh < len(past) // 2:
            cut = len(past) - fresh
    kept = past[cut:]
    # What was not over when the part kept back began was not known then.
    first = [case for case in past[:cut] if kept and case.known_at <= kept[0].at]
    if len(kept) < LEAST_JUDGED:
        raise TooLittle
    actual = [case.wait for case in kept]
    sights = [case.seen for case in kept]
    trial = _trained(first, kinds).waits(sights)
    calibration = Calibration(SHARE)
    told = calibrated(kept, trial, calibration)
    return Lesson(
        text=_trained(past, kinds).to_text(),
        trained_on=len(past),
        learned_to=past[-1].at,
        judged=len(kept),
        score=Score.of([wait.expected for wait in trial], actual),
        coverage=sum(low <= was <= high for (low, high), was in zip(told, actual, strict=True)) / len(kept),
        formula=Score.of([queue_length_with_leaving(seen) for seen in sights], actual),
        before=Score.of([wait.expected for wait in before.waits(sights)], actual) if before else None,
        below=calibration.below,
        above=calibration.above,
    )


def _trained(past: Sequence[Case], kinds: Sequence[str]) -> Model:
    return train([case.seen for case in past], [case.wait for case in past], kinds=kinds)
