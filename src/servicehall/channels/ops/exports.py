"""CSV files: the counts by hour, service and counter, and the tickets. Streamed, so that a year fits.

UTF-8 with a byte order mark, because Excel takes a file without one for the local code page and
shows Chinese as noise. A cell that a spreadsheet would run as a formula is disarmed (OWASP, "CSV
Injection"). Nothing about persons: no staff, no notes, no comments.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from servicehall.channels.look import reasons
from servicehall.channels.look.states import TICKET
from servicehall.kernel import languages
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.people import actions as people
from servicehall.rooms.queueing import queries as queueing

from . import asking
from .records import CHANNELS

Row = dict[str, Any]
Columns = tuple[tuple[str | Promise, Callable[[Row, str], Any]], ...]
Source = Callable[..., Iterator[Row]]
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _plain(name: str) -> Callable[[Row, str], Any]:
    return lambda row, _language: row[name]


def _text(name: str) -> Callable[[Row, str], Any]:
    return lambda row, language: languages.say(row[name], language)


def _mean(whole: str, count: str) -> Callable[[Row, str], Any]:
    return lambda row, _language: round(row[whole] / row[count], 1) if row[count] else None


def _state(row: Row, _language: str) -> Any:
    shown = TICKET.get(row["state"])
    return shown.label if shown else row["state"]


FIGURES: Columns = (
    (_("Business day"), _plain("day")),
    (_("Hour"), _plain("hour")),
    (_("Service"), _text("service")),
    (_("Prefix"), _plain("prefix")),
    (_("Counter"), _plain("counter")),
    (_("Tickets taken"), _plain("issued")),
    (pgettext_lazy("how many", "Called"), _plain("called")),
    (_("Called within target"), _plain("in_target")),
    (_("Mean wait (s)"), _mean("waited", "called")),
    (_("Served"), _plain("served")),
    (_("Services at the counter"), _plain("handled")),
    (_("Mean service (s)"), _mean("serving", "handled")),
    (_("No-shows"), _plain("no_show")),
    (_("Left the queue"), _plain("abandoned")),
    (_("Closed at the end of the day"), _plain("expired")),
)
TICKETS: Columns = (
    (_("Business day"), _plain("day")),
    (_("Number"), _plain("number")),
    (_("Service"), _text("service")),
    (_("Stage"), _text("stage")),
    (_("Priority class"), _text("priority")),
    (_("Taken at"), lambda row, _language: CHANNELS.get(row["channel"], row["channel"])),
    (_("State"), _state),
    (_("Ticket taken"), _plain("joined_at")),
    (pgettext_lazy("when", "Called"), _plain("called_at")),
    (_("Service began"), _plain("started_at")),
    (_("Ended"), _plain("ended_at")),
    (_("Waited (s)"), _plain("waited")),
    (_("Served (s)"), _plain("served")),
    (_("Calls"), _plain("calls")),
    (_("Counter"), _plain("counter")),
    (_("Outcome"), lambda row, _language: reasons.outcome(row["outcome"])),
    (_("Ticket id"), _plain("ticket")),
)
APPOINTMENTS: Columns = (
    (_("Date"), _plain("day")),
    (_("Number"), _plain("reference")),
    (pgettext_lazy("that can be booked", "Offer"), _text("offer")),
    (
        pgettext_lazy("of an appointment", "Resource"),
        lambda row, language: ", ".join(languages.say(one, language) for one in row["resources"]),
    ),
    (_("State"), lambda row, _language: str(row["state"])),
    (_("Begins"), _plain("starts_at")),
    (_("Ends"), _plain("ends_at")),
    (pgettext_lazy("how many", "People"), _plain("people")),
    (_("Booked at"), lambda row, _language: CHANNELS.get(row["channel"], row["channel"])),
    (_("Booked on"), _plain("made_at")),
    (_("Arrived"), _plain("arrived_at")),
    (_("Ended"), _plain("ended_at")),
    (_("Appointment id"), _plain("appointment")),
)


def cell(value: Any) -> Any:
    """A value as it stands in the file; text that a spreadsheet would run gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def lines(heads: list[str], columns: Columns, rows: Iterator[Row], language: str) -> Iterator[bytes]:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(heads)
    yield codecs.BOM_UTF8 + file.getvalue().encode()
    while part := list(islice(rows, 500)):
        file.seek(0)
        file.truncate()
        # The reader's language holds for this part only: a stream outlives its request.
        with translation.override(language):
            writer.writerows([[cell(read(row, language)) for _head, read in columns] for row in part])
        yield file.getvalue().encode()


def _answer(
    request: HttpRequest, slug: str, name: str, columns: Columns, source: Source, *, sensitive: bool = False
) -> StreamingHttpResponse:
    actor: Actor = asking.watcher(request)
    place = asking.place(slug, actor)
    first = asking.day_of(request.GET, "from", place.today) or place.today
    last = asking.day_of(request.GET, "to", first) or first
    rows = source(place.id, first, last, actor=actor)
    if sensitive:
        people.release_export(
            kind=name, site_id=place.id, first=first.isoformat(), last=last.isoformat(), by=actor
        )
    heads = [str(head) for head, _read in columns]
    days = first.isoformat() if first == last else f"{first.isoformat()}-{last.isoformat()}"
    response = StreamingHttpResponse(
        lines(heads, columns, rows, translation.get_language() or "en"),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{place.slug}-{name}-{days}.csv"'
    return response


@never_cache
@require_GET
def figures(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The counts of some days, a line an hour, service and counter."""
    return _answer(request, slug, "figures", FIGURES, queueing.count_rows)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tickets(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The tickets of some days, a line each: single visits, so whoever takes them confirms it (by POST)."""
    return _answer(request, slug, "tickets", TICKETS, queueing.ticket_rows, sensitive=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appointments(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The appointments of some days, a line each, without who comes; confirmed as tickets are."""
    return _answer(request, slug, "appointments", APPOINTMENTS, booking.appointment_rows, sensitive=True)
