"""Reads of places, for screens and for the rooms above. Never write."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import NAMES
from servicehall.kernel.natural_order import natural
from servicehall.kernel.rights import Actor
from servicehall.kernel.slugs import is_taken

from .distance import kilometres
from .models import Floor, OpeningHours, Organisation, Region, Site, SpecialDay, Zone
from .opening import Schedule, schedule


def site(ref: str | UUID, *, actor: Actor | None = None) -> Site:
    """The site in use with that slug or id.

    Raises:
        NotFound: there is none, or the actor has nothing to do with it.
    """
    sites = Site.objects.filter(is_active=True)
    try:
        found = sites.filter(pk=ref).first() if isinstance(ref, UUID) or len(ref) == 36 else None
    except (ValidationError, ValueError):
        found = None
    if found is None:
        found = sites.filter(slug=str(ref)).first()
    if found is None or (actor is not None and not actor.sees(found.pk)):
        raise NotFound
    return found


def hidden_by_pages() -> list[tuple[str, str]]:
    """Sites and zones in use that were named before the name was refused: what it is, and its short name."""
    sites = Site.objects.filter(is_active=True).values_list("slug", flat=True)
    zones = Zone.objects.filter(site__is_active=True).values_list("site__slug", "slug")
    found = [("site", one) for one in sites.order_by("slug") if is_taken(one, Site.IN_ADDRESSES)]
    return found + [
        ("zone", f"{site}/{one}")
        for site, one in zones.order_by("site__slug", "slug")
        if is_taken(one, Zone.IN_ADDRESSES)
    ]


def sites_seen(actor: Actor, right: str = "site.see") -> QuerySet[Site]:
    """The sites in use at which the actor holds the right, with regions."""
    found = Site.objects.filter(is_active=True).select_related("region__organisation")
    ids = actor.sites(right) if not actor.extra else None
    return found if ids is None else found.filter(pk__in=ids)


def open_sites() -> QuerySet[Site]:
    """Sites that customers may see."""
    return Site.objects.filter(is_active=True, is_rehearsal=False).select_related("region__organisation")


def distance_km(one: Site, other: Site) -> float | None:
    """How far two sites are from one another as the crow flies; None: of one of them nobody has said where it is."""
    return kilometres(one.point, other.point) if one.point and other.point else None


def open_organisations() -> list[Organisation]:
    """The organisations with a site that customers may see, by short name (one query)."""
    sites = Site.objects.filter(is_active=True, is_rehearsal=False)
    return list(Organisation.objects.filter(pk__in=sites.values("region__organisation_id")).order_by("slug"))


def find_sites(words: str = "", *, after: str = "", limit: int = 20) -> list[Site]:
    """Sites that customers may see, by short name from ``after`` on, whose name, place or region has all ``words``."""
    found = open_sites().order_by("slug")
    for word in words.split()[:5]:
        places = Q(slug__icontains=word)
        for column in ("names", "address", "region__names"):
            for language in NAMES:
                places |= Q(**{f"{column}__{language}__icontains": word})
        found = found.filter(places)
    return list(found.filter(slug__gt=after)[:limit])


def places_under(*, organisation: UUID | None = None, region: UUID | None = None) -> frozenset[UUID]:
    """The ids of an organisation or a region and of everything under it: regions and sites (one query)."""
    if region is not None:
        sites = Site.objects.filter(region_id=region).values_list("pk", flat=True)
        return frozenset({region, *sites})
    if organisation is None:
        return frozenset()
    pairs = Region.objects.filter(organisation_id=organisation).values_list("pk", "sites__pk")
    return frozenset({organisation, *(place for pair in pairs for place in pair if place)})


def places_above(sites: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """The region and the organisation of each site (one query)."""
    rows = Site.objects.filter(pk__in=sites).values_list("pk", "region_id", "region__organisation_id")
    return {site: (region, organisation) for site, region, organisation in rows}


def named_places(ids: Collection[UUID]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Places to choose from, by kind: ("site:<id>", name), regions and organisations too (three queries)."""
    tables = (
        ("organisation", _("organisations"), Organisation.objects.filter(pk__in=ids)),
        ("region", _("regions"), Region.objects.filter(pk__in=ids)),
        ("site", _("sites"), Site.objects.filter(pk__in=ids)),
    )
    found = []
    for kind, title, rows in tables:
        if names := [(f"{kind}:{row.pk}", str(row)) for row in rows]:
            found.append((capfirst(title), names))
    return found


def organisations() -> dict[str, UUID]:
    """The organisations by short name."""
    return dict(Organisation.objects.values_list("slug", "pk"))


