"""Sites and what is in them: reads that need no more than knowing the site."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from servicehall.channels.api.answers import show
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import SitePath, read
from servicehall.channels.api.schemas import places
from servicehall.kernel.rights import allow
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing


def _brief(site: Any) -> dict[str, Any]:
    return {
        "id": str(site.pk),
        "slug": site.slug,
        "names": site.names,
        "address": site.address or {},
        "timezone": site.timezone,
        "region": {"id": str(site.region_id), "slug": site.region.slug, "names": site.region.names},
        "is_rehearsal": site.is_rehearsal,
    }


@read("/sites", places.Sites, tag="sites", public=True)
def list_sites(request: Request) -> HttpResponse:
    """The sites that customers may see, or (with a token) those of the token."""
    caller = request.auth
    found = hall.sites_seen(caller.actor) if caller.is_known else hall.open_sites()
    return show(places.Sites, {"items": [_brief(site) for site in found]})


@read("/sites/{site}", places.Site, tag="sites", public=True)
def get_site(request: Request, site: SitePath) -> HttpResponse:
    """A site, and whether its doors are open."""
    site_id = request.auth.site(site)
    with request.auth.at(site_id):
        found, now = hall.site(site_id), queueing.hall(site_id)
    doors = {key: now[key] for key in ("is_open", "opens_at", "closes_at")}
    return show(places.Site, {**_brief(found), "day_ends": f"{found.day_ends:%H:%M}", **doors})


@read("/sites/{site}/services", places.Services, tag="sites", public=True)
def list_services(request: Request, site: SitePath) -> HttpResponse:
    """The services of a site with their queues and priority classes, and whether the doors are open."""
    site_id = request.auth.site(site)
    with request.auth.at(site_id):
        now = queueing.hall(site_id)
    return show(places.Services, {**now, "items": now["services"]})


@read("/sites/{site}/counters", places.Counters, tag="sites", public=True)
def list_counters(request: Request, site: SitePath) -> HttpResponse:
    """The counters of a site: who is there, whom they have, what they serve."""
    site_id = request.auth.site(site)
    found = queueing.counters(site_id)
    if not request.auth.actor.may("queue.see", site_id):
        found = [{**one, "staff": None, "ticket": None, "pause_reason": ""} for one in found]
    return show(places.Counters, {"items": found})


@read("/sites/{site}/zones", places.Zones, tag="sites", public=True)
def list_zones(request: Request, site: SitePath) -> HttpResponse:
    """The zones of a site, by floor."""
    found = [
        {
            "id": str(zone.pk),
            "slug": zone.slug,
            "names": zone.names,
            "kind": zone.kind,
            "floor": {"level": zone.floor.level, "names": zone.floor.names},
        }
        for zone in hall.zones(request.auth.site(site))
    ]
    return show(places.Zones, {"items": found})


@read("/sites/{site}/staff", places.Staff, tag="sites")
def list_staff(request: Request, site: SitePath) -> HttpResponse:
    """Who may serve at a site, and at which counter they are signed in."""
    site_id = request.auth.site(site)
    allow(request.auth.actor, "queue.call", site_id)
    at = {one["staff"]["id"]: one for one in queueing.counters(site_id) if one["staff"]}
    found = [
        {"id": str(one.pk), "username": one.username, "names": one.names, "counter": at.get(str(one.pk))}
        for one in people.colleagues(site_id)
    ]
    return show(places.Staff, {"items": found})
