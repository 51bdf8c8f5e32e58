"""When a message is tried again, and when an address is given up. Pure: no clock, no database.

The pauses are those of Standard Webhooks 1.0.0 ("Deliverability and reliability"): ten tries over about three days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LONGEST_REST = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=5)
"""How long an address may fail without one success before nothing is sent there any more."""
LONGEST_WISH = timedelta(hours=24)
SPREAD = 0.2


def next_pause(attempts: int, *, chance: float, wish: timedelta | None = None) -> timedelta | None:
    """How long until the next try after so many; None: it was the last one.

    Args:
        chance: from 0 to 1; spreads tries over a fifth of the pause, so that a receiver that comes back is not flooded.
        wish: what the other side asked for (Retry-After).
    """
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1] * (1 + SPREAD * chance)
    return max(pause, min(wish, LONGEST_WISH)) if wish else pause


def rest(failures: int) -> timedelta:
    """How long an address is left alone after so many failures one after the other."""
    return min(LONGEST_REST, timedelta(seconds=5 * 2 ** min(failures - 1, 10)))


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an address failed for too long."""
    return failing_since is not None and now - failing_since >= GIVEN_UP_AFTER
