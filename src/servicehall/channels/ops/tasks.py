"""Tasks that came out of requests, as a file: nothing that was entered, nobody's name."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.kernel.errors import BadInput
from servicehall.rooms.services import queries as services

from . import asking
from .exports import Columns, lines

RIGHT = "ops.export"
TASKS: Columns = (
    (_("Number"), lambda row, _language: row["number"]),
    (pgettext_lazy("of a task", "Kind"), lambda row, _language: str(row["kind"])),
    (pgettext_lazy("of staff", "Group"), lambda row, _language: row["group"]),
    (_("Service"), lambda row, _language: row["flow"]),
    (pgettext_lazy("of a service", "Step"), lambda row, _language: row["step"]),
    (pgettext_lazy("a task, when", "Made"), lambda row, _language: row["made_at"]),
    (pgettext_lazy("a task, when", "Done"), lambda row, _language: row["done_at"]),
    (_("Minutes until it was done"), lambda row, _language: row["minutes"]),
)


@never_cache
@require_GET
def tasks_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The tasks that were made on some days, a line each."""
    actor = asking.watcher(request, RIGHT)
    place = asking.place(slug, actor, right=RIGHT)
    first = asking.day_of(request.GET, "from", place.today) or place.today
    last = asking.day_of(request.GET, "to", first) or first
    if not first <= last <= first + timedelta(days=366):
        raise BadInput(errors={"to": gettext("Choose at most one year, its first day first.")})
    rows = services.task_rows(place.id, place.span(first)[0], place.span(last)[1], actor=actor)
    heads = [str(head) for head, _read in TASKS]
    response = StreamingHttpResponse(
        lines(heads, TASKS, rows, translation.get_language() or "en"), content_type="text/csv; charset=utf-8"
    )
    name = f"{place.slug}-tasks-{first.isoformat()}-{last.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
