"""How often one address may do what anybody may do: a script must not fill the queue, nor guess short codes.

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


class TooManyGuesses(Refused):
    """Short codes were typed wrong again and again."""

    kind = "too-many-guesses"
    status = 429
    title = _("Too many codes were typed wrong here")
    advice = _("Wait ten minutes, or scan the code on your phone’s screen at another kiosk.")


GUESSES = 20
"""Wrong codes from one address; a short code is one of a million and good for ten minutes."""
_Times = dict[tuple[UUID, str], deque[float]]
_taken: _Times = {}
_guessed: _Times = {}
_lock = threading.Lock()


def count_ticket(request: HttpRequest, site_id: UUID) -> None:
    """Count a ticket that is about to be taken.

    Raises:
        TooManyFromHere: as many as may be were taken from there lately.
    """
    key = (site_id, address_of(request))
    with _lock:
        if _lately(_taken, key) >= settings.TICKETS_OF_ONE_ADDRESS:
            raise TooManyFromHere
        _add(_taken, key)


def refuse_guessing(request: HttpRequest, site_id: UUID) -> None:
    """Before a short code is looked up.

    Raises:
        TooManyGuesses: as many as may be were wrong from there lately.
    """
    with _lock:
        if _lately(_guessed, (site_id, address_of(request))) >= GUESSES:
            raise TooManyGuesses


def count_guess(request: HttpRequest, site_id: UUID) -> None:
    """Count a short code that was wrong."""
    with _lock:
        _add(_guessed, (site_id, address_of(request)))


def _lately(times: _Times, key: tuple[UUID, str]) -> int:
    found, now = times.get(key, deque()), time.monotonic()
    while found and found[0] < now - WITHIN:
        found.popleft()
    return len(found)


def _add(times: _Times, key: tuple[UUID, str]) -> None:
    now = time.monotonic()
    if len(times) > _MOST_KEPT:
        for old in [one for one, found in times.items() if not found or found[-1] < now - WITHIN]:
            del times[old]
    times.setdefault(key, deque()).append(now)
