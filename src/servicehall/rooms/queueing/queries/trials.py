"""How good predictions of waits would have been on somebody's log. (Loads the learning only when asked.)"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from servicehall.rooms.queueing.prediction.happened import Happened, TooLittle
from servicehall.rooms.queueing.prediction.verdict import Trial

__all__ = ["Happened", "TooLittle", "Trial", "wait_trial"]


def wait_trial(happened: Iterable[Happened], *, zone: tzinfo, train_share: float = 0.5) -> Trial:
    """Train on the first share of the days and predict the rest, as in ``prediction.trial``.

    Raises:
        TooLittle: too few waits to learn from, or none left to predict.
    """
    from servicehall.rooms.queueing.prediction.trial import try_out

    return try_out(happened, zone=zone, train_share=train_share)
