"""Chores: what the worker does by the clock and not by the log, such as signing what is new.

A chore that may take long (it talks to other machines) is done aside, in a thread of its own, so that
it holds up nobody; it is not begun again while it still runs. Chores keep no state but in the database:
whatever was not done is done by the next round, or by another worker.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

Handler = Callable[[], object]
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Chore:
    """Something to do every so many seconds."""

    name: str
    every: float
    aside: bool
    handle: Handler
    next_at: float = 0.0
    thread: threading.Thread | None = None

    def is_due(self, now: float) -> bool:
        return now >= self.next_at and not (self.thread and self.thread.is_alive())


_registered: dict[str, Chore] = {}


def chore(name: str, *, every: float, aside: bool = False) -> Callable[[Handler], Handler]:
    """Register a function that the worker calls every so many seconds, ``aside``: in its own thread."""

    def register(handle: Handler) -> Handler:
        _registered[name] = Chore(name, every, aside, handle)
        return handle

    return register


def forget(name: str) -> None:
    """Leave a chore undone for the life of this process: for measurements."""
    _registered.pop(name, None)


def run_due() -> None:
    """Do the chores whose time has come. One that fails is logged and tried again at its next time."""
    now = time.monotonic()
    for one in _registered.values():
        if not one.is_due(now):
            continue
        one.next_at = now + one.every
        if one.aside:
            one.thread = threading.Thread(target=_aside, args=(one,), daemon=True, name=one.name)
            one.thread.start()
        else:
            _do(one)


def wait(seconds: float = 10.0) -> None:
    """Until the chores that run aside have ended, or so many seconds."""
    for one in _registered.values():
        if one.thread:
            one.thread.join(seconds)


def _do(one: Chore) -> None:
    try:
        one.handle()
    except Exception:
        log.exception("chore.failed name=%s", one.name)


def _aside(one: Chore) -> None:
    try:
        _do(one)
    finally:
        connection.close()
