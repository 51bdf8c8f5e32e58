"""Why a rehearsal does not go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from servicehall.kernel.errors import Words

Why = Literal[
    "end", "unanswered", "unfit", "no-result", "unfit-result", "declined", "held", "fault", "not-there"
]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why it did not go on: at its end, or because something is missing or does not fit."""

    why: Why
    step: str
    words: Words = ""
    errors: Mapping[str, Words] = field(default_factory=dict)


class Stopped(Exception):
    """It does not go on at a step."""

    def __init__(self, why: Why, words: Words = "", errors: Mapping[str, Words] | None = None) -> None:
        super().__init__(why)
        self.why, self.words, self.errors = why, words, errors or {}
