"""How long something takes, and how that differs from one time to the next. Pure.

Log-normal is what service times of real halls and telephone centres look like: Brown et al. (2005), "Statistical
Analysis of a Telephone Call Center", Journal of the American Statistical Association 100, 36-50, section 4.2.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

KINDS = ("exponential", "lognormal", "gamma", "constant")


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution of minutes: its kind, mean, and coefficient of variation (standard deviation over mean)."""

    kind: str
    mean: float
    cv: float = 1.0

    def draw(self, chance: random.Random) -> float:
        """A time in minutes."""
        if self.mean <= 0:
            return 0.0
        if self.kind == "exponential":
            return chance.expovariate(1 / self.mean)
        if self.kind == "constant" or self.cv <= 0:
            return self.mean
        variance = self.cv**2
        if self.kind == "gamma":
            return chance.gammavariate(1 / variance, self.mean * variance)
        sigma = math.sqrt(math.log1p(variance))
        return chance.lognormvariate(math.log(self.mean) - sigma**2 / 2, sigma)
