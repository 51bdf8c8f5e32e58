"""How many letters a second go out by one way: providers refuse what is above, and some charge for it.

Counted in this process: with several workers the rate is as many times as high.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict

_next_at: dict[str, float] = defaultdict(float)
_lock = threading.Lock()


def wait_for(name: str, per_second: float) -> float:
    """Take the next place; returns how many seconds until it is one's turn (0: now, and the place is taken)."""
    now = time.monotonic()
    with _lock:
        wait = _next_at[name] - now
        if wait > 0:
            return wait
        _next_at[name] = now + 1 / per_second
        return 0.0
