"""Moves the ends of a range until as many waits fall below and above it as was promised.

Gibbs and Candès (2021), Adaptive conformal inference under distribution shift, NeurIPS 34: after each outcome an end
moves out a little when it was missed, in a little when it was not; in the long run the share of misses is the one wanted,
whatever the queue does.
"""

from __future__ import annotations

from dataclasses import dataclass

STEP = 0.02


@dataclass(slots=True)
class Calibration:
    """By how much of its width a range is widened below and above; ``share`` is wanted within it."""

    share: float = 0.8
    below: float = 0.0
    above: float = 0.0

    def widened(self, low: float, high: float) -> tuple[float, float]:
        """The range to tell, seconds."""
        width = max(1.0, high - low)
        return max(0.0, low - self.below * width), max(0.0, high + self.above * width)

    def learn(self, *, low: float, high: float, outcome: float) -> None:
        """What was told, and what came of it."""
        missed = (1 - self.share) / 2
        self.below += STEP * ((outcome < low) - missed)
        self.above += STEP * ((outcome > high) - missed)
