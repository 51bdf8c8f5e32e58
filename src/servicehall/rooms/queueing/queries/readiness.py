"""What is still missing before a hall can open. A constant number of queries for any number of sites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from servicehall.kernel.languages import Text
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing.models import Counter, PriorityClass, Series, Service, Stage

GapKind = Literal[
    "no-floors",
    "no-zones",
    "no-hours",
    "no-class",
    "no-series",
    "no-services",
    "service-without-stage",
    "no-counters",
    "stage-without-counter",
    "no-staff",
    "stage-without-skill",
]
ORDER: tuple[GapKind, ...] = (
    "no-floors",
    "no-zones",
    "no-hours",
    "no-class",
    "no-series",
    "no-services",
    "service-without-stage",
    "no-counters",
    "stage-without-counter",
    "no-staff",
    "stage-without-skill",
)
"""The order in which one sets a hall up, so that closing the first gap helps with the next."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing; ``names`` are the services it is about, where it is about some."""

    kind: GapKind
    names: tuple[Text, ...] = ()


def gaps(sites: Collection[UUID]) -> dict[UUID, list[Gap]]:
    """What each site lacks, in the order in which one sets a hall up; an empty list: it can open.

    Looks at the setup only: whether it is now open, or somebody is at a counter, is another question.
    """
    found: dict[UUID, dict[GapKind, list[Text]]] = {site: {} for site in sites}
    if not found:
        return {}

    def lacks(kind: GapKind, have: Collection[UUID]) -> None:
        for site, lack in found.items():
            if site not in have:
                lack[kind] = []

    lacks("no-floors", hall.sites_with_floors(sites))
    lacks("no-zones", hall.sites_with_zones(sites))
    lacks("no-hours", hall.sites_with_hours(sites))
    ordinary = PriorityClass.objects.filter(site_id__in=sites, is_default=True)
    lacks("no-class", set(ordinary.values_list("site_id", flat=True)))
    lacks("no-series", set(Series.objects.filter(site_id__in=sites).values_list("site_id", flat=True)))
    stages = _services(sites, found, lacks)
    _counters(sites, found, stages, lacks)
    _staff(sites, found, stages, lacks)
    return {site: [Gap(k, tuple(lack[k])) for k in ORDER if k in lack] for site, lack in found.items()}


Lacks = Callable[[GapKind, Collection[UUID]], None]
Found = dict[UUID, dict[GapKind, list[Text]]]
Stages = dict[UUID, tuple[UUID, Text, frozenset[UUID]]]
"""Stage → (site, name to show, required skills), of the services in use."""


def _note(found: Found, site: UUID, kind: GapKind, name: Text) -> None:
    names = found[site].setdefault(kind, [])
    if name not in names:
        names.append(name)


def _services(sites: Collection[UUID], found: Found, lacks: Lacks) -> Stages:
    services = list(
        Service.objects.filter(site_id__in=sites, is_active=True)
        .prefetch_related("stages__skills")
        .order_by("position", "slug")
    )
    lacks("no-services", {s.site_id for s in services})
    stages: Stages = {}
    for service in services:
        rows = list(service.stages.all())
        if not rows:
            _note(found, service.site_id, "service-without-stage", service.names)
        for row in rows:
            stages[row.pk] = (service.site_id, service.names, frozenset(s.pk for s in row.skills.all()))
    return stages


def _counters(sites: Collection[UUID], found: Found, stages: Stages, lacks: Lacks) -> None:
    lacks(
        "no-counters",
        set(Counter.objects.filter(site_id__in=sites, is_active=True).values_list("site_id", flat=True)),
    )
    served = set(
        Stage.objects.filter(counters__site_id__in=sites, counters__is_active=True).values_list(
            "pk", flat=True
        )
    )
    for stage, (site, name, _skills) in stages.items():
        if stage not in served and "no-counters" not in found[site]:
            _note(found, site, "stage-without-counter", name)


def _staff(sites: Collection[UUID], found: Found, stages: Stages, lacks: Lacks) -> None:
    staff = people.staff_of_sites(sites)
    lacks("no-staff", {site for site, ids in staff.items() if ids})
    held = people.skills_of_many({one for ids in staff.values() for one in ids})
    able: dict[UUID, list[frozenset[UUID]]] = defaultdict(list)
    for site, ids in staff.items():
        able[site] = [held.get(one, frozenset()) for one in ids]
    for site, name, skills in stages.values():
        if skills and "no-staff" not in found[site] and not any(skills <= has for has in able[site]):
            _note(found, site, "stage-without-skill", name)
