"""Wishes to be corrected in operations: the queue, one looked at and decided; records whose use is restricted."""

from __future__ import annotations

import math
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers

from .customers import asked_about, done, posted, shown

RIGHT = "customer.erase"


@never_cache
@require_GET
def corrections(request: HttpRequest, slug: str) -> HttpResponse:
    """What customers wish to have corrected, the nearest deadline first; and what is restricted."""
    actor, place, organisation = asked_about(request, slug, RIGHT)
    now = clock.now()
    context = {
        "requests": [
            {"row": one, "days": math.ceil((one.due_at - now) / timedelta(days=1)), "late": one.due_at < now}
            for one in customers.correction_queue(organisation, actor=actor)
        ],
        "restricted": customers.restricted_records(organisation, actor=actor),
        "here": "corrections",
    }
    return shown(request, "ops/corrections.html", actor, place, context)


@require_POST
def correction(request: HttpRequest, slug: str) -> HttpResponse:
    """Look at one in full, which is recorded; then write what is wished, or refuse with a reason."""
    actor, place, organisation = asked_about(request, slug, RIGHT)
    asked = posted(request, "request")
    row = _of(asked, customers.correction_queue(organisation, actor=actor))
    decision = request.POST.get("decision")
    if decision == "correct":
        actions.grant_correction(request_id=asked, by=actor)
    elif decision == "refuse":
        actions.refuse_correction(request_id=asked, reason=request.POST.get("reason", ""), by=actor)
    else:
        stored, wish = actions.look_at_correction(request_id=asked, by=actor)
        context = {
            "one": row,
            "stored": stored,
            "wish": wish,
            "here": "corrections",
            "reasons": customers.correction_reasons(),
        }
        return shown(request, "ops/correction.html", actor, place, context)
    return done("ops:corrections", slug)


def _of(asked: UUID, queue: list[customers.Correction]) -> customers.Correction:
    found = next((one for one in queue if one.pk == asked), None)
    if found is None:
        raise NotFound
    return found
