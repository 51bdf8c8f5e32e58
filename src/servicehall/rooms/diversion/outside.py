"""What other rooms may tell the load watch, registered by whoever knows: booking of times, and kiosks that are closed.

Without a registration times are those of the booking room, and how many kiosks are closed is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from servicehall.rooms.booking import queries as booking

Books = Callable[[UUID], bool]
ClosedKiosks = Callable[[UUID], int]
_books: list[Books] = []
_kiosks: list[ClosedKiosks] = []


def register_booking(books: Books) -> Books:
    """Whether times can be booked at a site, at ``/s/<site>/book``. The last one registered counts."""
    _books.append(books)
    return books


def register_closed_kiosks(count: ClosedKiosks) -> ClosedKiosks:
    """How many of a site's kiosks are closed now. The last one registered counts."""
    _kiosks.append(count)
    return count


def forget() -> None:
    """Nothing is registered any more (for tests)."""
    _books.clear()
    _kiosks.clear()


def can_book(site_id: UUID) -> bool:
    """Whether a time can be offered at the site: something is booked there by customers, unless another says so."""
    return _books[-1](site_id) if _books else bool(booking.offers(site_id))


def closed_kiosks(site_id: UUID) -> int | None:
    """How many kiosks of the site are closed; None: nobody knows."""
    return _kiosks[-1](site_id) if _kiosks else None


def knows_kiosks() -> bool:
    """Whether somebody counts closed kiosks."""
    return bool(_kiosks)
