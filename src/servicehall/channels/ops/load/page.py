"""The load watch of a site: what rules measure now, loads that are not over, what past ones brought, plans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from servicehall.channels.look import times
from servicehall.channels.ops import parts
from servicehall.channels.ops.asking import Place
from servicehall.kernel import clock, events
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor
from servicehall.rooms.diversion import queries as diversion

from .ground import CHANGE, PLAN_TONES, asked, shown

ICONS = {
    "open-counter": "door-open",
    "counter-services": "list-plus",
    "hide-services": "eye-off",
    "show-services": "eye",
    "offer-time": "calendar-clock",
    "offer-site": "map-pin",
    "offer-channel": "smartphone",
    "notice": "megaphone",
}
TONES = {"proposed": "warn", "running": "info", "dismissed": "neutral", "undone": "neutral", "over": "good"}


def _row(one: diversion.EpisodeView, flows: dict[str, Text]) -> dict[str, Any]:
    """A time of load, in words."""
    row = one.row
    return {
        "row": row,
        "view": one,
        "icon": ICONS.get(row.rule.action, "gauge"),
        "what": diversion.what(row.rule, flows),
        "of_what": diversion.of_what(row.rule),
        "amount": diversion.amount(row.rule.measure, row.value),
        "condition": diversion.condition(row.rule),
        "tone": TONES[row.state],
    }


def _wait(found: dict[str, Any]) -> str:
    if not found:
        return ""
    return times.minutes(found["mean"]) if found.get("count") else "–"


def _past(one: diversion.EpisodeView, flows: dict[str, Text]) -> dict[str, Any]:
    row = one.row
    ended = row.stopped_at or row.over_at
    return {
        **_row(one, flows),
        "lasted": times.duration(ended - (row.started_at or row.began_at)) if ended else "",
        "before": _wait(row.before),
        "meanwhile": _wait(row.meanwhile) if row.started_at else "–",
        "afterwards": _wait(row.afterwards) if row.started_at else "–",
        "is_offer": row.rule.action.startswith("offer-"),
    }


def _rules(site: Place, actor: Actor, at: datetime, flows: dict[str, Text]) -> list[dict[str, Any]]:
    return [
        {
            "rule": one.rule,
            "now": one,
            "value": diversion.amount(one.rule.measure, one.value),
            "of_what": diversion.of_what(one.rule),
            "condition": diversion.condition(one.rule),
            "end": diversion.end(one.rule),
            "days": diversion.days(one.rule.weekdays, on_holidays=one.rule.on_holidays),
            "what": diversion.what(one.rule, flows),
            "icon": ICONS.get(one.rule.action, "gauge"),
            "can_try": one.rule.measure in diversion.MEASURES_OF_HISTORY,
        }
        for one in diversion.load_now(site.id, actor=actor, at=at)
    ]


@never_cache
@vary_on_headers("X-Parts")
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole page, or the parts of it that changed."""
    actor, place = asked(request, slug)
    seq, now, flows = events.last_seq(place.id), clock.now(), diversion.flow_names(place.id)
    context: dict[str, Any] = {
        "place": place,
        "open": [_row(one, flows) for one in diversion.open_episodes(place.id, actor=actor)],
        "rules": _rules(place, actor, now, flows),
        "past": [_past(one, flows) for one in diversion.history(place.id, actor=actor, limit=30)],
        "plans": [
            {"row": one, "tone": PLAN_TONES[one.state]} for one in diversion.plans_of(place.id, actor=actor)
        ],
        "may_change": actor.may(CHANGE, place.id),
        "can_book": diversion.can_book(place.id),
    }
    as_of = clock.local(now, place.timezone).strftime("%H:%M:%S")
    with timezone.override(place.timezone):
        names = ("load_open", "load_rules", "load_history", "load_plans")
        found = [parts.part(name, context, as_of=as_of, request=request) for name in names]
        if parts.wants_parts(request):
            return parts.changed(request, found, as_of=as_of, seq=seq, late=False)
    whole = {
        **context,
        "parts": {one.name: one.html for one in found},
        "live_path": f"/live/sites/{place.slug}",
        "seq": seq,
    }
    return shown(request, "page", actor, place, whole)
