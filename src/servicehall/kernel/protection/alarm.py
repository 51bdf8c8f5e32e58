"""Telling that a stored value was refused: an event in the installation's log, once an hour for a value."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from threading import Lock

from servicehall.kernel import clock, transactions
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM

from .events import ValueRefused

log = logging.getLogger(__name__)
AGAIN_AFTER = 3600.0
_MOST = 1000
_told: OrderedDict[ValueRefused, float] = OrderedDict()
_lock = Lock()


def tell_refused(*, table: str, column: str, row: str, reason: str) -> None:
    """Record it when this thread's transaction, if one is open, has ended (it will be undone)."""
    refused = ValueRefused(table, column, row, reason)
    with _lock:
        before = _told.get(refused)
        if before is not None and time.monotonic() - before < AGAIN_AFTER:
            return
        _told[refused] = time.monotonic()
        while len(_told) > _MOST:
            _told.popitem(last=False)
    log.error("protection.refused table=%s column=%s row=%s reason=%s", table, column, row, reason)

    def tell() -> None:
        with transactions.transaction():
            record(refused, actor=SYSTEM, at=clock.now())

    transactions.afterwards(tell)


def forget() -> None:
    """Tell again what was told before (for tests)."""
    with _lock:
        _told.clear()
