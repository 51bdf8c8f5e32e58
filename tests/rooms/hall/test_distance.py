"""Distances on earth against known ones."""

from __future__ import annotations

import pytest

from servicehall.rooms.hall.distance import MEAN_RADIUS_KM, Point, kilometres

QUARTER = MEAN_RADIUS_KM * 3.141592653589793 / 2


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (Point(39.9042, 116.4074), Point(39.9042, 116.4074), 0),
        (Point(0, 0), Point(0, 90), QUARTER),
        (Point(90, 0), Point(0, 45), QUARTER),
        (Point(0, -179.5), Point(0, 179.5), QUARTER / 90),  # over the date line
        (Point(10, 20), Point(-10, -160), QUARTER * 2),  # the other end of the earth
        (Point(39.9042, 116.4074), Point(31.2304, 121.4737), 1067.3),  # Beijing and Shanghai
    ],
)
def test_distances_are_those_of_the_great_circle(one: Point, other: Point, km: float) -> None:
    assert kilometres(one, other) == pytest.approx(km, abs=0.5)
    assert kilometres(other, one) == pytest.approx(kilometres(one, other))
