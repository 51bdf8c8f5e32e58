"""What a way of paying can do, whichever it is. No database: orders go in, what the provider says comes out.

Every call either says what happened, raises :class:`NotDone` when certainly nothing did, or raises
:class:`Unclear`. Nothing about a payer leaves a provider's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from servicehall.kernel.effects import NotDone
from servicehall.kernel.money import Money

__all__ = [
    "BillLine",
    "Given",
    "NotDone",
    "Notice",
    "NoticeRefused",
    "Order",
    "Status",
    "Unclear",
    "Way",
]


class Unclear(Exception):
    """It may have got there, and nobody knows what came of it. ``reason`` is a word, for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoticeRefused(Exception):
    """A notification that is not believed: ``signature``, ``too-old``, ``malformed``, ``merchant``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid, as a provider is told."""

    number: str
    money: Money
    description: str
    expires_at: datetime
    notify_url: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """Money to be given back of an order of which ``whole`` was paid."""

    order: str
    number: str
    money: Money
    whole: Money
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    """What a provider says about an order; ``waiting`` also where it only knows it once somebody scans."""

    state: Literal["waiting", "paid", "closed", "failed", "missing"]
    money: Money | None = None
    transaction_id: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification that is the provider's own: checked, decrypted. ``about`` is a payment or a refund."""

    id: str
    about: Literal["payment", "refund", "other"]
    number: str = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of a day's statement."""

    kind: Literal["payment", "refund"]
    number: str
    money: Money
    transaction_id: str = ""


class Way(Protocol):
    """A way of paying, with the keys of one account."""

    name: str

    def offer(self, order: Order, /) -> str:
        """Have the order made; returns the text of its QR code."""

    def query(self, number: str, /) -> Status:
        """What became of an order."""

    def close(self, number: str, /) -> None:
        """Have an order closed. Raises NotDone with reason ``paid`` when it was paid meanwhile."""

    def refund(self, given: Given, /) -> None:
        """Give money back. Raises Unclear while the provider works on it."""

    def refund_state(self, given: Given, /) -> Literal["done", "failed", "unknown"]:
        """What became of a refund. Raises NotDone when the provider knows none."""

    def read_notice(self, headers: Mapping[str, str], body: bytes, at: datetime, /) -> Notice:
        """Check a notification. Raises NoticeRefused."""

    def bill(self, day: date, /) -> list[BillLine]:
        """The statement of a day in the provider's own time zone."""
