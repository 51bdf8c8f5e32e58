"""In which order resources and offers are listed: by position, then by name as the reader reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicehall.kernel.natural_order import Key, natural_name

if TYPE_CHECKING:
    from .models import Offer, Resource


def in_order(row: Offer | Resource) -> tuple[int, Key, str]:
    """What to sort it by."""
    return (row.position, natural_name(row.names), row.slug)
