"""Outside calendars: read by the worker, their busy times close the resource's hours and touch no appointment."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from servicehall.kernel import clock, transactions
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import busy, cells
from servicehall.rooms.booking.correspondence import OutsideCalendar
from servicehall.rooms.booking.events import CalendarRead
from servicehall.rooms.booking.fetching import Fetched, NotFetched, Source, fetch
from servicehall.rooms.booking.models import DayHours
from servicehall.rooms.connectors import queries as connectors
from servicehall.rooms.hall import actions as hall

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=15)
AHEAD = timedelta(days=180)
REASON = "outside calendar"
Row = tuple[date, time | None, time | None]


def read_due(at: datetime | None = None) -> int:
    """Read what was not read for a quarter of an hour; returns how many. For the worker, outside of a transaction."""
    moment = at or clock.now()
    rows = OutsideCalendar.objects.filter(is_active=True, resource__is_active=True)
    due = rows.exclude(read_at__gt=moment - EVERY + timedelta(seconds=30)).order_by("read_at", "pk")
    listed = list(due.values_list("pk", flat=True))
    for pk in listed:
        try:
            read_calendar(pk, at=moment)
        except Exception:  # somebody else's file must not keep the others' from being read
            log.exception("calendar.failed id=%s", pk)
    return len(listed)


def read_now(*, calendar_id: UUID, by: Actor, at: datetime | None = None) -> OutsideCalendar:
    """Read one at once, for who set it up.

    Raises:
        NotFound, NotAllowed: no such calendar, or the actor may not.
    """
    found = OutsideCalendar.objects.filter(pk=calendar_id).select_related("resource").first()
    if found is None:
        raise NotFound
    allow(by, "setup.change", found.resource.site_id)
    OutsideCalendar.objects.filter(pk=calendar_id).update(etag="")
    return read_calendar(calendar_id, at=at)


def read_calendar(calendar_id: UUID, *, at: datetime | None = None) -> OutsideCalendar:
    """Read a calendar, and close what is busy in it; when it cannot be read, what was closed stays.

    Raises:
        NotFound: there is none, or none any more.
        InsideTransaction: it waits for another system.
    """
    transactions.demand_none()
    moment = at or clock.now()
    row = OutsideCalendar.objects.select_related("resource__site__region__organisation").get(pk=calendar_id)
    zone, finding, entry = row.resource.site.timezone, "", ""
    today = clock.local(moment, zone).date()
    first = clock.moment_of(today, time(0), zone)
    got, wanted = Fetched(()), None
    try:
        got = fetch(_source(row), first, first + AHEAD)
        if not got.is_same:
            found: list[busy.Span] = []
            for text in got.texts:
                found += busy.spans(text, first, first + AHEAD, zone)
            wanted = list(closed(found, zone))
    except NotFetched as problem:
        finding = problem.reason
    except busy.FaultyCalendar as problem:
        finding, entry = problem.reason, problem.entry
    except connectors.NoSecret:
        finding = "no-secret"
    with transaction(row.resource.site_id):
        if not OutsideCalendar.objects.filter(pk=calendar_id).exists():
            raise NotFound  # taken away while it was read
        return _settle(row, (finding, entry), wanted, etag=got.etag, at=moment)


def _source(row: OutsideCalendar) -> Source:
    secret = ""
    if row.secret_name:
        secret = connectors.named_secret(row.resource.site.region.organisation.slug, row.secret_name)
    # After a fault the whole calendar is wanted, whatever the server remembers of us.
    return Source(row.kind, row.address, row.user, secret, "" if row.finding else row.etag)


def _settle(
    row: OutsideCalendar, found: tuple[str, str], wanted: list[Row] | None, *, etag: str, at: datetime
) -> OutsideCalendar:
    finding, entry = found
    before = row.finding
    row.read_at, row.finding, row.entry = at, finding, entry
    if not finding:
        row.good_at, row.etag = at, etag
    row.save(update_fields=["read_at", "good_at", "finding", "entry", "etag"])
    changed = wanted is not None and _replace(row, wanted)
    if changed or finding != before:
        days = DayHours.objects.filter(outside=row).count()
        record(CalendarRead(row.pk, finding, days), actor=SYSTEM, at=at, subject_id=row.pk)
    if finding:
        log.warning("calendar.not_read id=%s finding=%s", row.pk, finding)
    return row


def _replace(row: OutsideCalendar, wanted: list[Row]) -> bool:
    """All at once, and only what differs; returns whether anything did."""
    there = {
        (one.date, one.opens, one.closes): one.pk
        for one in DayHours.objects.filter(outside=row).order_by("pk")
    }
    gone = [pk for key, pk in there.items() if key not in set(wanted)]
    new = [key for key in dict.fromkeys(wanted) if key not in there]
    if not gone and not new:
        return False
    DayHours.objects.filter(pk__in=gone).delete()
    DayHours.objects.bulk_create(
        [
            DayHours(
                resource_id=row.resource_id,
                date=day,
                kind=DayHours.Kind.CLOSED,
                opens=opens,
                closes=closes,
                reason=REASON,
                outside=row,
            )
            for day, opens, closes in new
        ]
    )
    hall.touch(row.resource.site_id)
    return True


def closed(found: Iterable[busy.Span], zone: str) -> Iterator[Row]:
    """Busy times as closed hours of dates, rounded outwards to whole cells; a whole day has no hours."""
    for begin, end in sorted(found):
        day = clock.local(begin, zone).date()
        while (midnight := cells.begins(day, zone)) < end:
            after = cells.begins(day + timedelta(days=1), zone)
            first, last = max(begin, midnight), min(end, after)
            if (first, last) == (midnight, after):
                yield (day, None, None)
            elif first < last:
                yield (day, *_walls(first, last, day, zone))
            day += timedelta(days=1)


def _walls(first: datetime, last: datetime, day: date, zone: str) -> tuple[time, time]:
    opens = cells.moment_of(cells.cell_of(first, day, zone), day, zone)
    cell = cells.cell_of(last, day, zone)
    closes = cells.moment_of(cell, day, zone)
    # On a wall clock an hour that comes twice is the first of the two, so what ends in the second ends after it.
    while closes < last or clock.local(closes, zone).fold:
        closes += cells.CELL
    return (_wall(opens, zone), _wall(closes, zone))


def _wall(moment: datetime, zone: str) -> time:
    return clock.local(moment, zone).time().replace(second=0, microsecond=0, fold=0)
