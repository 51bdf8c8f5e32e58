"""Leaves a system alone that keeps failing, for its sake and for that of whoever waits. Pure, but for the register.

Closed: calls go through. After so many faults one after another it opens: nothing is sent for so many seconds. Then
it is half open: one call at a time tries, and what comes of it closes it or opens it again. One for each connector
and process: what another process found out is not worth a table that every call would write.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

State = Literal["closed", "open", "half-open"]
_TRIAL_SECONDS = 60.0
"""After that a trial that nobody heard of again lets the next one go."""


@dataclass
class Breaker:
    """Of one connector in this process; moments are of a clock that only goes forward, in seconds."""

    faults: int = 0
    opened_at: float | None = None
    trial_at: float | None = None
    _line: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, now: float, *, rest: float) -> float:
        """Seconds until a call may go; 0: now. Whoever gets 0 has to say how it went."""
        with self._line:
            if self.opened_at is None:
                return 0.0
            left = self.opened_at + rest - now
            if left > 0:
                return left
            if self.trial_at is not None and now - self.trial_at < _TRIAL_SECONDS:
                return min(1.0, rest)
            self.trial_at = now
            return 0.0

    def went_well(self) -> None:
        with self._line:
            self.faults, self.opened_at, self.trial_at = 0, None, None

    def failed(self, now: float, *, limit: int) -> None:
        with self._line:
            self.faults += 1
            if self.trial_at is not None or self.faults >= limit:
                self.opened_at, self.trial_at = now, None

    def said_nothing(self) -> None:
        """A call that went says nothing about the other side (it was never sent to it): somebody else may try."""
        with self._line:
            self.trial_at = None

    def wait_left(self, now: float, *, rest: float) -> float:
        """Seconds that it is still left alone; asks without going."""
        with self._line:
            return 0.0 if self.opened_at is None else max(0.0, self.opened_at + rest - now)

    def state(self, now: float, *, rest: float) -> State:
        with self._line:
            if self.opened_at is None:
                return "closed"
            return "open" if self.opened_at + rest > now else "half-open"


_breakers: dict[UUID, Breaker] = {}
_register = threading.Lock()


def of(connector_id: UUID) -> Breaker:
    """The one of a connector in this process."""
    with _register:
        return _breakers.setdefault(connector_id, Breaker())


def forget(connector_id: UUID | None = None) -> None:
    """Begin anew, with one connector or all: what is set up differently is another system."""
    with _register:
        if connector_id is None:
            _breakers.clear()
        else:
            _breakers.pop(connector_id, None)
