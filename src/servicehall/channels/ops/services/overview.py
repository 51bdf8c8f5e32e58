"""One service: what customers begin now, what is planned, its versions and how many are half-way through each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.rooms.services import queries as services

from .asked import flow_asked, of_flow, shown
from .publishing import WhenForm

STATES: dict[str, tuple[str | Promise, str]] = {
    "live": (pgettext_lazy("service", "published"), "good"),
    "never": (pgettext_lazy("service", "not published"), "neutral"),
    "withdrawn": (pgettext_lazy("service", "withdrawn"), "warn"),
    "retired": (_("its version has retired"), "warn"),
}
SHORT = 12
"""Characters of a digest that are shown: enough to tell two versions of one service apart."""
HISTORY = 20


@never_cache
@require_GET
def overview(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """The service's first page."""
    who, flow = flow_asked(request, slug, flow_id)
    now = services.standing(flow)
    past = services.publications(flow)
    live = now.live
    versions = [
        {
            "row": one,
            "short": one.digest[:SHORT],
            "running": now.running.get(one.number, 0),
            "is_live": live is not None and one.pk == live.pk,
            "first": min((p.from_at for p in past if p.version_id == one.pk), default=None),
        }
        for one in services.versions(flow)
    ]
    words, tone = STATES[now.state]
    context: dict[str, Any] = {
        **of_flow(flow, "overview"),
        "standing": now,
        "state": words,
        "tone": tone,
        "versions": versions,
        "coming": now.coming,
        "history": [one for one in past if one not in now.coming][:HISTORY],
        "running": sum(now.running.values()),
        "withdrawing": WhenForm(auto_id="withdraw_%s"),
    }
    return shown(request, "ops/services/overview.html", who, context)
