"""The live pages: several sites side by side, and one site with its services, counters and hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor
from servicehall.rooms.feedback import queries as feedback
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as services

from . import alerts, asking, charts, locks, parts, tiles
from .asking import Place
from .frame import alert_parts, frame

LATEST_RATINGS = 6
SORTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "waiting": lambda s: s.get("waiting", 0),
    "longest": lambda s: s.get("longest_seconds", 0),
    "issued": lambda s: s["issued"],
    "served": lambda s: s["served"],
    "level": lambda s: -1 if s["service_level"] is None else s["service_level"],
    "wait": lambda s: s["mean_wait_seconds"] or 0,
    "no-show": lambda s: s["no_show"],
    "abandoned": lambda s: s["abandoned"],
    "csat": lambda s: -1 if s["rating"]["csat"] is None else s["rating"]["csat"],
}
NO_RATINGS: dict[str, Any] = {"count": 0, "mean": None, "csat": None}


def _as_of(moment: str, zone: str) -> str:
    return clock.local(datetime.fromisoformat(moment), zone).strftime("%H:%M:%S")


@never_cache
@vary_on_headers("X-Parts")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """All sites that the reader watches, side by side; straight to the site when there is one only."""
    actor = asking.watcher(request)
    if chosen := request.GET.get("site", ""):
        return redirect(_address(chosen, request))
    day, region = asking.day_of(request.GET), asking.uuid_of(request.GET, "region")
    sites = list(hall.sites_seen(actor, asking.RIGHT).order_by("slug"))
    if len(sites) == 1 and not region:
        return redirect(_address(sites[0].slug, request))
    figures = queueing.sites_figures(actor=actor, region=region, day=day)
    listed = {UUID(s["id"]) for s in figures["sites"]}
    rated = _ratings_of(figures, [s for s in sites if s.pk in listed], actor)
    order = request.GET.get("sort", "")
    figures["sites"] = _sorted(
        [{**s, "rating": rated.get(UUID(s["id"]), NO_RATINGS)} for s in figures["sites"]], order
    )
    zones = {s["timezone"] for s in figures["sites"]}
    zone = zones.pop() if len(zones) == 1 else "UTC"
    as_of = _as_of(figures["at"], zone) + (" UTC" if zone == "UTC" else "")
    context = {
        "figures": figures,
        "alerts": alerts.late_counts(figures["late_seconds"]),
        "tiles": [
            *tiles.of_sites_now(figures["total"]),
            *tiles.of_day(figures["total"], _together(rated.values())),
        ],
        "sort": order,
        "query": QueryDict(f"day={day.isoformat()}" if day else ""),
    }
    found = [parts.part(name, context, as_of=as_of, request=request) for name in ("alerts", "tiles", "sites")]
    found += alert_parts(actor, request)
    if parts.wants_parts(request):
        return parts.changed(request, found, as_of=as_of, seq=0, late=figures["late_seconds"] is not None)
    return render(
        request,
        "ops/overview.html",
        {
            **context,
            "parts": {one.name: one.html for one in found},
            "as_of": as_of,
            "live_path": "/live/ops" if figures["is_today"] and figures["sites"] else "",
            "choices": {
                "regions": [(r["id"], r["names"]) for r in figures["regions"]],
                "region": str(region or ""),
                "sites": [(s.slug, s.names) for s in sites if region in (None, s.region_id)],
                "day": day.isoformat() if day else "",
            },
            "several": len(sites) > 1,
            **frame(actor),
        },
    )


def _address(slug: str, request: HttpRequest) -> str:
    kept = {name: request.GET[name] for name in ("zone", "day") if request.GET.get(name)}
    address = reverse("ops:site", args=[slug])
    return f"{address}?{urlencode(kept)}" if kept else address


def _ratings_of(figures: dict[str, Any], sites: list[Any], actor: Actor) -> dict[UUID, dict[str, Any]]:
    days = {UUID(s["id"]): datetime.fromisoformat(s["day"]).date() for s in figures["sites"]}
    spans = {s.pk: asking.span(days[s.pk], s.timezone, s.day_ends) for s in sites}
    return feedback.satisfaction_of_sites(spans, actor=actor)


def _together(rated: Any) -> dict[str, Any]:
    found = [one for one in rated if one["count"]]
    count = sum(one["count"] for one in found)
    if not count:
        return NO_RATINGS
    return {
        "count": count,
        "mean": sum(one["mean"] * one["count"] for one in found) / count,
        "csat": sum(one["csat"] * one["count"] for one in found) / count,
    }


def _sorted(sites: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    key = SORTS.get(order.removeprefix("-"))
    return sorted(sites, key=key, reverse=order.startswith("-")) if key else sites


@never_cache
@vary_on_headers("X-Parts")
@require_GET
def site(request: HttpRequest, slug: str) -> HttpResponse:
    """One site's day: live today, as it ended on a day past."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor, zone=request.GET.get("zone", ""))
    day = asking.day_of(request.GET, default=place.today) or place.today
    with timezone.override(place.timezone):
        context = _site_context(place, day, actor)
        figures = context["figures"]
        as_of = _as_of(figures["at"], place.timezone)
        names = ("alerts", "tiles", "services", "hours", "counters", "ratings")
        found = [parts.part(name, context, as_of=as_of, request=request) for name in names]
        found += alert_parts(actor, request, site=place.id, slug=place.slug)
        if parts.wants_parts(request):
            late = figures["late_seconds"] is not None
            return parts.changed(request, found, as_of=as_of, seq=figures["seq"], late=late)
        return render(
            request,
            "ops/site.html",
            {
                **context,
                "parts": {one.name: one.html for one in found},
                "as_of": as_of,
                "live_path": f"/live/sites/{place.slug}" if figures["is_today"] else "",
                **_around(place, day, actor),
            },
        )


