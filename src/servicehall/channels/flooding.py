"""How many tickets may be taken from one address without anybody being known: a script must not fill the queue.

Counted in this process, so with several web processes the limit is as many times as high; what it stops
are hundreds. A hall's own wireless network may be one address, so the limit is generous.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused

from .addresses import address_of

WITHIN = 600.0
"""Seconds in which they count."""
_MOST_KEPT = 10_000


class TooManyFromHere(Refused):
    """Somebody takes ticket after ticket from one network."""

    kind = "too-many-from-here"
    status = 429
    title = _("Many tickets were just taken from this network")
    advice = _("Wait a few minutes, or take a ticket in the hall.")


_taken: dict[tuple[UUID, str], deque[float]] = {}
_lock = threading.Lock()


def count_ticket(request: HttpRequest, site_id: UUID) -> None:
    """Count a ticket that is about to be taken.

    Raises:
        TooManyFromHere: as many as may be were taken from there lately.
    """
    now, key = time.monotonic(), (site_id, address_of(request))
    with _lock:
        if len(_taken) > _MOST_KEPT:
            _forget(now)
        times = _taken.setdefault(key, deque())
        while times and times[0] < now - WITHIN:
            times.popleft()
        if len(times) >= settings.TICKETS_OF_ONE_ADDRESS:
            raise TooManyFromHere
        times.append(now)


def _forget(now: float) -> None:
    for key in [key for key, times in _taken.items() if not times or times[-1] < now - WITHIN]:
        del _taken[key]
