"""Times that can be booked: read from the hours in memory and the capacity rows (one query)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from servicehall.kernel import clock
from servicehall.rooms.booking import cells, fitting, overbooking, setup, store
from servicehall.rooms.booking.fitting import Day
from servicehall.rooms.booking.models import Offer
from servicehall.rooms.booking.setup import Bookable, OfferSetup
from servicehall.rooms.hall import queries as hall

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site

NEAREST = 5


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A date with the moments (UTC) at which an appointment can begin."""

    day: date
    starts: tuple[datetime, ...]


def days_of_needs(
    here: Bookable,
    offer: OfferSetup,
    first: date,
    last: date,
    people: int,
    *,
    only: UUID | None = None,
    busy: store.Taken | None = None,
    at: datetime | None = None,
) -> dict[date, list[list[Day]]]:
    """For each date the resources of each need, with what is open and taken; those too small are left out.

    ``busy``: what is taken, where the caller knows it; then nothing is overbooked.
    """
    wanted = {one for need in offer.needs for one in need}
    over = bool(offer.row.overbook_percent) and busy is None
    more = _more_places(offer, wanted, first, last, at) if over else {}
    busy = store.taken(wanted, first, last + timedelta(days=1)) if busy is None else busy
    found: dict[date, list[list[Day]]] = {}
    day = first
    while day <= last:
        length, after = cells.count(day, here.zone), day + timedelta(days=1)
        by_resource: dict[UUID, Day] = {}
        for pk in wanted:
            row = here.resources[pk]
            if row.seats is not None and not offer.row.group_takes_places and people > row.seats:
                continue
            today, tomorrow = busy.get((pk, day), {}), busy.get((pk, after), {})
            taken = tuple(today.get(p, 0) | tomorrow.get(p, 0) << length for p in range(row.places))
            extra = more.get((pk, day), 0) > 0
            if extra:
                spare = today.get(row.places, 0) | tomorrow.get(row.places, 0) << length
                taken = (*taken, overbooking.hours_of(spare))
            by_resource[pk] = Day(pk, here.open_on(pk, day), taken, length, extra)
        needs = [[by_resource[pk] for pk in need if pk in by_resource] for need in offer.needs]
        if only is not None:
            needs = [
                [one for one in need if one.resource == only] or need if only in offer.needs[n] else need
                for n, need in enumerate(needs)
            ]
        found[day] = needs
        day = after
    return found


def _more_places(
    offer: OfferSetup, wanted: set[UUID], first: date, last: date, at: datetime | None
) -> dict[tuple[UUID, date], int]:
    """How many more than fit can still be booked, by resource and date (two queries)."""
    rate = measured(offer.row.pk, at).rate
    if not rate:
        return {}
    booked = store.booked_places(wanted, first, last)
    found = {}
    for (pk, day), (regular, extra) in booked.items():
        allowed = overbooking.allowed(regular, rate, offer.row.overbook_percent)
        found[pk, day] = allowed - extra
    return found


def measured(offer_id: UUID, at: datetime | None = None) -> overbooking.Measured:
    """How many appointments of the offer have ended in the last weeks, and to how many nobody came (one query)."""
    moment = at or clock.now()
    return overbooking.Measured(
        *store.ended_and_lost(offer_id, moment - timedelta(weeks=overbooking.WEEKS), moment)
    )


def free_times(
    *,
    site_id: UUID,
    offer: str | UUID,
    first: date,
    last: date,
    people: int = 1,
    by_staff: bool = False,
    resource: UUID | None = None,
    at: datetime | None = None,
) -> list[FreeDay]:
    """The dates from ``first`` to ``last`` with their times; those outside of what can be booked have none.

    Raises:
        NotFound: the site has no such offer.
    """
    here = setup.of_site(site_id)
    return _free(
        here, here.offer(offer), first, last, people, by_staff=by_staff, only=resource, at=at or clock.now()
    )


