"""Calendars of resources: the feed that is read elsewhere, outside calendars and what they stand against."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import translation

from servicehall.kernel import clock, languages
from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking import ical
from servicehall.rooms.booking.correspondence import CalendarFeed, OutsideCalendar
from servicehall.rooms.booking.models import ARRIVED, BOOKED, DONE, Appointment, DayHours, Resource
from servicehall.rooms.booking.order import in_order

from .correspondence import rules_of

PAST, AHEAD = timedelta(days=60), timedelta(days=180)
REFRESH = timedelta(minutes=15)


def digest_of(secret: str) -> str:
    """What is kept of a feed's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Feed:
    """A resource's appointments in iCalendar, what tells two states apart, and when the newer one was made."""

    body: str
    etag: str
    changed_at: datetime


def feed(secret: str, *, at: datetime | None = None) -> Feed:
    """The calendar under a secret address: 60 days back, 180 ahead, in the language of whose it is (four queries).

    Names of customers are in it only where the hall's rules say so.

    Raises:
        NotFound: there is none, or it was revoked.
    """
    found = (
        CalendarFeed.objects.filter(digest=digest_of(secret), resource__is_active=True)
        .select_related("resource__site", "resource__staff")
        .first()
    )
    if found is None:
        raise NotFound
    moment, resource = at or clock.now(), found.resource
    site = resource.site
    rows = list(
        Appointment.objects.filter(
            assignments__resource=resource,
            state__in=(BOOKED, ARRIVED, DONE),
            starts_at__gte=moment - PAST,
            starts_at__lt=moment + AHEAD,
        )
        .select_related("offer")
        .distinct()
        .order_by("starts_at", "pk")
    )
    with_names = rules_of(site.pk).names_in_feeds
    if with_names:
        open_all(rows)
    language = resource.staff.language if resource.staff else ""
    with translation.override((language or "en").lower()):
        place = languages.say(site.names)
        entries = [_entry(row, place, with_names=with_names) for row in rows]
        body = ical.feed(
            entries,
            zone=site.timezone,
            name=f"{languages.say(resource.names)} · {place}",
            url="",
            refresh=REFRESH,
        )
    changed = max([found.made_at, *(row.changed_at for row in rows)])
    return Feed(body, hashlib.sha256(body.encode()).hexdigest()[:32], changed)


def _entry(row: Appointment, place: str, *, with_names: bool) -> ical.Entry:
    name = f" · {row.name}" if with_names and row.name else ""
    people = f" ×{row.people}" if row.people > 1 else ""
    return ical.Entry(
        row.pk,
        row.sequence,
        row.starts_at,
        row.ends_at,
        row.changed_at,
        f"{languages.say(row.offer.names)} {row.reference}{people}{name}",
        "",
        place,
        languages.current(),
    )


@dataclass(frozen=True, slots=True)
class OwnFeed:
    """A resource that the reader is, with its address to be read elsewhere."""

    row: Resource
    feed: CalendarFeed | None


def own_feeds(site_id: UUID, *, actor: Actor) -> list[OwnFeed]:
    """The addresses of the actor's own resources at a site (two queries).

    Raises:
        NotFound, NotAllowed: the actor may not see the calendar there.
    """
    allow(actor, "booking.see", site_id)
    if actor.id is None or actor.kind != "staff":
        return []
    rows = sorted(Resource.objects.filter(site=site_id, is_active=True, staff=actor.id), key=in_order)
    feeds = {one.resource_id: one for one in CalendarFeed.objects.filter(resource__in=rows)}
    return [OwnFeed(row, feeds.get(row.pk)) for row in rows]


@dataclass(frozen=True, slots=True)
class ResourceCalendars:
    """A resource with its feed, its outside calendars, and appointments at times that those say are busy."""

    row: Resource
    feed: CalendarFeed | None
    outside: list[OutsideCalendar]
    conflicts: list[Appointment]


def resource_calendars(site_id: UUID, *, actor: Actor, at: datetime | None = None) -> list[ResourceCalendars]:
    """The calendars of a site's resources (five queries).

    Raises:
        NotFound, NotAllowed: the actor may not see them.
    """
    allow(actor, "setup.see", site_id)
    resources = sorted(Resource.objects.filter(site=site_id, is_active=True), key=in_order)
    feeds = {one.resource_id: one for one in CalendarFeed.objects.filter(resource__site=site_id)}
    outside: dict[UUID, list[OutsideCalendar]] = {}
    counted = OutsideCalendar.objects.filter(resource__site=site_id).annotate(closes=Count("days"))
    for one in counted.order_by("pk"):
        outside.setdefault(one.resource_id, []).append(one)
    against = _conflicts(site_id, at or clock.now())
    return [
        ResourceCalendars(row, feeds.get(row.pk), outside.get(row.pk, []), against.get(row.pk, []))
        for row in resources
    ]


def _conflicts(site_id: UUID, at: datetime) -> dict[UUID, list[Appointment]]:
    """Appointments to come that lie in busy times of an outside calendar of their resource (two queries)."""
    rows = DayHours.objects.filter(outside__resource__site=site_id, outside__is_active=True)
    spans: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for one in rows.select_related("resource__site"):
        zone = one.resource.site.timezone
        after = one.date + timedelta(days=1)
        if one.opens is None or one.closes is None:
            whole = clock.moment_of(one.date, time(0), zone), clock.moment_of(after, time(0), zone)
            spans.setdefault(one.resource_id, []).append(whole)
            continue
        last = after if one.closes <= one.opens else one.date
        span = clock.moment_of(one.date, one.opens, zone), clock.moment_of(last, one.closes, zone)
        spans.setdefault(one.resource_id, []).append(span)
    if not spans:
        return {}
    found: dict[UUID, list[Appointment]] = {}
    booked = Appointment.objects.filter(
        Q(assignments__resource__in=list(spans)), site_id=site_id, state=BOOKED, ends_at__gt=at
    ).prefetch_related("assignments")
    for row in booked.select_related("offer").distinct().order_by("starts_at", "pk"):
        for assigned in row.assignments.all():
            mine = spans.get(assigned.resource_id, [])
            if any(begin < row.ends_at and end > row.starts_at for begin, end in mine):
                found.setdefault(assigned.resource_id, []).append(row)
    return found
