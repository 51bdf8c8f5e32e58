"""Telling that something signed by this installation came back changed: an event, once in five minutes a kind and process."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Lock

from . import clock, transactions
from .events import fact, record
from .rights import SYSTEM

log = logging.getLogger(__name__)
AGAIN_AFTER = 300.0
_told: dict[str, float] = {}
_lock = Lock()


@fact("token.tampered")
@dataclass(frozen=True, slots=True)
class TokenTampered:
    """A signed cookie or address was not as it was given out; ``what`` is a word of the program's own list."""

    what: str


def tell(what: str) -> None:
    """Record it when this thread's transaction, if one is open, has ended. Anybody can cause it, so seldom."""
    with _lock:
        before = _told.get(what)
        if before is not None and time.monotonic() - before < AGAIN_AFTER:
            return
        _told[what] = time.monotonic()
    log.warning("token.tampered what=%s", what)

    def write() -> None:
        with transactions.transaction():
            record(TokenTampered(what), actor=SYSTEM, at=clock.now())

    transactions.afterwards(write)


def forget() -> None:
    """Tell again what was told before (for tests)."""
    with _lock:
        _told.clear()
