"""How far two points on earth are from one another. Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

MEAN_RADIUS_KM = 6371.0088
"""Of the earth: (2a + b) / 3 of GRS 80; Moritz (2000), "Geodetic Reference System 1980", Journal of Geodesy 74:128."""


class Point(NamedTuple):
    """Degrees; north and east are positive."""

    latitude: float
    longitude: float


def kilometres(one: Point, other: Point) -> float:
    """The great-circle distance in kilometres, as the crow flies, to half a per cent.

    Haversine formula: Sinnott (1984), "Virtues of the Haversine", Sky and Telescope 68:159.
    """
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * MEAN_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))
