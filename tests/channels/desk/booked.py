"""Something to book in the house of the desk's tests, and who is booked. No fixtures."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import setup
from servicehall.rooms.hall import queries as hall

from .house import House, both

TUESDAY = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""


def something_to_book(house: House, resources: int = 2) -> tuple[list[Any], Any]:
    """Rooms that are open from nine to five, and an offer of half an hour."""
    setup.forget()
    week = [(weekday, time(9), time(17)) for weekday in range(7)]
    week += [(weekday, time(12), time(13), "walk_in") for weekday in range(7)]  # type: ignore[misc]
    rooms = [
        booking.add_resource(
            site_id=house.site_id, slug=f"room-{n}", kind="room", names=both(f"Room {n}", f"{n} 号室"),
            hours=week, by=SYSTEM,
        )
        for n in range(1, resources + 1)
    ]  # fmt: skip
    offer = booking.add_offer(
        site_id=house.site_id, slug="advice", names=both("Advice", "咨询"), needs=[rooms], after=10,
        group_most=4, lead=0, by=SYSTEM,
    )  # fmt: skip
    return rooms, offer


def book(house: House, starts_at: datetime, name: str = "王小明", **rest: Any) -> Any:
    """Somebody has that time."""
    details = booking.Details(name, phone=rest.pop("phone", "13800138000"))
    return booking.book_for(
        site_id=house.site_id, offer="advice", starts_at=starts_at, details=details, by=SYSTEM, **rest
    )


def today_at(house: House, hour: int, minute: int = 0, days: int = 0) -> datetime:
    """A moment at the site, today or so many days later."""
    zone = hall.site(house.site_id).timezone
    day = clock.local(clock.now(), zone).date() + timedelta(days=days)
    return clock.moment_of(day, time(hour, minute), zone)


def id_of(row: Any) -> UUID:
    found: UUID = row.pk
    return found
