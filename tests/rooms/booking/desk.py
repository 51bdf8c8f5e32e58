"""A small hall with things to book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries, setup
from tests.hall import CUSTOMER, MORNING, Hall, text

WORKDAYS = [(weekday, time(9), time(17)) for weekday in range(5)]
TOMORROW = MORNING + timedelta(days=1)
"""A Wednesday, 10:00 in Shanghai."""


@dataclass
class Desk:
    """The hall, and short ways to book in it."""

    hall: Hall
    resources: dict[str, Any]
    offer: Any

    def hold(self, starts_at: datetime = TOMORROW, **given: Any) -> Any:
        """A time for a customer."""
        rest: dict[str, Any] = {"offer": "advice", "by": CUSTOMER, "at": MORNING} | given
        return booking.hold_time(site_id=self.hall.id, starts_at=starts_at, **rest)

    def book(self, starts_at: datetime = TOMORROW, *, phone: str = "", **rest: Any) -> Any:
        """A time that is theirs."""
        held = self.hold(starts_at, **rest)
        details = booking.Details("王小明", phone=phone)
        return booking.book(
            code=held.code, details=details, by=rest.get("by", CUSTOMER), at=rest.get("at", MORNING)
        )

    def free(self, day: Any = None, **given: Any) -> list[str]:
        """Times of a day on the wall clock."""
        first = day or TOMORROW.date()
        rest: dict[str, Any] = {"offer": "advice", "at": MORNING} | given
        (found,) = queries.free_times(site_id=self.hall.id, first=first, last=first, **rest)
        return [f"{one + timedelta(hours=8):%H:%M}" for one in found.starts]


def make_desk(hall: Hall, **fields: Any) -> Desk:
    """An adviser and a colleague, half an hour each."""
    setup.forget()
    resources = {
        slug: booking.add_resource(site_id=hall.id, slug=slug, names=text(slug), hours=WORKDAYS, by=SYSTEM)
        for slug in ("ada", "bo")
    }
    offer = booking.add_offer(
        site_id=hall.id,
        slug="advice",
        names=text("Advice", "咨询"),
        needs=[list(resources.values())],
        service=hall.services["consult"],
        by=SYSTEM,
        **fields,
    )
    return Desk(hall, resources, offer)
