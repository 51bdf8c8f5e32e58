"""Identifiers: UUID version 7 (RFC 9562, section 5.7), in time order within a process."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last_ms = 0
_sequence = 0


def uuid7() -> UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, a 12-bit sequence, 62 random bits.

    Two made one after the other in one process sort in that order, also within a
    millisecond and when the system clock steps back.
    """
    global _last_ms, _sequence
    random = int.from_bytes(os.urandom(10), "big")
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms, _sequence = now, random >> 70 & 0x7FF
        else:
            _sequence += 1
            if _sequence > 0xFFF:
                _last_ms, _sequence = _last_ms + 1, 0
        ms, sequence = _last_ms, _sequence
    value = ms << 80 | 0x7 << 76 | sequence << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return UUID(int=value)
