"""What whoever checked in for an appointment is told at the kiosk and on the phone: early, on time or late, and then what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from servicehall.kernel import clock
from servicehall.rooms.booking import queries

if TYPE_CHECKING:
    from servicehall.rooms.queueing.queries import TicketView


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence; ``near`` is the time of day that stands for a range of the wait, or empty."""

    text: str
    is_late: bool
    near: str


def told(row: Any, ticket: TicketView | None = None) -> Told | None:
    """How they came and what happens now; None: they have not checked in.

    Args:
        row: the appointment, with its offer and site.
        ticket: theirs; after its first stage the booked time says nothing any more.
    """
    found = queries.standing(row)
    if found is None:
        return None
    is_first = ticket is None or (ticket["state"] == "waiting" and ticket["stage_position"] == 1)
    near = clock.local(found.near, row.site.timezone).strftime("%H:%M") if found.near and is_first else ""
    return Told(_sentence(found.manner, near), found.manner == queries.LATE, near)


def _sentence(manner: str, near: str) -> str:
    if manner == queries.LATE:
        return _("Your time is past, so you stand in the queue as those who came without a booking.")
    if manner == queries.EARLY and near:
        return _("You are early. We call you near %(time)s, or sooner if nobody is before you.") % {
            "time": near
        }
    if manner == queries.EARLY:
        return _("You are early, and have your place in the queue already.")
    if near:
        return _("You are on time. We call you near %(time)s.") % {"time": near}
    return _("You are on time, and stand in the queue as booked.")
