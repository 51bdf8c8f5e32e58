"""Hands one message over by HTTP: to the address that was looked at, without following anybody elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from servicehall.kernel import pinned_line

from . import addresses
from .addresses import UnfitAddress

PATIENCE = 15.0
"""Seconds from the first byte to the last: a receiver that answers drop by drop gets no more."""
CONNECTING = 5.0
LONGEST_ANSWER = 16 * 1024
GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try. ``problem`` is empty when it was taken, else a word of the program's own list:

    no-address, forbidden, no-connection, tls, timeout, no-answer, redirect, status.
    """

    status: int
    problem: str
    milliseconds: int
    wish: timedelta | None = None


def post(url: str, body: bytes, headers: Mapping[str, str], *, patience: float = PATIENCE) -> Answer:
    """Send a message and wait for the answer, ``patience`` seconds at most."""
    try:
        target = addresses.target_of(url)
    except UnfitAddress:
        return Answer(0, "forbidden", 0)
    got = pinned_line.exchange(
        "POST",
        target,
        body,
        {"Content-Type": "application/json", **headers},
        networks=settings.WEBHOOK_NETWORKS,
        patience=patience,
        connecting=CONNECTING,
        longest=LONGEST_ANSWER,
    )
    if not got.status:
        return Answer(0, got.problem, got.milliseconds)
    # What it says beside the status is not read, so it may be as long as it likes.
    return Answer(
        got.status, _judged(got.status), got.milliseconds, _wish(got.headers.get("retry-after", ""))
    )


def _judged(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return "redirect" if 300 <= status < 400 else "status"


def _wish(given: str) -> timedelta | None:
    """Retry-After in seconds; a date is not asked for by anybody worth the trouble."""
    given = given.strip()
    return timedelta(seconds=int(given)) if given.isascii() and given.isdigit() and len(given) < 8 else None
