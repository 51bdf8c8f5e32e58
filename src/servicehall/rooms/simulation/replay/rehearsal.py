"""The site that a replay happens at, set up through the rooms' own actions on the hall's machine.

Services are the log's kinds of calls, priority classes its three priorities, counters its servers'
places. Doors are open all day; the site is a rehearsal, so that a token may set its clock.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.hall import queries as places
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as staff
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries

from .presence import username_of
from .visits import ZONE

ORGANISATION = "rehearsals"
KINDS: dict[str, tuple[str, Text]] = {
    "PS": ("P", {"en": "Regular activity", "zh-Hans": "常规业务"}),
    "PE": ("E", {"en": "Regular activity in English", "zh-Hans": "常规业务（英语）"}),
    "NW": ("N", {"en": "New customers", "zh-Hans": "新客户咨询"}),
    "NE": ("S", {"en": "Stock exchange", "zh-Hans": "证券业务"}),
    "IN": ("I", {"en": "Internet help", "zh-Hans": "网上服务支持"}),
    "TT": ("T", {"en": "Asked to be called back", "zh-Hans": "预约回呼"}),
}
# In the centre of the log priority customers were put ahead by a minute and a half of waiting.
CLASSES: tuple[tuple[str, Text, dict[str, Any]], ...] = (
    ("p0", {"en": "Not identified", "zh-Hans": "未识别客户"}, {"is_default": True, "rank": 100}),
    ("p1", {"en": "Regular", "zh-Hans": "普通客户"}, {"rank": 100}),
    ("p2", {"en": "Priority", "zh-Hans": "优先客户"}, {"rank": 50, "head_start": 1.5}),
)


class NotARehearsal(Exception):
    """There is a site of that short name, and it is a real one."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A site that is ready, and a token for it."""

    site: UUID
    token: str
    token_row: Any


def prepare(slug: str, served: Mapping[str, Collection[str]], kinds: Collection[str]) -> Rehearsal:
    """Make the site, or add to it what is missing; ``served`` are the kinds that each place serves.

    What an earlier replay left in the queue is ended first.

    Raises:
        NotARehearsal: the short name is taken by a site where time is real.
    """
    site = _site(slug)
    by: Any = {"site_id": site.pk, "by": SYSTEM}
    while queue.expire_before(day=date.max, **by):
        pass
    stages = _services(site.pk, kinds)
    _counters(site, served, stages)
    row, token = people.create_token(role="integration", site_id=site.pk, name=f"replay {slug}", by=SYSTEM)
    return Rehearsal(site.pk, token, row)


def finish(rehearsal: Rehearsal) -> None:
    """The token is not needed any more."""
    people.revoke_token(rehearsal.token_row, by=SYSTEM)


def _site(slug: str) -> Any:
    try:
        found = places.site(slug)
    except NotFound:
        pass
    else:
        if not found.is_rehearsal:
            raise NotARehearsal(slug)
        return found
    return hall.add_site(
        region=_region(),
        slug=slug,
        names={"en": f"Rehearsal {slug}", "zh-Hans": f"演练 {slug}"},
        timezone=ZONE,
        hours=[(weekday, time(0), time(0)) for weekday in range(7)],
        is_rehearsal=True,
        by=SYSTEM,
    )


def _region() -> Any:
    for site in places.sites_seen(SYSTEM):
        if site.region.organisation.slug == ORGANISATION:
            return site.region
    names = {"en": "Rehearsals", "zh-Hans": "演练"}
    organisation = hall.add_organisation(slug=ORGANISATION, names=names, by=SYSTEM)
    return hall.add_region(organisation=organisation, slug=ORGANISATION, names=names, by=SYSTEM)


def _services(site_id: UUID, kinds: Collection[str]) -> dict[str, UUID]:
    """The stage of each kind."""
    found = {one["slug"]: UUID(one["stages"][0]["id"]) for one in queries.hall(site_id)["services"]}
    missing = [kind for kind in sorted(kinds) if kind.lower() not in found]
    if missing:
        classes = _classes(site_id) if not found else []
        for kind in missing:
            prefix, names = KINDS.get(kind, (kind[:3].upper(), {"en": kind}))
            row = queue.add_service(
                site_id=site_id, slug=kind.lower(), prefix=prefix, names=names, classes=classes, by=SYSTEM,
                expected_minutes=3, target_minutes=1,
            )  # fmt: skip
            found[kind.lower()] = row.stages.get().pk
    return found


def _classes(site_id: UUID) -> list[Any]:
    queue.set_rules(site_id=site_id, by=SYSTEM, discipline="accumulating")
    return [
        queue.add_class(site_id=site_id, key=key, names=names, by=SYSTEM, **fields)
        for key, names, fields in CLASSES
    ]


def _counters(site: Any, served: Mapping[str, Collection[str]], stages: dict[str, UUID]) -> None:
    there = {one["names"]["en"] for one in queries.counters(site.pk)}
    missing = [place for place in sorted(served) if place not in there]
    if not missing:
        return
    zone = next(iter(places.zones(site.pk)), None)
    if zone is None:
        names = {"en": "Call centre", "zh-Hans": "呼叫中心"}
        zone = hall.add_zone(
            floor=hall.add_floor(site=site, level=0, names=names, by=SYSTEM),
            slug="centre",
            names=names,
            by=SYSTEM,
        )
    people_there = {one.username for one in staff.colleagues(site.pk)}
    for label, place in enumerate(missing, len(there) + 1):
        queue.add_counter(
            site_id=site.pk,
            zone_id=zone.pk,
            label=str(label),
            names={"en": place},
            stages=[stages[kind.lower()] for kind in sorted(served[place])],  # type: ignore[misc]  # ids serve as well
            by=SYSTEM,
        )
        username = username_of(site.slug, place)
        if username and username not in people_there:
            _person(site.pk, username, place)


def _person(site_id: UUID, username: str, place: str) -> None:
    people.add_staff(
        username=username,
        names={"en": place.title()},
        password=secrets.token_urlsafe(24),
        roles=[people.RoleAt("agent", site=site_id)],
        by=SYSTEM,
        language="en",
    )
