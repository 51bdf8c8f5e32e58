"""What can be booked at a site, in memory: read once, checked by the setup's version on each use (one query)."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from servicehall.kernel import clock, sql
from servicehall.kernel.errors import NotFound
from servicehall.rooms.hall import queries as hall

from .cells import MINUTES
from .fitting import Shape
from .hours import Hours, OnDate, Openness, Timetable, openness
from .models import DayHours, Offer, Resource, WeeklyHours

_DAYS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class OfferSetup:
    """An offer with the resources of each of its needs, in their order."""

    row: Offer
    needs: tuple[tuple[UUID, ...], ...]

    @property
    def length(self) -> timedelta:
        """How long an appointment takes."""
        return timedelta(minutes=self.row.minutes)

    def shape(self, people: int = 1) -> Shape:
        """What an appointment for so many people takes."""
        row = self.row
        return Shape(
            row.before // MINUTES,
            row.minutes // MINUTES,
            row.after // MINUTES,
            row.step // MINUTES,
            people if row.group_takes_places else 1,
        )


@dataclass(slots=True)
class Bookable:
    """Everything about booking at a site that changes only when somebody changes the setup."""

    site: UUID
    slug: str
    zone: str
    offers: dict[UUID, OfferSetup]
    resources: dict[UUID, Resource]
    tables: dict[UUID, Timetable]
    _open: dict[tuple[UUID, date], Openness] = field(default_factory=dict)

    def offer(self, ref: str | UUID) -> OfferSetup:
        """An offer in use, by id or short name.

        Raises:
            NotFound: the site has no such offer.
        """
        for one in self.offers.values():
            if str(ref) in {str(one.row.pk), one.row.slug}:
                return one
        raise NotFound

    def open_on(self, resource: UUID, day: date) -> Openness:
        """When the resource is open on that day."""
        found = self._open.get((resource, day))
        if found is None:
            if len(self._open) > _DAYS_KEPT:
                self._open.clear()
            found = self._open[resource, day] = openness(self.tables[resource], day)
        return found

    def today(self, at: object = None) -> date:
        """The date at the site now."""
        return clock.local(clock.now() if at is None else at, self.zone).date()  # type: ignore[arg-type]

    def last_day(self, offer: OfferSetup, today: date) -> date:
        """The last date that can be booked."""
        return today + timedelta(days=offer.row.horizon_days)


def on_date(row: DayHours) -> OnDate:
    """Hours of a date, as the rules read them."""
    return OnDate(row.kind, row.opens, row.closes, row.audience, row.outside_id is not None)


_kept: dict[UUID, tuple[int, Bookable]] = {}
_lock = threading.Lock()


def of_site(site_id: UUID) -> Bookable:
    """The site's setup as of now.

    Raises:
        NotFound: there is no such site in use.
    """
    found = sql.row("SELECT setup_version FROM hall_site WHERE id = %s AND is_active", site_id)
    if found is None:
        raise NotFound
    kept = _kept.get(site_id)
    if kept is not None and kept[0] == found[0]:
        return kept[1]
    with _lock:
        fresh = _load(site_id)
        _kept[site_id] = (int(found[0]), fresh)
        return fresh


def forget() -> None:
    """Drop what is kept (tests use one process for many databases)."""
    _kept.clear()


def as_written(site_id: UUID) -> Bookable:
    """The site's setup as this transaction has it; not kept, because the transaction may still fail."""
    return _load(site_id)


def _load(site_id: UUID) -> Bookable:
    site = hall.site(site_id)
    schedule = hall.schedule_of(site)
    weekly: dict[UUID, dict[int, list[Hours]]] = defaultdict(lambda: defaultdict(list))
    for one in WeeklyHours.objects.filter(resource__site=site_id).order_by("opens", "pk"):
        hours = Hours(one.opens, one.closes, one.audience, one.valid_from, one.valid_to)
        weekly[one.resource_id][one.weekday].append(hours)
    dates: dict[UUID, dict[date, list[OnDate]]] = defaultdict(lambda: defaultdict(list))
    for row in DayHours.objects.filter(resource__site=site_id).order_by("opens", "pk"):
        dates[row.resource_id][row.date].append(on_date(row))
    resources = {one.pk: one for one in Resource.objects.filter(site=site_id, is_active=True)}
    tables = {
        pk: Timetable(
            pk,
            site.timezone,
            {weekday: tuple(spans) for weekday, spans in weekly[pk].items()},
            {day: tuple(rules) for day, rules in dates[pk].items()},
            schedule if one.follows_hall else None,
        )
        for pk, one in resources.items()
    }
    offers = {}
    for offer in (
        Offer.objects.filter(site=site_id, is_active=True)
        .select_related("service")
        .prefetch_related("needs__resources")
    ):
        needs = [[r.pk for r in need.resources.all() if r.pk in resources] for need in offer.needs.all()]
        offers[offer.pk] = OfferSetup(offer, tuple(tuple(one) for one in needs))
    return Bookable(site.pk, site.slug, site.timezone, offers, resources, tables)