def _free(
    here: Bookable,
    offer: OfferSetup,
    first: date,
    last: date,
    people: int,
    *,
    by_staff: bool,
    only: UUID | None = None,
    at: datetime,
) -> list[FreeDay]:
    soonest = at if by_staff else at + timedelta(minutes=offer.row.lead)
    begin = max(first, clock.local(soonest, here.zone).date())
    end = min(last, here.last_day(offer, here.today(at)))
    shape = offer.shape(people)
    found = []
    needs: dict[date, list[list[Day]]] = {}
    if end >= begin and offer.needs:
        needs = days_of_needs(here, offer, begin, end, people, only=only, at=at)
    day = first
    while day <= last:
        starts: tuple[datetime, ...] = ()
        if day in needs:
            mask = fitting.beginnings_of_all(needs[day], shape, by_staff=by_staff)
            midnight = cells.begins(day, here.zone)
            starts = tuple(m for cell in cells.each(mask) if (m := midnight + cell * cells.CELL) >= soonest)
        found.append(FreeDay(day, starts))
        day += timedelta(days=1)
    return found


def nearest(
    here: Bookable, offer: OfferSetup, wanted: datetime, people: int, *, by_staff: bool, at: datetime
) -> list[datetime]:
    """A few free times close to the wanted one, the closest first."""
    today = here.today(at)
    day = min(max(clock.local(wanted, here.zone).date(), today), here.last_day(offer, today))
    days = _free(
        here, offer, day - timedelta(days=10), day + timedelta(days=10), people, by_staff=by_staff, at=at
    )
    starts = [start for one in days for start in one.starts]
    return sorted(starts, key=lambda start: abs(start - wanted))[:NEAREST]


def offer(site_id: UUID, ref: str | UUID) -> OfferSetup:
    """An offer in use at the site (one query).

    Raises:
        NotFound: the site has no such offer.
    """
    return setup.of_site(site_id).offer(ref)


def last_day(site_id: UUID, ref: str | UUID, *, at: datetime | None = None) -> date:
    """The last date that a customer can book.

    Raises:
        NotFound: the site has no such offer.
    """
    here = setup.of_site(site_id)
    return here.last_day(here.offer(ref), here.today(at or clock.now()))


def next_times(
    site_id: UUID, ref: str | UUID, *, people: int = 1, at: datetime | None = None, limit: int = NEAREST
) -> list[datetime]:
    """The first times that a customer can book, a month of the calendar at a time (one query each).

    Raises:
        NotFound: the site has no such offer.
    """
    here, moment = setup.of_site(site_id), at or clock.now()
    chosen = here.offer(ref)
    day, last = here.today(moment), here.last_day(chosen, here.today(moment))
    found: list[datetime] = []
    while day <= last and len(found) < limit:
        end = min(day + timedelta(days=30), last)
        for one in _free(here, chosen, day, end, people, by_staff=False, at=moment):
            found += one.starts
        day = end + timedelta(days=1)
    return found[:limit]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another site where the same can be booked."""

    site: Site
    offer: OfferSetup
    first: datetime


def elsewhere(site_id: UUID, slug: str, *, people: int = 1, limit: int = 3) -> list[Elsewhere]:
    """Other sites of the organisation with an offer of that short name, the soonest free first."""
    organisation = hall.site(site_id).region.organisation_id
    found = []
    for site in hall.open_sites():
        if site.pk == site_id or site.region.organisation_id != organisation:
            continue
        chosen = next((one for one in setup.of_site(site.pk).offers.values() if one.row.slug == slug), None)
        if chosen is None or not chosen.row.is_public or not chosen.needs:
            continue
        if first := next_times(site.pk, chosen.row.pk, people=people, limit=1):
            found.append(Elsewhere(site, chosen, first[0]))
    return sorted(found, key=lambda one: one.first)[:limit]


def sites_with_offers() -> list[Site]:
    """The sites where a customer can book anything (two queries)."""
    ids = set(_bookable().values_list("site_id", flat=True))
    return [site for site in hall.open_sites() if site.pk in ids]


def any_offer() -> bool:
    """Whether a customer can book anything anywhere (one query)."""
    return _bookable().filter(site__is_active=True, site__is_rehearsal=False).exists()


def _bookable() -> QuerySet[Offer]:
    return Offer.objects.filter(is_active=True, is_public=True, needs__resources__is_active=True)