def _site_context(place: Place, day: Any, actor: Actor) -> dict[str, Any]:
    zone = place.zone.pk if place.zone else None
    figures = queueing.site_figures(place.id, actor=actor, day=day, zone=zone)
    counters = [UUID(c["id"]) for c in figures["counters"]] if zone else None
    start, end = place.span(day)
    rated = feedback.satisfaction_by_service(place.id, start=start, end=end, actor=actor, counters=counters)
    whole = _together(rated.values())
    today = figures["is_today"]
    live = tiles.of_now(figures["total"], figures["services"]) if today else []
    names = {UUID(s["id"]): s["names"] for s in figures["services"]}
    places = {UUID(c["id"]): c for c in figures["counters"]}
    flows = services.names_at(place.id)
    return {
        "place": place,
        "figures": figures,
        "day": day,
        "alerts": [*alerts.of_locks(_locked(place, today, actor)), *alerts.of_site(figures)],
        "tiles": [*live, *tiles.of_day(figures["total"], whole)],
        "rating": whole,
        "services": [_service(s, rated) for s in figures["services"]],
        "counters": [{**c, "shown_state": _shown_state(c)} for c in figures["counters"]],
        "chart": charts.by_hour(figures["hours"]) if figures["hours"] else None,
        "waits": charts.waits(figures["hours"]) if figures["hours"] else None,
        "ratings": [
            {
                "row": r,
                "service": names.get(r.service_id) if r.service_id else flows.get(r.flow) or {"en": r.flow},
                "counter": places[r.counter_id]["names"] if r.counter_id in places else None,
                "reasons": words(r.reasons),
            }
            for r in feedback.latest(
                place.id, actor=actor, limit=LATEST_RATINGS, span=(start, end), counters=counters
            )
        ],
        "query": QueryDict(f"day={day.isoformat()}" if day != place.today else ""),
    }


def _locked(place: Place, today: Any, actor: Actor) -> list[people.LockedPerson]:
    may = today and actor.may(locks.RIGHT, place.id)
    return people.locked_at(place.id, at=clock.now()) if may else []


def words(reasons: list[str]) -> list[str]:
    """Tapped reasons in the reader's language; one that is no longer offered as it was stored."""
    known = feedback.reasons()
    return [known["good"].get(key) or known["bad"].get(key) or key for key in reasons]


def _service(figures: dict[str, Any], rated: dict[UUID | None, dict[str, Any]]) -> dict[str, Any]:
    return {
        **figures,
        "rating": rated.get(UUID(figures["id"]), NO_RATINGS),
        "level_tone": tiles.share_tone(figures["service_level"]),
        "wait_tone": tiles.wait_tone(figures.get("longest_seconds", 0), figures["target_seconds"]),
    }


def _shown_state(counter: dict[str, Any]) -> str:
    """The counter's state as the shared pill names it."""
    if counter.get("ticket_state"):
        return "calling" if counter["ticket_state"] == "called" else "serving"
    return str(counter.get("state", "closed"))


def _around(place: Place, day: Any, actor: Actor) -> dict[str, Any]:
    """What stands around the figures: filters, days before and after, screens, what the reader may export."""
    seen = list(hall.sites_seen(actor, asking.RIGHT).order_by("region__slug", "slug"))
    return {
        "choices": {
            "regions": [(str(r.pk), r.names) for r in hall.regions_of(seen)],
            "region": str(place.region),
            "sites": [(s.slug, s.names) for s in seen],
            "site": place.slug,
            "zones": [(z.slug, z.names) for z in place.zones],
            "zone": place.zone.slug if place.zone else "",
            "day": day.isoformat(),
        },
        "several": len(seen) > 1,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < place.today else None,
        **frame(actor, site=place.id),
    }
