"""Writing a definition: a text with what is wrong in it, saved as the draft that was read.

Without scripts it is a form with a list of findings; editor/definition.js makes an editor of it.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicehall.channels.headers import policy
from servicehall.kernel.errors import BadInput
from servicehall.rooms.services import actions
from servicehall.rooms.services import queries as services

from . import phrases
from .asked import Asked, asked, faults_of, flow_asked, of_flow, shown, to
from .comparison import rows
from .numbers import number_of

MOST_FINDINGS = 200
"""So many are shown; who mends them sees the rest."""


@never_cache
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """The draft to write in; saved, or looked through without being saved."""
    who, flow = flow_asked(request, slug, flow_id, changes=request.method == "POST")
    if request.method != "POST":
        return editor(request, who, flow, flow.draft)
    written = _written(request)
    if request.POST.get("act") == "check":
        return editor(request, who, flow, written, number=number_of(request.POST, "draft"))
    return _save(request, who, flow, written)


def _written(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n")


def _save(request: HttpRequest, who: Asked, flow: Any, written: str) -> HttpResponse:
    number = number_of(request.POST, "draft")
    if number is None:
        raise BadInput(errors={"draft": gettext("The number of the draft is missing.")})
    try:
        saved = actions.save_draft(flow_id=flow.pk, text=written, number=number, by=who.actor)
    except actions.DraftChanged:
        return conflict(request, who, flow, written)
    except BadInput as problem:
        return editor(request, who, flow, written, number=number, status=422, problem=faults_of(problem))
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"draft": saved.draft_number, "said": gettext("Saved.")})
    messages.success(request, gettext("The draft was saved. Customers still begin what is published."))
    return to("service-text", who, flow)


def conflict(request: HttpRequest, who: Asked, flow: Any, mine: str) -> HttpResponse:
    """Somebody else saved meanwhile: both texts side by side, and the reader's own goes on to be written in."""

    now = services.flow_at(flow.pk, site_id=who.place.id, actor=who.actor)
    more: dict[str, Any] = {"theirs": now.draft, "rows": rows(now.draft, mine)}
    return editor(request, who, now, mine, status=409, **more)


def editor(
    request: HttpRequest,
    who: Asked,
    flow: Any,
    written: str,
    *,
    number: int | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page with a text in it, which need not be the draft that is kept."""
    nonce = secrets.token_urlsafe(16)
    found = services.checked(who.organisation, written, flow.slug)
    context: dict[str, Any] = {
        **of_flow(flow, "text"),
        "text": written,
        "draft": number or flow.draft_number,
        "is_saved": written == flow.draft,
        "findings": [one.told() for one in found[:MOST_FINDINGS]],
        "faults": sum(one.level == "fault" for one in found),
        "nonce": nonce,
        "words": phrases.words(),
        "versions": [one.number for one in services.versions(flow)],
        **more,
    }
    response = shown(request, "ops/services/text.html", who, context, status=status)
    response["Content-Security-Policy"] = policy(request, style_nonce=nonce)
    return response


@require_POST
def check(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """What is wrong with a text while it is written, and what its expressions may speak of. Nothing is kept."""
    who, flow = flow_asked(request, slug, flow_id)
    written = _written(request)
    found = services.checked(who.organisation, written, flow.slug)
    response = JsonResponse(
        {
            "findings": [one.told() for one in found[:MOST_FINDINGS]],
            "names": services.known_names(written),
        }
    )
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_GET
def schema(request: HttpRequest, slug: str) -> HttpResponse:
    """What completion knows: the published schema, and what the organisation has to name."""
    who = asked(request, slug)
    response = JsonResponse({"schema": services.schema(), "own": services.vocabulary(who.organisation)})
    response["Cache-Control"] = "no-store"
    return response
