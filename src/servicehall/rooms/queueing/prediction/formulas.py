"""Rules that need no training, to begin with and to compare with. Seconds until the call; what the names are short for:

Ibrahim and Whitt (2009), Real-time delay estimation based on delay history, M&SOM 11:397.
"""

from __future__ import annotations

from collections.abc import Callable

from .watch import Sight, until_all_gone


def queue_length(seen: Sight) -> float:
    """QL: everybody ahead takes a mean service of one of the counters that are busy."""
    return (seen.ahead + 1) * seen.service / max(1, seen.busy)


def queue_length_with_leaving(seen: Sight) -> float:
    """QL for a queue that people leave: each place moves up by a call or by somebody who gives up."""
    return until_all_gone(seen.ahead, max(1, seen.busy) / max(1.0, seen.service), seen.leaving)[-1]


def head_of_line(seen: Sight) -> float:
    """HOL: as long as the one who has waited longest."""
    return seen.head_age


def last_to_enter(seen: Sight) -> float:
    """LES: as long as the last one who was called."""
    return seen.last_wait


FORMULAS: dict[str, Callable[[Sight], float]] = {
    "queue length": queue_length,
    "queue length, some leave": queue_length_with_leaving,
    "head of line": head_of_line,
    "last to enter service": last_to_enter,
}
BLENDED = ("queue length, some leave", "head of line", "last to enter service")
