"""Tickets of booked customers, marked for staff: the booked time, and whether they came early or late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicehall.channels.desk.access import Ground
from servicehall.channels.look import moments
from servicehall.kernel import clock
from servicehall.rooms.booking import queries
from servicehall.rooms.queueing import queries as queueing

_LISTS = ("waiting", "directed", "at_counters", "held", "missed")


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on a ticket: "booked 10:30, late"."""

    words: str
    tone: str


def mark(queue: dict[str, Any], current: Any = None) -> None:
    """Put ``booked`` on every row of the queue's lists and on the ticket at the counter (one query for all of them)."""
    rows: list[Any] = [row for name in _LISTS for row in queue[name]]
    if current:
        rows.append(current)
    found = queries.bookings_of([UUID(row["id"]) for row in rows])
    zone = queue["site"]["timezone"]
    for row in rows:
        one = found.get(UUID(row["id"]))
        row["booked"] = one and mark_of(one, zone)


def mark_of(row: Any, zone: str) -> Mark:
    """The mark of an appointment whose customer has checked in."""
    time = {"time": clock.local(row.starts_at, zone).strftime("%H:%M")}
    standing = queries.standing(row)
    if standing is not None and standing.manner == queries.LATE:
        return Mark(_("booked %(time)s, late") % time, "warn")
    if standing is not None and standing.manner == queries.EARLY:
        return Mark(_("booked %(time)s, early") % time, "info")
    return Mark(_("booked %(time)s") % time, "info")


def mark_of_ticket(ticket_id: UUID, zone: str) -> Mark | None:
    """The mark of one ticket; None: they came without an appointment (one query)."""
    one = queries.bookings_of([ticket_id]).get(ticket_id)
    return mark_of(one, zone) if one else None


def place_words(row: Any, ground: Ground) -> str:
    """Where somebody stands who was just checked in: "A012 · early · 3 ahead · near 10:30". Without a queue: nothing."""
    if row.ticket_id is None:
        return ""
    ticket: Mapping[str, Any] = queueing.ticket(row.ticket_id, actor=ground.actor)
    standing = queries.standing(row)
    words = [ticket["number"]]
    if standing is not None:
        words.append(
            {queries.EARLY: _("early"), queries.LATE: _("late, stands as a walk-in")}.get(
                standing.manner, _("on time")
            )
        )
    ahead = ticket["people_ahead"]
    if ahead is not None:
        words.append(
            ngettext("%(count)d ahead", "%(count)d ahead", ahead) % {"count": ahead} if ahead else _("next")
        )
    if standing is not None and standing.near is not None:
        time = clock.local(standing.near, row.site.timezone).strftime("%H:%M")
        words.append(_("called near %(time)s") % {"time": time})
    elif ticket["wait_minutes"]:
        words.append(moments.expected_wait(ticket["wait_minutes"]))
    return " · ".join(words)
