"""Two versions of a service beside one another, or the draft beside one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.kernel.errors import BadInput
from servicehall.rooms.services import queries as services

from .asked import flow_asked, of_flow, shown
from .comparison import rows
from .told import changes_told

DRAFT = "draft"


@never_cache
@require_GET
def compare(request: HttpRequest, slug: str, flow_id: UUID) -> HttpResponse:
    """By default what customers begin now, beside the draft."""
    who, flow = flow_asked(request, slug, flow_id)
    numbers = [one.number for one in services.versions(flow)]
    live = services.standing(flow).live
    first = str(live.number) if live else str(numbers[0]) if numbers else DRAFT
    left = request.GET.get("from", "").strip() or first
    right = request.GET.get("to", "").strip() or DRAFT
    one, two = _text(flow, left, numbers), _text(flow, right, numbers)
    options = [
        (DRAFT, gettext("Draft")),
        *((str(n), gettext("Version %(number)d") % {"number": n}) for n in numbers),
    ]
    names = dict(options)
    context: dict[str, Any] = {
        **of_flow(flow, "compare"),
        "options": options,
        "left": left,
        "right": right,
        "left_name": names[left],
        "right_name": names[right],
        "rows": rows(one, two),
        "changes": changes_told(one, two),
        "has_versions": bool(numbers),
    }
    return shown(request, "ops/services/compare.html", who, context)


def _text(flow: Any, wanted: str, numbers: list[int]) -> str:
    if wanted == DRAFT:
        return str(flow.draft)
    if wanted not in {str(number) for number in numbers}:
        raise BadInput(errors={"from": gettext("Choose a version of this service, or the draft.")})
    return services.version_of(flow, int(wanted)).text
