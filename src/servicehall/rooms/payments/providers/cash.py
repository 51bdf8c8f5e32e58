"""Cash at the counter: there is nobody to ask. Staff say that it was taken, and hand back what is given back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from .interface import BillLine, Given, Notice, NoticeRefused, Order, Status, Unclear


class Cash:
    """A drawer."""

    name = "cash"

    def offer(self, _order: Order) -> str:
        return ""

    def query(self, _number: str) -> Status:
        return Status("waiting")

    def close(self, _number: str) -> None:
        return None

    def refund(self, _given: Given) -> None:
        return None

    def refund_state(self, _given: Given) -> Literal["done", "failed", "unknown"]:
        raise Unclear("cash")  # only whoever held the notes knows

    def read_notice(self, _headers: Mapping[str, str], _body: bytes, _at: datetime) -> Notice:
        raise NoticeRefused("malformed")

    def bill(self, _day: date) -> list[BillLine]:
        return []
