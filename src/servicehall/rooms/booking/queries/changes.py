"""What new hours would mean for those who are booked: read before anything is changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from servicehall.kernel import clock, sql
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking import cells, rehousing, setup, store
from servicehall.rooms.booking.hours import Hours, OnDate, Timetable
from servicehall.rooms.booking.models import BOOKED, HELD, Appointment, Audience, DayHours
from servicehall.rooms.booking.rehousing import Proposal
from servicehall.rooms.booking.setup import Bookable
from servicehall.rooms.hall import queries as hall

from .times import days_of_needs

MOST = 2000
"""Bookings that one change of hours can touch."""


@dataclass(frozen=True, slots=True)
class NewDay:
    """Hours of a date to be added, as in the table."""

    resource: UUID
    date: date
    kind: str
    opens: time | None = None
    closes: time | None = None
    audience: str = "public"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HallDay:
    """A date on which the hall itself has other hours; without hours it is closed."""

    date: date
    opens: time | None = None
    closes: time | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HoursChange:
    """What is to be changed: whole weeks of resources, dates added, dates taken away (by id); and the same of the hall.

    ``hall_week``: None leaves the hall's week as it is.
    """

    weeks: Mapping[UUID, tuple[tuple[int, Hours], ...]] = field(default_factory=dict)
    add: tuple[NewDay, ...] = ()
    remove: tuple[int, ...] = ()
    hall_week: tuple[tuple[int, time, time], ...] | None = None
    hall_add: tuple[HallDay, ...] = ()
    hall_remove: tuple[int, ...] = ()

    @property
    def is_about_hall(self) -> bool:
        return self.hall_week is not None or bool(self.hall_add or self.hall_remove)


@dataclass(frozen=True, slots=True)
class Broken:
    """A booking for which a resource would not be open any more, and where it could go."""

    row: Appointment
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class Consequence:
    """The bookings concerned by time, and a mark of all that was looked at."""

    broken: tuple[Broken, ...]
    seal: str


def consequence(
    site_id: UUID, change: HoursChange, *, actor: Actor, at: datetime | None = None
) -> Consequence:
    """Which bookings the change would break, with the nearest free time of a fitting resource for each.

    Raises:
        NotFound, NotAllowed: the actor may not change hours there.
        BadInput: it is about resources of another site, or touches too many bookings.
    """
    allow(actor, "setup.change", site_id)
    moment = at or clock.now()
    here = setup.of_site(site_id)
    touched, after = _after(here, change)
    rows = _booked(site_id, touched, moment)
    if len(rows) > MOST:
        raise BadInput(errors={"bookings": f"≤ {MOST}"})
    broken = [row for row in rows if _breaks(row, here, after, touched)]
    found = _housed(broken, after, moment)
    return Consequence(tuple(found), _seal(site_id, found))


def _check(change: HoursChange) -> None:
    said: list[Hours | NewDay] = [
        *change.add,
        *(hours for week in change.weeks.values() for _weekday, hours in week),
    ]
    if any(one.audience not in Audience.values for one in said):
        raise BadInput(errors={"audience": ", ".join(Audience.values)})
    if any(wall is not None and wall.tzinfo is not None for one in said for wall in (one.opens, one.closes)):
        raise BadInput(errors={"hours": "09:30"})
    if any(not 0 < pk < 2**63 for pk in change.remove):
        raise BadInput(errors={"date": "?"})


def booked_outside(
    site_id: UUID, days: Collection[HallDay], *, actor: Actor, at: datetime | None = None
) -> list[Appointment]:
    """The bookings around these days for which the hall's new hours have no room, by time; no other time is looked for.

    Raises:
        NotFound, NotAllowed: the actor may not change hours there.
    """
    allow(actor, "setup.change", site_id)
    here = setup.of_site(site_id)
    touched, after = _after(here, HoursChange(hall_add=tuple(days)))
    dates, night = [one.date for one in days], timedelta(days=1)
    rows = _rows(site_id, touched, at or clock.now(), (BOOKED,))
    near = rows.filter(day__range=(min(dates) - night, max(dates) + night))
    return [row for row in near if _breaks(row, here, after, touched)]


def _after(here: Bookable, change: HoursChange) -> tuple[set[UUID], Bookable]:
    _check(change)
    removed = {one.pk: one for one in DayHours.objects.filter(pk__in=change.remove)}
    touched = {*change.weeks, *(one.resource for one in change.add)}
    touched |= {one.resource_id for one in removed.values()}
    if not touched <= set(here.tables) or len(removed) != len(set(change.remove)):
        raise BadInput(errors={"resource": "?"})
    left: dict[UUID, dict[date, list[OnDate]]] = defaultdict(lambda: defaultdict(list))
    rows = DayHours.objects.filter(resource_id__in=touched).exclude(pk__in=removed)
    for row in rows.order_by("opens", "pk"):
        left[row.resource_id][row.date].append(setup.on_date(row))
    for new in change.add:
        left[new.resource][new.date].append(OnDate(new.kind, new.opens, new.closes, new.audience))
    tables: dict[UUID, Timetable] = dict(here.tables)
    for pk in touched:
        weekdays = _by_weekday(change.weeks[pk]) if pk in change.weeks else here.tables[pk].weekdays
        dates = {day: tuple(rules) for day, rules in left[pk].items()}
        tables[pk] = replace(here.tables[pk], weekdays=weekdays, dates=dates)
    if change.is_about_hall:
        added = [(one.date, one.opens, one.closes) for one in change.hall_add]
        opening = hall.schedule_after(here.site, week=change.hall_week, add=added, remove=change.hall_remove)
        for pk, table in tables.items():
            if table.hall is not None:
                touched.add(pk)
                tables[pk] = replace(table, hall=opening)
    return touched, replace(here, tables=tables, _open={})


def _by_weekday(week: Iterable[tuple[int, Hours]]) -> dict[int, tuple[Hours, ...]]:
    by_day: dict[int, list[Hours]] = defaultdict(list)
    for weekday, hours in week:
        by_day[weekday].append(hours)
    return {weekday: tuple(spans) for weekday, spans in by_day.items()}


def left_out(before: Bookable, after: Bookable, *, at: datetime | None = None) -> list[Appointment]:
    """The bookings that fit into the hours before and do not after, by time: for hours that were changed already."""
    both = set(before.tables) & set(after.tables)
    rows = _rows(before.site, both, at or clock.now(), (BOOKED,))
    return [row for row in rows if _breaks(row, before, after, both)]


def _booked(site_id: UUID, touched: set[UUID], at: datetime) -> list[Appointment]:
    return list(_rows(site_id, touched, at, (HELD, BOOKED))[: MOST + 1])


def _rows(site_id: UUID, touched: set[UUID], at: datetime, states: tuple[str, ...]) -> QuerySet[Appointment]:
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        site_id=site_id, state__in=states, starts_at__gte=at, assignments__resource__in=touched
    )
    found = rows.select_related("offer", "site").prefetch_related("assignments__resource")
    return found.distinct().order_by("starts_at", "pk")


def _breaks(row: Appointment, here: Bookable, after: Bookable, touched: set[UUID]) -> bool:
    cell = cells.cell_of(row.starts_at, row.day, here.zone)
    length = (row.ends_at - row.starts_at) // cells.CELL
    for one in row.assignments.all():
        pk = one.resource_id
        if pk not in touched or pk not in here.tables:
            continue
        was, will = here.open_on(pk, row.day), after.open_on(pk, row.day)
        if rehousing.fits_in(was, cell, length) and not rehousing.fits_in(will, cell, length):
            return True
    return False


def _housed(broken: list[Appointment], after: Bookable, at: datetime) -> list[Broken]:
    """A free time for each, one after another: who was given one takes it from the others."""
    if not broken:
        return []
    today = after.today(at)
    span = timedelta(days=rehousing.DAYS_AROUND + 2)
    first, last = min(row.day for row in broken) - span, max(row.day for row in broken) + span
    busy = store.taken(set(after.resources), max(first, today), last)
    found = []
    for row in broken:
        chosen = after.offers.get(row.offer_id)
        proposal = None
        if chosen is not None and chosen.needs:
            _mark(busy, row, after, _had(row), chosen, free=True)

            def needs_on(day: date, row: Appointment = row, chosen: Any = chosen) -> Any:
                return days_of_needs(after, chosen, day, day, row.people, busy=busy)[day]

            horizon = max(after.last_day(chosen, today), row.day)
            proposal = rehousing.nearest(
                rehousing.around(row.day, today, horizon),
                needs_on,
                chosen.shape(row.people),
                wanted=row.starts_at,
                at=at,
                notice=timedelta(minutes=chosen.row.lead),
                zone=after.zone,
            )
            if proposal is None:
                _mark(busy, row, after, _had(row), chosen, free=False)
            else:
                _mark(busy, row, after, proposal.places, chosen, free=False, starts_at=proposal.starts_at)
        found.append(Broken(row, proposal))
    return found


def _had(row: Appointment) -> rehousing.Places:
    had: dict[UUID, list[int]] = {}
    for one in row.assignments.all():
        had.setdefault(one.resource_id, []).append(one.place)
    return tuple((pk, tuple(places)) for pk, places in had.items())


def _mark(
    busy: store.Taken,
    row: Appointment,
    here: Bookable,
    places: rehousing.Places,
    chosen: Any,
    *,
    free: bool,
    starts_at: datetime | None = None,
) -> None:
    begins = starts_at or row.starts_at
    first = begins - timedelta(minutes=chosen.row.before)
    end = begins + (row.ends_at - row.starts_at) + timedelta(minutes=chosen.row.after)
    for day, mask in store.days_of(here.zone, first, end).items():
        for pk, each in places:
            for place in each:
                had = busy[pk, day].get(place, 0)
                busy[pk, day][place] = had & ~mask if free else had | mask


def _seal(site_id: UUID, found: list[Broken]) -> str:
    version = sql.row("SELECT setup_version FROM hall_site WHERE id = %s", site_id)
    parts = [str(version)]
    for one in found:
        to = one.proposal
        parts.append(f"{one.row.pk} {one.row.version} {to.starts_at if to else ''} {to.places if to else ''}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
