"""What happened at a site on its last days, visit by visit, for a model of its day. No customer is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from servicehall.kernel import clock, events
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.history import Tally
from servicehall.rooms.queueing.models import Ticket
from servicehall.rooms.queueing.told_of_visits import KINDS, Sent, Told, told

if TYPE_CHECKING:
    from servicehall.rooms.queueing.configuration import Configuration

MOST_EVENTS = 300_000
"""So many of the newest events are looked through at most: a second on SQLite."""
_COLUMNS = (
    *("id", "day", "service_id", "priority_id", "state", "joined_at", "called_at", "started_at", "ended_at"),
    *("calls", "waited", "served", "counter_id", "staff_id"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit that is over. ``waited`` and ``served`` in seconds, in all stages; ``called_at``: the last call.

    Who was served and then sent to another service makes two of them: the first one ends there, the second begins.
    Who was sent on before being served is one of the other service, from the beginning.
    """

    ticket: UUID
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
    ``told``: what the log says of missed calls and the stages.
    """

    setup: Configuration
    days: list[date]
    visits: list[PastVisit]
    at_counters: set[tuple[UUID, datetime]]
    skills: dict[UUID, frozenset[UUID]]
    told: Told


def past(site_id: UUID, *, actor: Actor, days: int = 20, at: datetime | None = None) -> Past:
    """The last ``days`` business days on which somebody came (some twenty queries: the log's beginning is found by halving).

    Today, which is not over, counts as no day of its own unless it is the only one.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, "ops.see", site_id)
    setup = configuration.of_site(site_id)
    found = Ticket.objects.filter(site_id=site_id).order_by("-day").values_list("day", flat=True).distinct()
    today, came = setup.day(at or clock.now()), list(found[: days + 1])
    last = [day for day in came if day < today][:days] or came[:1]
    log = _told(site_id, setup, last)
    visits = [part for one in _visits(site_id, last) for part in parts(one, log.sent.get(one.ticket, ()))]
    hours = Tally.objects.filter(site_id=site_id, day__in=last, handled__gt=0).values_list(
        "counter_id", "hour"
    )
    staff = {one.staff for one in visits if one.staff}
    return Past(setup, last, visits, set(hours), people.skills_of_many(staff), log)


def _told(site_id: UUID, setup: Configuration, days: list[date]) -> Told:
    if not days:
        return Told()
    begins = clock.moment_of(min(days), setup.day_ends, setup.timezone)
    seq = max(events.last_before(site_id, begins), events.last_seq(site_id) - MOST_EVENTS)
    return told(events.of_kinds(site_id, seq, KINDS))


def parts(visit: PastVisit, sent: Iterable[Sent]) -> Iterator[PastVisit]:
    """A visit as the services saw it: a part for each at which the customer was served before being sent on."""
    joined, served = visit.joined_at, visit.served
    for one in sent:
        if one.served <= 0:
            continue
        yield replace(
            visit, service=one.from_service, state="done", joined_at=joined, called_at=None, started_at=None,
            ended_at=one.at, calls=1, waited=0.0, served=one.served, counter=one.counter, staff=None,
        )  # fmt: skip
        joined, served = one.at, max(0.0, served - one.served)
    yield replace(visit, joined_at=joined, served=served)


def _visits(site_id: UUID, days: list[date]) -> Iterator[PastVisit]:
    over = Ticket.objects.filter(site_id=site_id, day__in=days).exclude(state__in=(*Ticket.ACTIVE, "merged"))
    for row in over.order_by("joined_at").values_list(*_COLUMNS):
        yield PastVisit(*row)
