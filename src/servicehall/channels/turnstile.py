"""Who may be in at once: so many in all, few of them from one address. Counted in this process."""

from __future__ import annotations

import threading
from collections import Counter


class Turnstile:
    """Places for what holds a thread for as long as the other side likes."""

    def __init__(self, most: int, most_of_one: int, *, patience: float = 0.0) -> None:
        self._most, self._most_of_one, self._patience = most, most_of_one, patience
        self._from: Counter[str] = Counter()
        self._changed = threading.Condition()

    def enter(self, address: str) -> bool:
        """Take a place, after waiting for one as long as the patience is; False when there is none."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_place(address), self._patience):
                return False
            self._from[address] += 1
            return True

    def leave(self, address: str) -> None:
        """Give a place back."""
        with self._changed:
            self._from[address] -= 1
            if not self._from[address]:
                del self._from[address]
            self._changed.notify_all()

    def _has_place(self, address: str) -> bool:
        return self._from.total() < self._most and self._from[address] < self._most_of_one
