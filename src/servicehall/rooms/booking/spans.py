"""Spans of anything that has an order: cells, moments. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

At = TypeVar("At", int, datetime)


def joined(spans: Iterable[tuple[At, At]]) -> Iterator[tuple[At, At]]:
    """In order; those that touch or overlap are one."""
    last: tuple[At, At] | None = None
    for begin, end in sorted(spans):
        if last is not None and begin <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (begin, end)
    if last is not None:
        yield last
