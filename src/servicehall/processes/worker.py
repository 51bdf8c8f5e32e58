"""The role that does what follows from events and what is due. What that is, rooms register."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import UTC, datetime

log = logging.getLogger(__name__)

LONGEST_WAIT = 1.0
"""Seconds between two looks for due timers when nothing happens."""
BREATH = 0.15
"""Seconds between two rounds in a busy hall: what comes meanwhile is passed on in one transaction, not in
one each, which would hold up the customers' own in the line."""


def run() -> int:
    """Work until SIGTERM or SIGINT; what is in hand is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work(stop)
    return 0


def work(stop: threading.Event) -> None:
    """Pass on events and ring timers until ``stop`` is set."""
    from servicehall.kernel import wake

    waiter = wake.Waiter()
    try:
        while not stop.is_set():
            try:
                if one_round():
                    stop.wait(BREATH)
                else:
                    waiter.wait(_until_due())
            except Exception:  # whatever it is (a database that restarts), the next round may work
                log.exception("worker.round_failed")
                _forget_connection()
                stop.wait(LONGEST_WAIT)
    finally:
        waiter.close()


def one_round() -> int:
    """Do what is there to do now; returns how much it was."""
    from servicehall.kernel import chores, followers, timers

    done = followers.run_pending(paced=True) + timers.run_due()
    chores.run_due()
    return done


def _until_due() -> float:
    from servicehall.kernel import followers, timers

    due = timers.next_due()
    waits = [
        LONGEST_WAIT,
        (due - datetime.now(UTC)).total_seconds() if due else None,
        followers.rested_in(),
    ]
    return max(0.0, min(wait for wait in waits if wait is not None))


def _forget_connection() -> None:
    from django.db import connection

    connection.close()
