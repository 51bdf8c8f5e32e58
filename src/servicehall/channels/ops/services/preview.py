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
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.channels import playing
from servicehall.channels.headers import policy
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import FALLBACK, NAMES, current, say
from servicehall.rooms.services import queries as services

from .asked import flow_asked, of_flow, shown
from .kinds import KINDS

CHANNELS: dict[str, str | Promise] = {
    "kiosk": pgettext_lazy("channel", "Kiosk"),
    "phone": pgettext_lazy("channel", "Phone"),
    "desk": pgettext_lazy("channel", "Desk"),
}
PAGES = {
    "kiosk": "kiosk/request.html",
    "phone": "portal/request.html",
    "desk": "desk/request.html",
}
"""The pages with which each channel plays a service."""
_SCRIPT = re.compile(rb"<script\b.*?</script>|<link rel=\"modulepreload\"[^>]*>", re.DOTALL)


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
                "url": f"{reverse('ops:service-screen', args=[slug, flow_id, channel])}"
                f"?{urlencode({'step': names[number], 'language': language, 'draft': flow.draft_number})}",
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
def screen(request: HttpRequest, slug: str, flow_id: UUID, channel: str) -> HttpResponse:
    """A step as a channel's own page, for a frame of the preview."""
    who, flow = flow_asked(request, slug, flow_id)
    if channel not in PAGES:
        raise NotFound
    language = _language(request)
    name = request.GET.get("step", "")
    try:
        found = services.glanced_at(who.organisation, flow.draft, name, channel=channel, language=language)
    except services.Unreadable:
        found = {}
    with translation.override(language.lower()):
        response = _drawn(request, channel, dict(found))
    # The frame runs none; without them the browser need not say so for each.
    response.content = _SCRIPT.sub(b"", response.content)
    response["Content-Security-Policy"] = policy(request).replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    return response


def _drawn(request: HttpRequest, channel: str, found: dict[str, Any]) -> HttpResponse:
    if not found:
        return render(request, "ops/services/preview_empty.html")
    found["request"] = "preview"
    here = request.get_full_path()
    context = {
        **playing.page(request, found),
        "site_name": found["name"],
        "here": here,
        "now_url": here,
        "back_url": here if found.get("back") else "",
        "code": "preview",
        "door": here,
        "at": "",
        "kiosk": channel == "kiosk",
        "is_preview": True,
    }
    return render(request, PAGES[channel], context)
