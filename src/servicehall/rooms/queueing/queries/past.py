"""What happened at a site on its last days, visit by visit, for a model of its day. No customer is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.history import Tally
from servicehall.rooms.queueing.models import Ticket

if TYPE_CHECKING:
    from servicehall.rooms.queueing.configuration import Configuration

_COLUMNS = (
    *("day", "service_id", "priority_id", "state", "joined_at", "called_at", "started_at", "ended_at"),
    *("calls", "waited", "served", "counter_id", "staff_id"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit that is over. ``waited`` and ``served`` in seconds, in all stages; ``called_at``: the last call."""

    day: date
    service: UUID
    priority: UUID
    state: str
    joined_at: datetime
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    calls: int
    waited: float
    served: float
    counter: UUID | None
    staff: UUID | None


@dataclass(frozen=True, slots=True)
class Past:
    """The site's setup as it is now, its last business days with visits (the newest first), and how they went.

    ``at_counters``: (counter, UTC start of an hour) in which somebody there served. ``skills``: of who served, by id.
    """

    setup: Configuration
    days: list[date]
    visits: list[PastVisit]
    at_counters: set[tuple[UUID, datetime]]
    skills: dict[UUID, frozenset[UUID]]


def past(site_id: UUID, *, actor: Actor, days: int = 20, at: datetime | None = None) -> Past:
    """The last ``days`` business days on which somebody came (five queries). Today, which is not over, counts as no day
    of its own unless it is the only one.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, "ops.see", site_id)
    setup = configuration.of_site(site_id)
    found = Ticket.objects.filter(site_id=site_id).order_by("-day").values_list("day", flat=True).distinct()
    today, came = setup.day(at or clock.now()), list(found[: days + 1])
    last = [day for day in came if day < today][:days] or came[:1]
    visits = list(_visits(site_id, last))
    hours = Tally.objects.filter(site_id=site_id, day__in=last, handled__gt=0).values_list(
        "counter_id", "hour"
    )
    staff = {one.staff for one in visits if one.staff}
    return Past(setup, last, visits, set(hours), people.skills_of_many(staff))


def _visits(site_id: UUID, days: list[date]) -> Iterator[PastVisit]:
    over = Ticket.objects.filter(site_id=site_id, day__in=days).exclude(state__in=(*Ticket.ACTIVE, "merged"))
    for row in over.order_by("joined_at").values_list(*_COLUMNS):
        yield PastVisit(*row)
