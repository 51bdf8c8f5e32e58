"""The day's list on paper: who comes when and to whom, for the door and for a day without a network."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from servicehall.channels.desk.access import for_staff, in_hall
from servicehall.channels.desk.frame import frame
from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.hall import queries as hall

from .showing import RIGHT, rendered


@require_safe
@for_staff
def day_list(request: HttpRequest, actor: Actor, site: str, day: str) -> HttpResponse:
    """The list of a date."""
    ground = in_hall(actor, site, RIGHT)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    rows = [
        {"row": row, "resources": list({a.resource_id: a.resource for a in row.assignments.all()}.values())}
        for row in booking.of_day(ground.site_id, on, on, actor=actor)
        if row.state != "cancelled"
    ]
    context: dict[str, Any] = {
        "zone": str(hall.site(ground.site_id).timezone),
        "slug": site,
        "day": on,
        "rows": rows,
        "printed_at": clock.now(),
        **frame(actor, ground=ground, here="calendar"),
    }
    return rendered(request, "desk/calendar/print.html", context)
