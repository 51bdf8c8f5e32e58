"""The staff's calendar: resources with their hours and who is booked, a search, and how full the days are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from servicehall.kernel import clock
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking import cells, setup, store
from servicehall.rooms.booking.models import HELD, RELEASED, Appointment, Resource
from servicehall.rooms.booking.order import in_order
from servicehall.rooms.booking.setup import Bookable, OfferSetup

FOUND = 50
NAMES_BACK, NAMES_AHEAD = timedelta(days=7), timedelta(days=60)
"""Names are enciphered, so they are looked for among the appointments around today only."""
NAMES_READ = 3000


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a day of a resource, in minutes since midnight as time goes by; ``audience`` as in its hours."""

    begins: int
    ends: int
    audience: str


@dataclass(frozen=True, slots=True)
class Column:
    """A resource on a date."""

    resource: Resource
    day: date
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Fullness:
    """An hour of a date, in minutes of places: open to everybody, to staff, kept for walk-ins; booked, held, free."""

    day: date
    hour: int
    public: int
    staff: int
    walk_in: int
    booked: int
    held: int
    free: int


def resources(site_id: UUID) -> list[Resource]:
    """The resources in use, in their order (from memory; one query for the version)."""
    return sorted(setup.of_site(site_id).resources.values(), key=in_order)


def columns(site_id: UUID, first: date, last: date, *, actor: Actor) -> list[Column]:
    """Each resource on each date with its hours (from memory).

    Raises:
        NotFound, NotAllowed: the actor may not see the calendar.
    """
    allow(actor, "booking.see", site_id)
    here = setup.of_site(site_id)
    found: list[Column] = []
    day = first
    while day <= last:
        found += [Column(one, day, _spans(here, one.pk, day)) for one in resources(site_id)]
        day += timedelta(days=1)
    return found


def _spans(here: Bookable, resource: UUID, day: date) -> tuple[Span, ...]:
    opened, length = here.open_on(resource, day), cells.count(day, here.zone)
    found = []
    for audience, mask in (("public", opened.public), ("staff", opened.staff), ("walk_in", opened.walk_in)):
        for begin, end in _runs(mask & cells.span(0, length)):
            found.append(Span(begin * cells.MINUTES, end * cells.MINUTES, audience))
    return tuple(sorted(found, key=lambda one: one.begins))


def _runs(mask: int) -> list[tuple[int, int]]:
    """From and up to which cell a stretch is set."""
    found, at = [], 0
    while mask >> at:
        rest = mask >> at
        at += (rest & -rest).bit_length() - 1
        end = at
        while mask >> end & 1:
            end += 1
        found.append((at, end))
        at = end
    return found


def search(site_id: UUID, words: str, *, actor: Actor, at: datetime | None = None) -> list[Appointment]:
    """Appointments with that number or telephone number; else those around today whose name has the words in it.

    Raises:
        NotFound, NotAllowed: the actor may not see them.
    """
    allow(actor, "booking.see", site_id)
    words = words.strip()
    if not words or "\0" in words:  # PostgreSQL knows no such text
        return []
    moment = at or clock.now()
    whole = _whole(site_id)
    exact = list(whole.filter(reference=words.upper().replace(" ", ""))[:FOUND])
    if exact:
        return exact
    organisation = whole.values_list("organisation_id", flat=True).first()
    if organisation is None:
        return []
    if any(sign.isdigit() for sign in words):
        index = index_of(Appointment, "phone_index", organisation, words)
        if found := list(whole.filter(phone_index=index).order_by("-starts_at")[:FOUND]):
            return found
    near = whole.filter(starts_at__gte=moment - NAMES_BACK, starts_at__lt=moment + NAMES_AHEAD)
    wanted = words.casefold()
    rows = list(near.order_by("starts_at", "pk")[:NAMES_READ])
    open_all(rows)
    return [row for row in rows if wanted in str(row.name or "").casefold()][:FOUND]


def _whole(site_id: UUID) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(site_id=site_id).exclude(state__in=(HELD, RELEASED))
    return rows.select_related("offer").prefetch_related("assignments__resource")


def appointment_at(site_id: UUID, appointment_id: UUID, *, actor: Actor) -> Appointment | None:
    """An appointment of the site by id, with offer and resources.

    Raises:
        NotFound, NotAllowed: the actor may not see them.
    """
    allow(actor, "booking.see", site_id)
    return _whole(site_id).filter(pk=appointment_id).first()


def offer_of(site_id: UUID, offer: UUID | str) -> OfferSetup:
    """An offer in use with its resources.

    Raises:
        NotFound: the site has no such offer.
    """
    return setup.of_site(site_id).offer(offer)


def fullness(site_id: UUID, first: date, last: date, *, actor: Actor) -> list[Fullness]:
    """How full each hour is in which anything is open or taken (three queries).

    Raises:
        NotFound, NotAllowed: the actor may not see it.
    """
    allow(actor, "booking.see", site_id)
    here = setup.of_site(site_id)
    busy = store.taken(set(here.resources), first, last)
    held = store.held_cells(site_id, first, last)
    found, day = [], first
    hour_cells = 60 // cells.MINUTES
    while day <= last:
        length = cells.count(day, here.zone)
        for n, at in enumerate(range(0, length, hour_cells)):
            hour = cells.span(at, min(at + hour_cells, length))
            sums = dict.fromkeys(("public", "staff", "walk_in", "taken", "free"), 0)
            for pk, row in here.resources.items():
                opened, taken = here.open_on(pk, day), busy.get((pk, day), {})
                for name in ("public", "staff", "walk_in"):
                    sums[name] += (getattr(opened, name) & hour).bit_count() * row.places
                for place in range(row.places):
                    free = (opened.public | opened.staff) & hour & ~taken.get(place, 0)
                    sums["free"] += free.bit_count()
                sums["taken"] += sum((mask & hour).bit_count() for mask in taken.values())
            if any(sums.values()):
                kept = sum(count for cell, count in held.get(day, {}).items() if hour >> cell & 1)
                minutes = {name: count * cells.MINUTES for name, count in sums.items()}
                found.append(
                    Fullness(
                        day,
                        n,
                        minutes["public"],
                        minutes["staff"],
                        minutes["walk_in"],
                        minutes["taken"] - kept * cells.MINUTES,
                        kept * cells.MINUTES,
                        minutes["free"],
                    )
                )
        day += timedelta(days=1)
    return found
