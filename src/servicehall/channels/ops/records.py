"""The drill-down: a day's tickets, and one ticket with everything that happened to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.channels.look import reasons
from servicehall.channels.look.states import TICKET
from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.rooms.feedback import queries as feedback
from servicehall.rooms.queueing import queries as queueing

from . import asking, story, views
from .frame import frame

PAGE = 50
CHANNELS = {
    "kiosk": _("Kiosk"),
    "phone": _("Phone"),
    "desk": _("Desk"),
    "api": _("API"),
    "ops": _("Operations"),
    "board": _("Board"),
    "admin": _("Setup"),
    "system": _("Automatic"),
}


@never_cache
@require_GET
def tickets(request: HttpRequest, slug: str) -> HttpResponse:
    """A day's tickets, by service, state, counter, hour or number."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    day = asking.day_of(request.GET, default=place.today) or place.today
    figures = queueing.site_figures(place.id, actor=actor, day=day)
    services = {s["slug"]: s for s in figures["services"]}
    counters = {c["label"]: c for c in figures["counters"]}
    hour = asking.hour_of(request.GET)
    wanted = queueing.Wanted(
        service=_id_of(services, request.GET.get("service", "")),
        counter=_id_of(counters, request.GET.get("counter", "")),
        state=_state(request.GET.get("state", "")),
        hour=hour,
        number=request.GET.get("number", "").strip(),
    )
    found = queueing.day_tickets(
        place.id, day, actor=actor, wanted=wanted, after=request.GET.get("after", ""), limit=PAGE
    )
    with timezone.override(place.timezone):
        return render(
            request,
            "ops/tickets.html",
            {
                "place": place,
                "day": day,
                "found": found,
                "tickets": [_ticket(t) for t in found["tickets"]],
                "wanted": wanted,
                "filtered": any((wanted.service, wanted.counter, wanted.state, hour, wanted.number)),
                "first": not request.GET.get("after"),
                "choices": _choices(request, services, counters, figures["hours"], hour),
                **frame(actor, site=place.id),
            },
        )


def _id_of(known: dict[str, dict[str, Any]], ref: str) -> UUID | None:
    if not ref:
        return None
    if ref not in known:
        raise NotFound
    return UUID(known[ref]["id"])


def _state(value: str) -> str:
    if value and value not in TICKET:
        raise NotFound
    return value


def _choices(
    request: HttpRequest,
    services: dict[str, Any],
    counters: dict[str, Any],
    hours: list[dict[str, Any]],
    hour: datetime | None,
) -> dict[str, Any]:
    starts = [datetime.fromisoformat(h["start"]) for h in hours]
    if hour and hour not in starts:
        starts = sorted([*starts, hour])
    return {
        "services": [(key, s["names"]) for key, s in services.items()],
        "service": request.GET.get("service", ""),
        "counters": [(key, c["names"]) for key, c in counters.items()],
        "counter": request.GET.get("counter", ""),
        "states": [(key, shown.label) for key, shown in TICKET.items()],
        "state": request.GET.get("state", ""),
        "hours": [(s.isoformat(), s, s + timedelta(hours=1)) for s in starts],
        "hour": hour.isoformat() if hour else "",
    }


def _ticket(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "joined": datetime.fromisoformat(row["joined_at"]),
        "called": datetime.fromisoformat(row["called_at"]) if row["called_at"] else None,
        "ended": datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        "since": datetime.fromisoformat(row["stage_since"]) if row["state"] == "waiting" else None,
        "channel_name": CHANNELS.get(row["channel"], row["channel"]),
        "over": row["waited"] > row["target_seconds"],
    }


@never_cache
@require_GET
def ticket(request: HttpRequest, slug: str, ticket_id: UUID) -> HttpResponse:
    """One ticket: what it is now, and who did what when."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    found = queueing.ticket_story(place.id, ticket_id, actor=actor)
    shown = found["ticket"]
    rating = feedback.rating_of(ticket_id)
    with timezone.override(place.timezone):
        return render(
            request,
            "ops/ticket.html",
            {
                "place": place,
                "day": datetime.fromisoformat(shown["day"]).date(),
                "ticket": shown,
                "reason": reasons.reason(shown["reason"]),
                "joined": datetime.fromisoformat(shown["joined_at"]),
                "since": datetime.fromisoformat(shown["stage_since"]),
                "channel_name": CHANNELS.get(shown["channel"], shown["channel"]),
                "staff_names": found["staff_names"],
                "target_seconds": found["target_seconds"],
                "over": shown["waited"] > found["target_seconds"],
                "items": [story.told(event, CHANNELS) for event in found["events"]],
                "rating": rating,
                "rating_reasons": views.words(rating.reasons) if rating else [],
                "zone_name": _offset(clock.local(clock.now(), place.timezone)),
                **frame(actor, site=place.id),
            },
        )


def _offset(moment: datetime) -> str:
    """The zone of a moment as people write it: UTC+8, UTC+5:30."""
    minutes = int((moment.utcoffset() or timedelta(0)).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