def timezone_of(organisation_id: UUID) -> str:
    """The time zone of the organisation's hall that was set up first; UTC without any (one query)."""
    sites = Site.objects.filter(region__organisation_id=organisation_id).order_by("pk")
    return sites.values_list("timezone", flat=True).first() or "UTC"


def words_of_the_house() -> set[str]:
    """Names and short names of all organisations and sites, whole and word by word (two queries)."""
    found: set[str] = set()
    for table in (Organisation, Site):
        for slug, names in table.objects.values_list("slug", "names"):
            for name in (slug, *names.values()):
                found |= {name, *re.split(r"[\s-]+", name)}
    return found


def regions_of(sites: Iterable[Site]) -> list[Region]:
    """The regions of these sites, each once, in order of their short names."""
    return sorted({s.region for s in sites}, key=lambda r: r.slug)


def sites_with_floors(ids: Collection[UUID]) -> set[UUID]:
    """Those of the sites that have a floor."""
    return set(Floor.objects.filter(site_id__in=ids).values_list("site_id", flat=True))


def sites_with_zones(ids: Collection[UUID]) -> set[UUID]:
    """Those of the sites that have a zone."""
    return set(Zone.objects.filter(site_id__in=ids).values_list("site_id", flat=True))


def sites_with_hours(ids: Collection[UUID]) -> set[UUID]:
    """Those of the sites that open on some weekday."""
    return set(OpeningHours.objects.filter(site_id__in=ids).values_list("site_id", flat=True))


def zones(site_id: UUID) -> list[Zone]:
    """The zones of a site, by floor."""
    found = Zone.objects.filter(site_id=site_id).select_related("floor")
    return sorted(found, key=lambda zone: (zone.floor.level, natural(zone.slug)))


def zone(site_id: UUID, slug: str) -> Zone:
    """A zone by its short name.

    Raises:
        NotFound: the site has no such zone.
    """
    found = Zone.objects.filter(site_id=site_id, slug=slug).select_related("floor").first()
    if found is None:
        raise NotFound
    return found


def schedule_of(site: Site) -> Schedule:
    """The site's opening hours as a rule to ask (two queries)."""
    return schedule(
        site.timezone,
        [(h.weekday, h.opens, h.closes) for h in OpeningHours.objects.filter(site=site)],
        [(d.date, d.opens, d.closes) for d in SpecialDay.objects.filter(site=site)],
        site.temporary_from,
        site.temporary_to,
    )


def schedule_after(
    site_id: UUID,
    *,
    week: Sequence[tuple[int, time, time]] | None = None,
    add: Sequence[tuple[date, time | None, time | None]] = (),
    remove: Collection[int] = (),
) -> Schedule:
    """The opening hours as they would be with another week, with dates added and taken away (by id; three queries)."""
    place = site(site_id)
    hours = OpeningHours.objects.filter(site=site_id)
    days = SpecialDay.objects.filter(site=site_id).exclude(pk__in=remove)
    return schedule(
        place.timezone,
        [(h.weekday, h.opens, h.closes) for h in hours] if week is None else week,
        [*((d.date, d.opens, d.closes) for d in days), *add],
        place.temporary_from,
        place.temporary_to,
    )


def opening_week(site_id: UUID) -> list[OpeningHours]:
    """The spans of a site's weekdays, in their order (one query)."""
    return list(OpeningHours.objects.filter(site=site_id).order_by("weekday", "opens"))


def special_days(site_id: UUID, first: date, last: date) -> list[SpecialDay]:
    """The dates of a site with hours of their own, from one to another (one query)."""
    return list(SpecialDay.objects.filter(site_id=site_id, date__gte=first, date__lte=last).order_by("date"))


def schedules_of(sites: Sequence[Site]) -> dict[UUID, Schedule]:
    """The opening hours of several sites (two queries)."""
    hours: dict[UUID, list[Any]] = defaultdict(list)
    special: dict[UUID, list[Any]] = defaultdict(list)
    for site_id, *row in OpeningHours.objects.filter(site__in=sites).values_list(
        "site", "weekday", "opens", "closes"
    ):
        hours[site_id].append(tuple(row))
    for site_id, *row in SpecialDay.objects.filter(site__in=sites).values_list(
        "site", "date", "opens", "closes"
    ):
        special[site_id].append(tuple(row))
    return {
        s.pk: schedule(s.timezone, hours[s.pk], special[s.pk], s.temporary_from, s.temporary_to)
        for s in sites
    }
