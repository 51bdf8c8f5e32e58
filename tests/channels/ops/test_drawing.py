"""The picture of the ways: nothing lies on anything else, and what is drawn fits."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehall.channels.ops.services.drawing import RIGHT, ROOM, draw, shortened
from servicehall.rooms.services import queries
from servicehall.rooms.services.queries import Station, Way

pytestmark = pytest.mark.one_database

WORDS = {"if": "if", "refused": "no", "nowhere": "nowhere", "back": "back", "off": "off"}


def stations(jumps: list[tuple[int, int]], count: int) -> list[Station]:
    return [
        Station(
            f"s{number}",
            "inform",
            {"en": f"Step {number}"},
            "",
            (),
            tuple(Way(to, "jump", f"a == {to}", f"s{to}") for start, to in jumps if start == number),
            number + 1,
        )
        for number in range(count)
    ]


@given(
    st.integers(3, 25).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.lists(
                st.tuples(st.integers(0, count - 2), st.integers(1, count - 1)).filter(
                    lambda one: one[0] < one[1]
                ),
                max_size=30,
            ),
        )
    )
)
@settings(max_examples=60, deadline=None)
def test_ways_to_different_steps_never_share_a_stretch_of_a_lane(
    drawn: tuple[int, list[tuple[int, int]]],
) -> None:
    count, jumps = drawn
    found = draw(stations(jumps, count), {}, WORDS)
    lanes: dict[tuple[int, int], list[int]] = {}
    for line in (one for one in found.lines if one.how == "jump"):
        x, top, bottom = map(int, re.search(r"Q(\d+) (\d+) .*V(-?\d+)Q", line.path).groups())  # type: ignore[union-attr]
        lanes.setdefault((x, bottom), []).append(top)
    for (x, bottom), (other_x, other_bottom) in combinations(lanes, 2):
        if x == other_x:
            assert bottom < min(lanes[other_x, other_bottom]) or other_bottom < min(lanes[x, bottom])
    for upper, lower in zip(found.boxes, found.boxes[1:], strict=False):
        assert upper.foot < lower.y
    assert all(x < found.width for x, _bottom in lanes)


def test_every_sample_is_drawn() -> None:
    for text in queries.samples().values():
        listed = queries.stations(text)
        found = draw(listed, {}, WORDS)
        assert [box.station.name for box in found.boxes] == [one.name for one in listed]
        assert found.width >= RIGHT + ROOM


def test_a_long_text_is_cut_where_its_room_ends() -> None:
    assert shortened("short", 100) == "short"
    assert shortened("x" * 50, 100).endswith("…")
    assert len(shortened("字" * 50, 100)) < len(shortened("x" * 50, 100))
