"""A picture of the ways through a service: steps one below the other, ways that go elsewhere in lanes beside them. Pure.

The order is the definition's own, since every way goes forward. Ways to the same step share a lane; a lane is used
again further down, so no two lanes lie on one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from servicehall.kernel.languages import say
from servicehall.rooms.services.queries import Station, Way

LEFT, WIDTH, HEIGHT, GAP, TOP = 52, 372, 72, 36, 16
RIGHT = LEFT + WIDTH
ROOM, LANE, LINE = 258, 22, 22
"""Room for the words beside a box; between lanes; between the ways out of one box."""
IN, OUT = 14, 38
"""Where ways come into a box from its side, and where the first one goes out."""
_LETTER, _MONO = 7.4, 7.0
"""Pixels that a letter takes, in the two faces; a Chinese one takes two."""


@dataclass(frozen=True, slots=True)
class Box:
    """A step where it is drawn."""

    station: Station
    kind: str
    title: str
    when: str
    channels: str
    whole: str
    y: int
    height: int

    @property
    def foot(self) -> int:
        """Its lower edge."""
        return self.y + self.height

    @property
    def look(self) -> str:
        """What its colours say: broken, an end and which, something done by machines, or the customer's own."""
        one = self.station
        if not one.is_reached or one.runs_off:
            return "broken"
        if one.kind == "end":
            return "end" if one.outcome == "done" else "end-other"
        if one.kind in {"lookup", "call", "message", "print"}:
            return "machine"
        return (
            "staff" if one.kind in {"ticket", "case", "handover"} else "pay" if one.kind == "pay" else "own"
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A way where it is drawn, with its words beside its start."""

    path: str
    how: str
    words: str = ""
    whole: str = ""
    is_code: bool = False
    x: int = RIGHT + 12
    y: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it, and how much room it takes."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def shortened(text: str, room: float, letter: float = _LETTER) -> str:
    """A text that fits into so many pixels."""
    left = room / letter
    for number, char in enumerate(text):
        left -= 2 if ord(char) > 0x2E80 else 1
        if left < 0:
            return f"{text[: max(1, number - 1)]}…"
    return text


def draw(stations: list[Station], kinds: Mapping[str, Any], words: Mapping[str, str]) -> Drawing:
    """The picture.

    Args:
        kinds: what kinds of steps, and channels, are called.
        words: for what is not in the definition: ``if``, ``refused``, ``nowhere``, ``back``, ``off``.
    """
    boxes = tuple(_boxes(stations, kinds, words))
    lanes = _lanes(stations)
    lines = [line for number in range(len(boxes)) for line in _lines(number, boxes, lanes, words)]
    width = RIGHT + ROOM + LANE * (max(lanes.values(), default=-1) + 1) + 12
    return Drawing(boxes, tuple(lines), width, boxes[-1].foot + GAP)


def _boxes(stations: list[Station], kinds: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[Box]:
    y = TOP
    for one in stations:
        beside = sum(way.how not in {"on", "passed"} for way in one.ways)
        height = max(HEIGHT, OUT - 8 + LINE * beside)
        title = say(one.title) or one.name
        when = f"{words['if']} {one.when}" if one.when else ""
        yield Box(
            one,
            str(kinds.get(one.kind, one.kind)),
            shortened(title, WIDTH - 32),
            shortened(when, WIDTH - 32, _MONO),
            " · ".join(str(kinds.get(channel, channel)) for channel in one.channels),
            f"{title} ({one.name})",
            y,
            height,
        )
        y += height + GAP


def _lanes(stations: list[Station]) -> dict[int, int]:
    """Which lane leads to a step. The shortest ways are nearest to the boxes."""
    starts: dict[int, int] = {}
    for number, one in enumerate(stations):
        for way in one.ways:
            if way.how in {"jump", "refused"}:
                starts.setdefault(way.to, number)
    found: dict[int, int] = {}
    for to, start in sorted(starts.items(), key=lambda one: (one[0] - one[1], one[0])):
        taken = {found[other] for other in found if starts[other] < to and start < other}
        found[to] = next(lane for lane in range(len(starts)) if lane not in taken)
    return found


def _lines(
    number: int, boxes: tuple[Box, ...], lanes: Mapping[int, int], words: Mapping[str, str]
) -> Iterator[Line]:
    box = boxes[number]
    beside = [way for way in box.station.ways if way.how not in {"on", "passed"}]
    for place, way in enumerate(beside):
        yield _beside(way, box.y + OUT + LINE * place, boxes, lanes, words)
    for way in box.station.ways:
        if way.how == "on":
            yield Line(_down(box.foot, boxes[way.to].y), "on")
        elif way.how == "passed":
            to, x = boxes[way.to], LEFT - 24
            yield Line(
                f"M{LEFT} {box.y + 16}H{x + 8}Q{x} {box.y + 16} {x} {box.y + 24}V{to.y + 8}"
                f"Q{x} {to.y + 16} {x + 8} {to.y + 16}H{LEFT - 3}",
                "passed",
            )
    if box.station.runs_off:
        x = LEFT + WIDTH // 2
        yield Line(_down(box.foot, box.foot + GAP - 8), "broken", words["off"], y=box.foot + 22, x=x + 12)


def _down(start: int, end: int) -> str:
    return f"M{LEFT + WIDTH // 2} {start}V{end - 3}"


def _beside(
    way: Way, y: int, boxes: tuple[Box, ...], lanes: Mapping[int, int], words: Mapping[str, str]
) -> Line:
    if way.how in {"nowhere", "back"}:
        told = f"{words[way.how]} {way.name}"
        return Line(f"M{RIGHT} {y}H{RIGHT + ROOM - 24}", "broken", _fitted(told), told, y=y - 5)
    x, to = RIGHT + ROOM + LANE * lanes[way.to], boxes[way.to].y + IN
    path = f"M{RIGHT} {y}H{x - 8}Q{x} {y} {x} {y + 8}V{to - 8}Q{x} {to} {x - 8} {to}H{RIGHT + 3}"
    told = words["refused"] if way.how == "refused" else f"{words['if']} {way.when}" if way.when else ""
    return Line(path, way.how, _fitted(told), told, is_code=bool(way.when), y=y - 5)


def _fitted(told: str) -> str:
    return shortened(told, ROOM - 24, _MONO)
