"""Statements of capacity, and the only place that locks its rows: in the order of their ids.

Everything that writes runs in the site's line; the order of locks is for whoever comes from elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count

from servicehall.kernel import clock, sql

from . import cells
from .models import ARRIVED, BOOKED, DONE, HELD, LOST, Appointment, CapacityDay, Claim

Taken = dict[tuple[UUID, date], dict[int, int]]
"""By resource and day: what is taken of each place."""


def taken(resources: Collection[UUID], first: date, last: date) -> Taken:
    """What is taken of these resources from the first day to the last (one query)."""
    found: Taken = defaultdict(dict)
    if not resources:
        return found
    marks = sql.placeholders(len(resources))
    # Thousands of rows name the same few resources and days: each is read once.
    ids: dict[object, UUID] = {}
    dates: dict[object, date] = {}
    for resource, place, day, text in sql.rows(
        "SELECT resource_id, place, day, taken FROM booking_capacityday"
        f" WHERE resource_id IN ({marks}) AND day >= %s AND day <= %s AND taken <> '0'",
        *resources,
        first,
        last,
    ):
        pk = ids.get(resource) or ids.setdefault(resource, _id(resource))
        on = dates.get(day) or dates.setdefault(
            day, day if isinstance(day, date) else date.fromisoformat(day)
        )
        found[pk, on][int(place)] = int(text, 16)
    return found


def _id(value: object) -> UUID:
    found = sql.uuid(value)
    assert found is not None  # noqa: S101 - the column has no nulls
    return found


def lock(wanted: Iterable[tuple[UUID, int, date]]) -> dict[tuple[UUID, int, date], CapacityDay]:
    """The capacity rows, made where there are none, locked in the order of their ids."""
    keys = sorted(set(wanted))
    for resource, place, day in keys:
        sql.run(
            "INSERT INTO booking_capacityday (resource_id, place, day, taken) VALUES (%s, %s, %s, '0')"
            " ON CONFLICT (resource_id, place, day) DO NOTHING",
            resource,
            place,
            day,
        )
    days = {day for _resource, _place, day in keys}
    rows = (
        CapacityDay.objects.select_for_update()
        .filter(resource_id__in={key[0] for key in keys}, day__in=days)
        .order_by("pk")
    )
    found = {(row.resource_id, row.place, row.day): row for row in rows}
    return {key: found[key] for key in keys}


def claim(appointment: UUID, wanted: dict[tuple[UUID, int, date], int]) -> bool:
    """Take these cells for the appointment; False, and nothing is taken, when one of them is taken already."""
    rows = lock(wanted)
    if any(int(rows[key].taken, 16) & mask for key, mask in wanted.items()):
        return False
    Claim.objects.bulk_create(
        [
            Claim(capacity_id=rows[key].pk, cell=cell, appointment_id=appointment)
            for key, mask in wanted.items()
            for cell in cells.each(mask)
        ]
    )
    for key, mask in wanted.items():
        row = rows[key]
        row.taken = f"{int(row.taken, 16) | mask:x}"
        row.save(update_fields=["taken"])
    return True


def give_back(appointments: Sequence[UUID], *, after: tuple[date, int] | None = None) -> None:
    """Free what these appointments take; with ``after`` only the cells from that one of that day on."""
    held = Claim.objects.filter(appointment_id__in=appointments).select_related("capacity")
    by_row: dict[int, int] = defaultdict(int)
    gone = []
    for one in held:
        if after is None or (one.capacity.day, one.cell) >= after:
            by_row[one.capacity_id] |= 1 << one.cell
            gone.append(one.pk)
    rows = CapacityDay.objects.select_for_update().filter(pk__in=by_row).order_by("pk")
    for row in rows:
        row.taken = f"{int(row.taken, 16) & ~by_row[row.pk]:x}"
        row.save(update_fields=["taken"])
    Claim.objects.filter(pk__in=gone).delete()


def days_of(zone: str, first: datetime, end: datetime) -> dict[date, int]:
    """The cells from ``first`` up to ``end``, by the date at the site."""
    found = {}
    day = clock.local(first, zone).date()
    while cells.begins(day, zone) < end:
        start = max(cells.cell_of(first, day, zone), 0)
        stop = min(cells.cell_of(end - timedelta(microseconds=1), day, zone) + 1, cells.count(day, zone))
        if mask := cells.span(start, stop):
            found[day] = mask
        day += timedelta(days=1)
    return found


def held_cells(site_id: UUID, first: date, last: date) -> dict[date, dict[int, int]]:
    """By date and cell: how many places are only held while somebody fills in the form (one query)."""
    found: dict[date, dict[int, int]] = defaultdict(dict)
    rows = Claim.objects.filter(
        appointment__site_id=site_id,
        appointment__state=HELD,
        capacity__day__gte=first,
        capacity__day__lte=last,
    )
    for day, cell, count in rows.values_list("capacity__day", "cell").annotate(count=Count("pk")):
        found[day][cell] = count
    return found


def booked_places(
    resources: Collection[UUID], first: date, last: date
) -> dict[tuple[UUID, date], tuple[int, int]]:
    """By resource and day: how many have one of its places, and how many an extra one (one query)."""
    if not resources:
        return {}
    marks = sql.placeholders(len(resources))
    states = (HELD, BOOKED, ARRIVED, DONE, LOST)
    found = {}
    for resource, day, regular, extra in sql.rows(
        "SELECT s.resource_id, a.day, SUM(CASE WHEN s.place < r.places THEN 1 ELSE 0 END),"
        " SUM(CASE WHEN s.place < r.places THEN 0 ELSE 1 END)"
        " FROM booking_assignment s JOIN booking_appointment a ON a.id = s.appointment_id"
        " JOIN booking_resource r ON r.id = s.resource_id"
        f" WHERE s.resource_id IN ({marks}) AND a.day >= %s AND a.day <= %s"
        f" AND a.state IN ({sql.placeholders(len(states))}) GROUP BY s.resource_id, a.day",
        *resources,
        first,
        last,
        *states,
    ):
        on = day if isinstance(day, date) else date.fromisoformat(day)
        found[sql.uuid(resource), on] = (int(regular), int(extra))
    return found  # type: ignore[return-value]


def ended_and_lost(offer_id: UUID, first: datetime, end: datetime) -> tuple[int, int]:
    """Of the offer's appointments in that time: how many are over, and to how many of these nobody came (one query)."""
    rows = dict(
        Appointment.objects.filter(
            offer_id=offer_id, starts_at__gte=first, starts_at__lt=end, state__in=(ARRIVED, DONE, LOST)
        )
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    return sum(rows.values()), rows.get(LOST, 0)


def by_code(code: str) -> Appointment | None:
    """The appointment with that code, with offer and site."""
    return Appointment.objects.filter(code=code).select_related("offer__service", "site").first()


def stale_holds(site_id: UUID, at: datetime, limit: int = 100) -> list[Appointment]:
    """Held times whose time to fill in the form is over."""
    return list(Appointment.objects.filter(site_id=site_id, state=HELD, hold_until__lte=at)[:limit])
