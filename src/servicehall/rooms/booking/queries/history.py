"""What was booked lately, for whoever tries a rule out. Counts only: nobody is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking import setup
from servicehall.rooms.booking.models import ARRIVED, BOOKED, DONE, LOST, Appointment


@dataclass(frozen=True, slots=True)
class Booked:
    """The appointments of an offer over some days: how many at each minute of the day, and how many of them came."""

    days: int
    by_minute: dict[int, int]
    came: int

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.by_minute.values())


def booked_lately(site_id: UUID, offer_id: UUID, first: date, last: date, *, actor: Actor) -> Booked:
    """The appointments of these days that were neither given back nor cancelled, on days that had any (one query).

    Raises:
        NotFound, NotAllowed: the actor may not see the setup there.
    """
    allow(actor, "setup.see", site_id)
    zone = setup.of_site(site_id).zone
    rows = Appointment.objects.filter(site_id=site_id, offer_id=offer_id, day__gte=first, day__lte=last)
    rows = rows.filter(state__in=(BOOKED, ARRIVED, DONE, LOST))
    days, minutes, came = set(), Counter[int](), 0
    for day, starts_at, arrived_at in rows.values_list("day", "starts_at", "arrived_at"):
        local = clock.local(starts_at, zone)
        days.add(day)
        minutes[local.hour * 60 + local.minute] += 1
        came += arrived_at is not None
    return Booked(len(days), dict(minutes), came)
