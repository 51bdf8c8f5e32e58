"""How good predictions were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Score:
    """Errors in seconds; bias: predicted less actual."""

    rmse: float
    mae: float
    bias: float

    @classmethod
    def of(cls, predicted: Sequence[float], actual: Sequence[float]) -> Score:
        off = [said - was for said, was in zip(predicted, actual, strict=True)]
        return cls(sqrt(fmean(one * one for one in off)), fmean(map(abs, off)), fmean(off))


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out. ``by_hour``: of the hours of the day with enough waits, how many and the share in their range."""

    trained_on: int
    judged: int
    ours: Score
    baselines: dict[str, Score]
    first_day: dict[str, Score]
    """Without any history: each day begins knowing nothing."""
    coverage: float
    below: float
    above: float
    width: float
    by_hour: dict[int, tuple[int, float]]
    milliseconds: float
    """To say one wait: the look at the queue and the model."""
