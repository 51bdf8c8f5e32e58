"""How a draft looks to customers and staff: kiosk, phone and desk side by side, with the real pages of each.

Each channel's page is a frame of its own, in which nothing can be sent and no script runs.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.channels import playing
from servicehall.channels.headers import policy
from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import FALLBACK, NAMES, current, say
from servicehall.rooms.services import queries as services

from .asked import Asked, flow_asked, of_flow, shown
from .kinds import CHANNELS, KINDS

PAGES = {
    "kiosk": "kiosk/request.html",
    "phone": "portal/request.html",
    "desk": "desk/request.html",
}
"""The pages with which each channel plays a service."""
NUMBER = "0000 0000"
"""Stands where a request has its number."""
_SCRIPT = re.compile(
    rb"<script\b.*?</script>|<link rel=\"modulepreload\"[^>]*>| autofocus(?=[ >])", re.DOTALL
)


@never_cache
@require_GET
def preview(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """One step of the draft on each channel; the other steps and the other language beside."""
    who, flow = flow_asked(request, slug, flow_id)
    context: dict[str, Any] = {**of_flow(flow, "preview"), "draft": flow.draft_number}
    here = reverse("ops:service-preview", args=[slug, flow_id])
    try:
        steps = services.seen_steps(flow.draft)
    except services.Unreadable as problem:
        context |= {"findings": [one.told() for one in problem.findings], "now_url": _now(here, flow)}
        return shown(request, "ops/services/preview.html", who, context)
    language = _language(request)
    names = [step.id for step in steps]
    name = request.GET.get("step", "")
    number = names.index(name) if name in names else 0

    def to(at: int, spoken: str = language) -> str:
        return f"{here}?{urlencode({'step': names[at], 'language': spoken})}" if 0 <= at < len(names) else ""

    channels = services.playable(flow.draft).flow.channels
    context |= {
        "steps": [
            {
                "name": step.id,
                "kind": KINDS.get(step.kind, step.kind),
                "title": say(step.title.text, language),
                "url": to(at),
                "is_here": at == number,
            }
            for at, step in enumerate(steps)
        ],
        "number": number + 1,
        "before": to(number - 1),
        "after": to(number + 1),
        "languages": [(tag, NAMES[tag], to(number, tag), tag == language) for tag in FALLBACK],
        "frames": [
            {
                "channel": channel,
                "label": label,
                "is_offered": channel in channels,
                "url": f"{reverse('ops:service-screen', args=[slug, flow_id])}"
                f"?{urlencode({'channel': channel, 'step': names[number], 'language': language, 'draft': flow.draft_number})}",
            }
            for channel, label in CHANNELS.items()
        ],
        "now_url": _now(here, flow),
    }
    return shown(request, "ops/services/preview.html", who, context)


def _now(here: str, flow: Any) -> str:
    return f"{here}/now?after={flow.draft_number}"


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in NAMES else current()


@never_cache
@require_GET
def now(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """Whether the draft was saved since: then the page loads itself anew."""
    _who, flow = flow_asked(request, slug, flow_id)
    response = HttpResponse(status=204)
    if str(flow.draft_number) != request.GET.get("after", ""):
        response["HX-Refresh"] = "true"
    return response


@never_cache
@require_GET
def screen(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """A step as a channel's own page, for a frame of the preview."""
    who, flow = flow_asked(request, slug, flow_id)
    channel = request.GET.get("channel", "phone")
    if channel not in PAGES:
        raise NotFound
    language = _language(request)
    name = request.GET.get("step", "")
    try:
        found = services.glanced_at(
            who.organisation,
            flow.draft,
            name,
            channel=channel,
            language=language,
            date=who.place.today.isoformat(),
            site=who.place.slug,
        )
    except services.Unreadable:
        found = {}
    with translation.override(language.lower()):
        response = _drawn(request, who, channel, dict(found))
    # The frame runs none; without them the browser need not say so for each.
    response.content = _SCRIPT.sub(b"", response.content)
    response["Content-Security-Policy"] = policy(request).replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    return response


def _drawn(request: HttpRequest, who: Asked, channel: str, found: dict[str, Any]) -> HttpResponse:
    """The channel's own page with a screen in it. What a request would have beside its screen is made up."""
    if not found:
        return render(request, "ops/services/preview_empty.html")
    here, is_over = request.get_full_path(), found["kind"] == "end"
    context: dict[str, Any] = {
        **playing.page(request, found, touch=channel == "kiosk"),
        "site_name": say(who.place.names),
        "here": here,
        "now_url": here,
        "back_url": here if found.get("back") else "",
        "code": "preview",
        "door": here,
        "at": "",
        "is_over": is_over,
        "number": NUMBER,
        "review": {"answers": found.get("answers", ()), "papers": (), "tickets": ()},
    }
    context |= (
        _of_kiosk(who, found) if channel == "kiosk" else _of_desk(who, found) if channel == "desk" else {}
    )
    return render(request, PAGES[channel], context)


def _of_kiosk(who: Asked, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "kiosk": True,
        "device": {"name": f"{who.place.slug}-door", "settings": {"prints": True}},
        "site": who.place,
        "timezone": who.place.timezone,
        "slip": found.get("slip", ""),
    }


def _of_desk(who: Asked, found: dict[str, Any]) -> dict[str, Any]:
    ended = found["kind"] == "end"
    return {
        "row": {"state": "ended" if ended else "open", "channel": "desk"},
        "facts": {
            "name": found["name"],
            "number": NUMBER,
            "state_words": _("ended") if ended else _("under way"),
            "begun_at": clock.now(),
        },
        "is_mine": not ended,
        "plays": not ended,
        "keys": True,
        "slug": who.place.slug,
        "site": who.place,
        "helps": True,
        "do": "#",
        "staff_name": who.actor.name,
    }
