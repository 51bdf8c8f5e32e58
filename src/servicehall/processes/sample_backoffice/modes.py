"""How the sample back office misbehaves, as told at its start or while it runs (POST /_modes)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

DUPLICATES = ("", "twice", "earlier")


class UnfitMode(ValueError):
    """There is no such mode, or not with this value; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Modes:
    """What goes wrong. Shares are from 0 (never) to 1 (always).

    ``slow`` waits so many milliseconds before every answer; ``failing`` answers with ``status`` and does nothing;
    ``drop_answer`` does it and cuts the line; ``duplicate_answer`` answers ``twice``, or with the ``earlier``
    answer in place of its own; ``lying`` leaves out what its own description promises. Only ``operations``
    (names with spaces between them; empty: all) and, from ``times`` above 0 on, only the next so many requests.
    """

    slow: int = 0
    failing: float = 0.0
    status: int = 500
    retry_after: int = 0
    drop_answer: float = 0.0
    duplicate_answer: str = ""
    lying: float = 0.0
    operations: str = ""
    times: int = 0


def changed(modes: Modes, given: Mapping[str, Any]) -> Modes:
    """The modes with some of them as given, whose values may be texts.

    Raises:
        UnfitMode: something does not fit.
    """
    kinds = {one.name: type(getattr(Modes(), one.name)) for one in fields(Modes)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        word = name.replace("-", "_")
        if word not in kinds:
            raise UnfitMode(f"There is no mode {name}; there are: {', '.join(kinds)}")
        try:
            values[word] = kinds[word](value)
        except (TypeError, ValueError):
            raise UnfitMode(f"{name}: {value!r:.40} does not fit") from None
    found = replace(modes, **values)
    shares = (found.failing, found.drop_answer, found.lying)
    if not all(0 <= share <= 1 for share in shares):
        raise UnfitMode("failing, drop_answer and lying are shares from 0 to 1")
    if found.slow < 0 or found.slow > 600_000 or found.times < 0 or found.retry_after < 0:
        raise UnfitMode("slow, times and retry_after are not negative")
    if found.status not in range(400, 600) or found.duplicate_answer not in DUPLICATES:
        raise UnfitMode(f"status is from 400 to 599, duplicate_answer one of {', '.join(DUPLICATES[1:])}")
    return found


class Behaviour:
    """The modes in force, and how many requests they still hold for."""

    def __init__(self, modes: Modes | None = None) -> None:
        self._line = threading.Lock()
        self.modes = modes or Modes()

    def change(self, given: Mapping[str, Any]) -> Modes:
        """Raises:
        UnfitMode: something does not fit.
        """
        with self._line:
            self.modes = changed(self.modes, given)
            return self.modes

    def become(self, modes: Modes) -> None:
        with self._line:
            self.modes = modes

    def for_next(self, operation: str) -> Modes:
        """What holds for a request; counts it. With ``times`` used up everything is well again."""
        with self._line:
            modes = self.modes
            if modes.operations and operation not in modes.operations.split():
                return Modes()
            if modes.times == 1:
                self.modes = Modes()
            elif modes.times:
                self.modes = replace(modes, times=modes.times - 1)
            return modes


def happens(share: float) -> bool:
    """Whether it happens this time."""
    return secrets.randbelow(1_000_000) < share * 1_000_000
