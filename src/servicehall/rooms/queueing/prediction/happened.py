"""What is told of a queue's past, for a watch or a trial."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_TURNS = {"end": 0, "call": 1, "leave": 1, "join": 2}


class TooLittle(Exception):
    """Too few waits have been seen: nothing can be learned, or nothing is left to predict."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened in a queue; ``at``: seconds since the epoch."""

    at: float
    what: Literal["join", "call", "leave", "end"]
    ref: str = ""
    counter: str = ""
    kind: str = ""
    priority: int = 0
    head_start: float = 0.0
    """Seconds by which they stand before their time."""
    at_once: bool = False
    """It follows something of the same second, so it comes after all else then."""


def in_order(happened: Iterable[Happened]) -> list[Happened]:
    """In time; of one second first who goes, then who comes."""
    return sorted(happened, key=lambda one: (one.at, one.at_once, _TURNS[one.what] if not one.at_once else 0))
