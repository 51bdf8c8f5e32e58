"""A customer's wish to pay, or to pay no more, that the worker carries out: whoever answers programs waits for nobody.

It is kept in the place of the step's answer, on a basis of its own, so that no path takes it for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .language.definition import Pay
from .path import Answer, Path

BASIS = "wish"


@dataclass(frozen=True, slots=True)
class Wish:
    """``provider`` is by which way; ``failed`` is why it could not be, until something else is done."""

    act: Literal["pay", "stop"]
    provider: str
    revision: int
    failed: str = ""

    def answer(self) -> Answer:
        """As it is kept."""
        return Answer(
            {"act": self.act, "provider": self.provider, "revision": self.revision, "failed": self.failed},
            BASIS,
        )


def wish_of(path: Path, answers: Mapping[str, Answer], *, revision: int) -> Wish | None:
    """What is wished at the step that waits; one that failed is over as soon as anything else has happened."""
    if not isinstance(path.step, Pay):
        return None
    held = answers.get(path.step.id)
    if held is None or held.basis != BASIS:
        return None
    wish = Wish(**held.value)
    return None if wish.failed and wish.revision != revision else wish


def is_under_way(path: Path, answers: Mapping[str, Answer], *, revision: int) -> bool:
    """Whether the worker still has it to do."""
    wish = wish_of(path, answers, revision=revision)
    return wish is not None and not wish.failed
