"""What a provider keeps and decides, whichever interface asks: its messages, its limits, its bad days.

The last four digits of a number say what happens to a message for it:

    0001  the number is refused
    0002  too many messages to this number
    0003  the service fails twice, then works
    0004  the message is taken and the answer never comes
    0005  taken, and the receipt says that it was not delivered
    0006  too many requests at once, once
    0007  the account has no credit
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

FAULTS = {
    "0001": "bad-number",
    "0002": "number-limit",
    "0003": "broken-twice",
    "0004": "silent",
    "0005": "undelivered",
    "0006": "throttled-once",
    "0007": "no-credit",
}


@dataclass(frozen=True, slots=True)
class Account:
    """The one account of the simulated service."""

    key: str
    secret: str
    sender: str
    template: str
    per_second: float = 20.0


@dataclass(slots=True)
class Text:
    """A text message that the service took."""

    number: str
    to: str
    body: str
    at: datetime
    interface: str
    out_id: str = ""
    state: str = "taken"
    receipt: str = ""


@dataclass
class Service:
    """The service behind both interfaces."""

    account: Account
    receipts: str = ""
    silence: float = 30.0
    """Seconds that an answer that never comes takes."""
    texts: list[Text] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _times: deque[float] = field(default_factory=deque)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_too_fast(self) -> bool:
        """Count a request; whether there were more in the last second than the account may make."""
        now = time.monotonic()
        with self._lock:
            while self._times and self._times[0] < now - 1:
                self._times.popleft()
            if len(self._times) >= self.account.per_second:
                return True
            self._times.append(now)
            return False

    def is_new(self, nonce: str) -> bool:
        """Remember a nonce; false when it was used before."""
        with self._lock:
            known = nonce in self.nonces
            self.nonces.add(nonce)
            return not known

    def fault_of(self, to: str) -> str:
        """What goes wrong with this message; empty: nothing."""
        fault = FAULTS.get(to[-4:], "")
        with self._lock:
            self._seen[to, fault] += 1
            times = self._seen[to, fault]
        over = {"broken-twice": 2, "throttled-once": 1}.get(fault)
        return "" if over is not None and times > over else fault

    def take(self, *, to: str, body: str, interface: str, number: str, out_id: str = "") -> Text:
        """Keep a message."""
        with self._lock:
            text = Text(number, to, body, datetime.now(UTC), interface, out_id)
            self.texts.append(text)
        return text

    def next_number(self) -> int:
        with self._lock:
            return next(self._numbers)
