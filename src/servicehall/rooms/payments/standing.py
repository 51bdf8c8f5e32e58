"""How an intent stands, from what happened to it. Pure: no clock, no database.

Every change of an intent's row is made by :func:`after`, one event after another, so the row is a projection
of its events; a test makes all rows again from their events and compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

OPEN = ("opened", "offered", "unknown")
ENDS = {"paid": "paid", "closed": "closed", "offer-failed": "failed"}
KINDS = (
    "opened",
    "offered",
    "offer-failed",
    "unclear",
    "paid",
    "surplus",
    "closed",
    "refund-begun",
    "refund-done",
    "refund-failed",
    "refund-unclear",
    "refused",
)


class Happening(Protocol):
    """What is read of an event."""

    kind: str
    at: datetime
    amount: int
    transaction_id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The columns of an intent that its events decide."""

    state: str = "opened"
    received: int = 0
    refunded: int = 0
    transaction_id: str = ""
    paid_at: datetime | None = None
    ended_at: datetime | None = None


def after(now: Standing, event: Happening) -> Standing:
    """How it stands after one more event.

    Raises:
        ValueError: this cannot happen to an intent that stands like that.
    """
    kind = event.kind
    if kind == "surplus":
        return replace(now, received=now.received + event.amount)
    if kind == "refund-begun":
        return replace(now, refunded=now.refunded + event.amount)
    if kind == "refund-failed":
        return replace(now, refunded=now.refunded - event.amount)
    if kind in {"refund-done", "refund-unclear", "refused"}:
        return now
    if now.state not in OPEN:
        raise ValueError(f"{kind} after {now.state}")
    if kind == "paid":
        return replace(
            now, state="paid", received=now.received + event.amount, transaction_id=event.transaction_id,
            paid_at=event.at, ended_at=event.at,
        )  # fmt: skip
    if kind in ENDS:
        return replace(now, state=ENDS[kind], ended_at=event.at)
    states = {"opened": "opened", "offered": "offered", "unclear": "unknown"}
    return replace(now, state=states[kind])


def of(events: Iterable[Happening]) -> Standing:
    """How an intent stands after all its events, in their order."""
    found = Standing()
    for event in events:
        found = after(found, event)
    return found
