"""What can be followed, by whom: from a path to topics, sites and the right that it takes.

Everything here reads the database and runs in a thread of the hub's pool.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from servicehall.channels.live.credentials import Credentials
from servicehall.channels.live.messages import (
    ALL,
    BOARD,
    booking_topic,
    counter_topic,
    request_topic,
    ticket_topic,
)
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as services

NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """What a stream shows."""

    sites: tuple[UUID, ...]
    topic: str
    right: str = ""
    """Needed at every one of the sites; empty: anybody may look."""
    ticks: bool = False
    """Told, not too often, that the queue moved."""
    many: bool = False
    """Whether it shows all the sites that the reader may see, so that their set is part of it."""


def _site(ref: str, who: Credentials) -> Place:
    actor = who.actor()
    site = hall.site(ref, actor=actor)
    allow(actor, "events.read", site.pk)
    return Place((site.pk,), ALL, "events.read")


def _board(ref: str, _: Credentials) -> Place:
    return Place((hall.site(ref).pk,), BOARD)


def _ticket(code: str, _: Credentials) -> Place:
    ticket_id, site_id = queueing.id_of_code(code)
    return Place((site_id,), ticket_topic(ticket_id), ticks=True)


def _request(ear: str, _: Credentials) -> Place:
    instance_id, site_id = services.id_of_ear(ear)
    return Place((site_id,), request_topic(instance_id))


def _booking(code: str, _: Credentials) -> Place:
    found = booking.appointment(code)
    return Place((found.site_id,), booking_topic(found.pk))


def _counter(ref: str, who: Credentials) -> Place:
    actor = who.actor()
    counter_id, site_id = queueing.site_of_counter(ref)
    if not actor.sees(site_id):
        raise NotFound
    allow(actor, "queue.see", site_id)
    return Place((site_id,), counter_topic(counter_id), "queue.see", ticks=True)


def _ops(_ref: str, who: Credentials) -> Place:
    return Place(_scope(who.actor()), ALL, "ops.see", many=True)


def _scope(actor: Actor) -> tuple[UUID, ...]:
    sites = tuple(sorted(hall.sites_seen(actor, "ops.see").values_list("pk", flat=True)))
    if not sites:
        raise NotAllowed(right="ops.see")
    return sites


_WITH_NAME: dict[str, Callable[[str, Credentials], Place]] = {
    "sites": _site,
    "boards": _board,
    "tickets": _ticket,
    "requests": _request,
    "bookings": _booking,
    "counters": _counter,
}


def finder(path: str) -> Callable[[Credentials], Place]:
    """The look-up that a path asks for; calling it reads the database.

    Raises:
        NotFound: no such path.
    """
    parts = path.strip("/").split("/")
    if parts == ["live", "ops"]:
        return lambda who: _ops("", who)
    if len(parts) == 3 and parts[0] == "live" and (find := _WITH_NAME.get(parts[1])):
        name = parts[2]
        if NAME.fullmatch(name):  # what no slug, id or code can be never reaches the database
            return lambda who: find(name, who)
    raise NotFound


def still_allowed(place: Place, actor: Actor) -> bool:
    """Whether a stream that is open may stay so."""
    if not place.right:
        return True
    if place.many:
        return set(hall.sites_seen(actor, place.right).values_list("pk", flat=True)) == set(place.sites)
    return all(actor.may(place.right, site_id) for site_id in place.sites)
