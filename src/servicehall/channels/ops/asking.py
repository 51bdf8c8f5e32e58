"""Who asks and for what: the signed-in watcher, and the filters of an address, checked.

Not here: what the pages show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound, NotSignedIn
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people

RIGHT = "ops.see"


@dataclass(frozen=True, slots=True)
class Place:
    """A site that is watched, with the zone looked at (None: all of it)."""

    id: UUID
    slug: str
    names: dict[str, str]
    region: UUID
    timezone: str
    day_ends: time
    today: date
    zones: list[Any]
    zone: Any = None

    def span(self, day: date) -> tuple[datetime, datetime]:
        """The business day from its first moment up to the next one's."""
        return span(day, self.timezone, self.day_ends)


def span(day: date, timezone: str, day_ends: time) -> tuple[datetime, datetime]:
    """A business day from its first moment up to the next one's."""
    return (
        clock.moment_of(day, day_ends, timezone),
        clock.moment_of(day + timedelta(days=1), day_ends, timezone),
    )


def watcher(request: HttpRequest, right: str = RIGHT) -> Actor:
    """The signed-in person as an actor who watches at least one site (or holds another right at one).

    Raises:
        NotSignedIn: nobody is signed in.
        NotAllowed: none of the person's roles includes it.
    """
    if not request.user.is_authenticated:
        raise NotSignedIn
    actor = people.actor_of(request.user, "ops")
    if actor.sites(right) == frozenset():
        raise NotAllowed(right=right)
    return actor


def place(slug: str, actor: Actor, *, zone: str = "", right: str = RIGHT) -> Place:
    """The site of that short name, where the actor holds the right.

    Raises:
        NotFound: there is none, the actor has nothing to do with it, or it has no such zone.
        NotAllowed: the actor works there without watching it.
    """
    row = hall.site(slug, actor=actor)
    allow(actor, right, row.pk)
    zones = hall.zones(row.pk)
    found = next((z for z in zones if z.slug == zone), None)
    if zone and found is None:
        raise NotFound
    today = clock.business_day(clock.now(), row.timezone, row.day_ends)
    return Place(row.pk, row.slug, row.names, row.region_id, row.timezone, row.day_ends, today, zones, found)


def first_with(request: HttpRequest, right: str, name: str) -> HttpResponse:
    """A page of the first site where the reader may open it: for links on pages of many sites.

    Raises:
        NotSignedIn, NotAllowed: they may nowhere.
    """
    actor = watcher(request)
    first = hall.sites_seen(actor, right).order_by("slug").first()
    if first is None:
        raise NotAllowed(right=right)
    return redirect(name, first.slug)


def day_of(query: QueryDict, name: str = "day", default: date | None = None) -> date | None:
    """A day in an address (2026-11-23).

    Raises:
        BadInput: it is not a day.
    """
    value = query.get(name, "").strip()
    if not value:
        return default
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise BadInput(errors={name: "YYYY-MM-DD"}) from None
    # At the ends of the calendar there is no week around a day.
    if found.year not in clock.YEARS:
        raise BadInput(errors={name: "1970–2199"})
    return found


def uuid_of(query: QueryDict, name: str) -> UUID | None:
    """An id in an address.

    Raises:
        BadInput: it is not an id.
    """
    value = query.get(name, "").strip()
    if not value:
        return None
    try:
        return UUID(value)
    except ValueError:
        raise BadInput(errors={name: "UUID"}) from None


def hour_of(query: QueryDict, name: str = "hour") -> datetime | None:
    """The start of an hour in an address, as ISO 8601 with an offset.

    Raises:
        BadInput: it is not such a moment.
    """
    value = query.get(name, "").strip()
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadInput(errors={name: "ISO 8601"})
    return found
