"""A model trained on what a hall has seen: the time to expect and the ends of a range, from boosted trees.

It is kept as text that says which version of the features it was trained with; nothing of it is code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

from .formulas import queue_length_with_leaving
from .happened import TooLittle
from .watch import NAMES, Sight

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORM = 2
"""Of what is written down; a model of another form, or of other features, is not read."""
LEAST = 400
"""So many waits at least, or nothing is learned."""
_TREES = 300
_COMMON: dict[str, Any] = {
    "learning_rate": 0.03,
    "num_leaves": 12,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbose": -1,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
}
_ENDS = (0.1, 0.9)
_BEYOND = 1.25
"""A model is asked about waits up to so many times as long, by the formula, as the longest that it was trained on."""


class Unreadable(Exception):
    """No model that this version reads."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds until the call: what to expect, and the range that it falls into in eight of ten cases."""

    expected: float
    low: float
    high: float


class Model:
    """Trained trees: one set for what to expect, one for each end of the range."""

    def __init__(
        self, trees: Sequence[lightgbm.Booster], kinds: Sequence[str], *, longest: float = math.inf
    ) -> None:
        self._trees = trees
        self.kinds = tuple(kinds)
        self._longest = longest

    def knows(self, seen: Sight) -> bool:
        """Whether it has seen anything like it: of a longer queue than ever before trees say what they know of long ones."""
        return queue_length_with_leaving(seen) <= _BEYOND * self._longest

    def waits(self, seen: Sequence[Sight]) -> list[Wait]:
        """One for each, as it was trained; ranges are to be calibrated."""
        if not seen:
            return []
        table = np.array([one.features for one in seen])
        expected, low, high = (np.maximum(tree.predict(table, num_threads=1), 0.0) for tree in self._trees)
        return [
            Wait(float(e), float(min(lo, hi)), float(max(lo, hi)))
            for e, lo, hi in zip(expected, low, high, strict=True)
        ]

    def to_text(self) -> str:
        trees = [tree.model_to_string() for tree in self._trees]
        return json.dumps(
            {"form": FORM, "features": NAMES, "kinds": self.kinds, "longest": self._longest, "trees": trees}
        )

    @classmethod
    def from_text(cls, text: str) -> Model:
        """
        Raises:
            Unreadable: it is of another form, or of other features.
        """
        try:
            data = json.loads(text)
            if data["form"] != FORM or tuple(data["features"]) != NAMES:
                raise Unreadable
            trees = [lightgbm.Booster(model_str=one) for one in data["trees"]]
            return cls(trees, data["kinds"], longest=float(data["longest"]))
        except (ValueError, KeyError, TypeError, lightgbm.basic.LightGBMError) as problem:
            raise Unreadable from problem


def train(seen: Sequence[Sight], waits: Sequence[float], *, kinds: Sequence[str] = ()) -> Model:
    """Learn from what was known of somebody and how long the call then took, seconds.

    Raises:
        TooLittle: there are fewer than LEAST.
    """
    if len(seen) < LEAST:
        raise TooLittle
    table: NDArray[np.float64] = np.array([one.features for one in seen])
    outcomes = np.array(waits)
    data = lightgbm.Dataset(table, outcomes, free_raw_data=False)
    forms: list[dict[str, Any]] = [
        {"objective": "regression"},
        *({"objective": "quantile", "alpha": end} for end in _ENDS),
    ]
    longest = max(queue_length_with_leaving(one) for one in seen)
    return Model([lightgbm.train(_COMMON | form, data, _TREES) for form in forms], kinds, longest=longest)
