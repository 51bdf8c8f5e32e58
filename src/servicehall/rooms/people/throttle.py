"""How long somebody who keeps failing to sign in has to wait. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

REMEMBERED = timedelta(minutes=15)
TRIES_BY_NAME = 5
"""Failures for one user name from one address before the wait begins."""
TRIES_BY_ADDRESS = 30
"""Failures from one address, whatever the names: a whole office may share it."""
FIRST = timedelta(seconds=10)
LONGEST = REMEMBERED


def wait_after(failures: Iterable[datetime], tries: int, at: datetime) -> timedelta:
    """What is left of the wait after these failures: it doubles with each one beyond ``tries``."""
    recent = sorted(f for f in failures if at - f < REMEMBERED)
    beyond = len(recent) - tries
    if beyond < 0:
        return timedelta(0)
    wait = min(FIRST * (1 << min(beyond, 10)), LONGEST)
    return max(recent[-1] + wait - at, timedelta(0))
