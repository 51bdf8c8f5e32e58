"""Whose an appointment was is forgotten some days after the visit, and when the customer is erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from servicehall.kernel import retention
from servicehall.kernel.models import DataKey, Event
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking.models import Appointment, WaitingEntry
from servicehall.rooms.customers.actions.erasing import erase
from tests.hall import CUSTOMER, MORNING
from tests.rooms.customers.counter import signed_in

from .desk import TOMORROW, Desk
from .test_notices import go_on

NEEDLE = "Needle"


def _made(desk: Desk, **rest: Any) -> tuple[Appointment, WaitingEntry]:
    held = desk.hold(**rest)
    details = booking.Details(NEEDLE, "13800138000", "needle@example.com", f"{NEEDLE} note")
    row = booking.book(code=held.code, details=details, by=CUSTOMER, at=MORNING)
    wish = booking.Wish(TOMORROW.date(), TOMORROW.date(), people=1)
    entry = booking.join_waiting(
        site_id=desk.hall.id, offer="advice", wish=wish, details=details, by=CUSTOMER,
        customer_id=held.customer_id, at=MORNING - timedelta(hours=4),
    )  # fmt: skip
    return row, entry


def _is_forgotten(row: Appointment, entry: WaitingEntry) -> bool:
    row, entry = Appointment.objects.get(pk=row.pk), WaitingEntry.objects.get(pk=entry.pk)
    texts = {row.name, row.phone, row.email, row.note, entry.name, entry.phone, entry.email}
    keys = DataKey.objects.filter(owner_id__in=[row.pk, entry.pk], destroyed_at=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone_index FROM booking_appointment")
        indexes = {one[0] for one in cursor.fetchall()}
    return texts == {""} and not keys.exists() and indexes == {None}


def test_after_the_days_and_not_before(desk: Desk) -> None:
    row, entry = _made(desk)
    retention.apply(at=TOMORROW + timedelta(days=90))
    assert not _is_forgotten(row, entry)
    retention.apply(at=TOMORROW + timedelta(days=92))
    assert _is_forgotten(row, entry)
    found = {one.kind: one.count for one in retention.look(at=TOMORROW + timedelta(days=92))}
    assert found["booking.persons"] == 0
    told = Event.objects.get(kind="booking.forgotten").data
    assert told == {"appointments": [str(row.pk)], "entries": [str(entry.pk)]}


def test_with_their_customer(desk: Desk) -> None:
    customer = signed_in(desk.hall)
    row, entry = _made(desk, customer_id=customer.pk)
    with transaction(customer.organisation_id):
        erase(customer.pk, why="asked", by=SYSTEM, at=MORNING)
    go_on(MORNING)
    assert _is_forgotten(row, entry)
