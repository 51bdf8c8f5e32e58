"""Any two acts on one booking at the same time, and any act that dies between two of its statements."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from servicehall.kernel.errors import Refused
from servicehall.kernel.models import Event, KeptAnswer, Timer
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking.models import (
    Appointment,
    Assignment,
    CapacityDay,
    Claim,
    DayHours,
    Notice,
    WaitingEntry,
)
from servicehall.rooms.booking.timers import nobody_came, release_hold
from servicehall.rooms.messages.models import Message
from servicehall.rooms.queueing.models import Ticket
from tests.hall import CUSTOMER, MORNING, make_hall

from .desk import TOMORROW, Desk, make_desk
from .test_booking import _claims_say_what_the_days_say
from .test_notices import go_on

WHO = booking.Details("Li", email="li@example.com", phone="13800138000")
HALF_HOUR = timedelta(minutes=30)
Act = Callable[[Appointment], Any]


def _at(row: Appointment) -> Any:
    return row.starts_at


ACTS: dict[str, Act] = {
    "book": lambda row: booking.book(code=row.code, details=WHO, by=SYSTEM, at=MORNING),
    "series": lambda row: booking.book_weekly(code=row.code, times=2, details=WHO, by=SYSTEM, at=MORNING),
    "release": lambda row: booking.release(code=row.code, by=CUSTOMER, at=MORNING),
    "move": lambda row: booking.reschedule(
        code=row.code, starts_at=row.starts_at + HALF_HOUR, by=SYSTEM, at=MORNING
    ),
    "cancel": lambda row: booking.cancel(code=row.code, by=SYSTEM, at=MORNING),
    "late": lambda row: booking.say_late(code=row.code, minutes=5, by=CUSTOMER, at=MORNING),
    "confirm": lambda row: booking.confirm(code=row.code, by=CUSTOMER, at=MORNING),
    "check in": lambda row: booking.check_in(code=row.code, by=SYSTEM, at=_at(row)),
    "lose": lambda row: booking.lose(code=row.code, by=SYSTEM, at=_at(row)),
    "take back": lambda row: booking.take_back(code=row.code, by=SYSTEM, at=_at(row)),
    "finish": lambda row: booking.finish(code=row.code, by=SYSTEM, at=_at(row)),
}
ONCE = {"booked", "released", "cancelled", "arrived", "lost", "ended", "confirmed"}
BEFORE = {"book": "held", "release": "held", "series": "held", "take back": "arrived"}


def _made(desk: Desk, starts_at: Any, state: str) -> Appointment:
    row: Appointment = desk.hold(starts_at, by=SYSTEM)
    if state != "held":
        booking.book(code=row.code, details=WHO, by=SYSTEM, at=MORNING)
    if state == "arrived":
        booking.check_in(code=row.code, by=SYSTEM, at=starts_at)
    return Appointment.objects.get(pk=row.pk)


def _both(first: Act, second: Act, row: Appointment) -> list[Any]:
    ready, found = threading.Barrier(2), list[Any]()

    def act(one: Act) -> None:
        try:
            ready.wait(30)
            found.append(one(row))
        except BaseException as problem:  # noqa: BLE001 - told below
            found.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.django_db(transaction=True)
def test_of_any_two_acts_at_once_one_is_first() -> None:
    desk = make_desk(make_hall(), horizon_days=60)
    pairs = list(itertools.combinations_with_replacement(ACTS, 2))
    days = [TOMORROW + timedelta(days=n) for n in range(40) if (TOMORROW + timedelta(days=n)).weekday() < 5]
    times = (day + timedelta(hours=2 * n) for day in days for n in range(4))
    for (first, second), starts_at in zip(pairs, times, strict=False):
        row = _made(desk, starts_at, BEFORE.get(first, BEFORE.get(second, "booked")))
        found = _both(ACTS[first], ACTS[second], row)
        wrong = [one for one in found if isinstance(one, BaseException) and not isinstance(one, Refused)]
        assert (len(found), wrong) == (2, []), (first, second)
        told = [one.kind.partition(".")[2] for one in Event.objects.filter(subject_id=row.pk)]
        again = "returned" in told
        twice = {kind for kind in told if told.count(kind) > 1} & ONCE
        assert again or not twice, (first, second, told)
        now = Appointment.objects.get(pk=row.pk)
        length = Claim.objects.filter(appointment=row).count()
        keeps = now.state in Appointment.TAKING and "lost" not in told
        assert length == 6 if keeps else length <= 6, (first, second, now.state)
        waiting = Ticket.objects.filter(visit_id=now.visit_id, state="waiting").count() if now.visit_id else 0
        assert waiting == (now.state == "arrived"), (first, second, now.state)
        assert Appointment.objects.filter(repeats=now.repeats).count() == 2 if now.repeats else True
    _claims_say_what_the_days_say()


class Died(BaseException):
    """The process is gone."""


@contextmanager
def _dying(at_statement: int) -> Iterator[list[str]]:
    said: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            said.append(sql)
            if len(said) == at_statement:
                raise Died
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield said


TABLES: tuple[type[Model], ...] = (
    Appointment, Assignment, Claim, DayHours, Event, KeptAnswer, Message, Notice, Ticket, Timer, WaitingEntry,
)  # fmt: skip


def _world() -> dict[str, Any]:
    """The rows as they lie there, sealed texts and all; days of which nothing is taken may come and go."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for one in TABLES:
            cursor.execute(f"SELECT * FROM {one._meta.db_table}")
            found[one.__name__] = sorted(cursor.fetchall(), key=repr)
    return {**found, "taken": list(CapacityDay.objects.exclude(taken="0").order_by("pk").values())}


def _dies_everywhere(act: Callable[[], Any]) -> Any:
    """Let it die before each of its statements: nothing of it is there; then let it live."""
    before = _world()
    for n in range(1, 400):
        try:
            with _dying(n):
                found = act()
        except Died:
            assert _world() == before, f"dead before statement {n}"
        else:
            assert _world() != before
            return found
    raise AssertionError("it never ends")


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_dies_half_way_was_never_begun(desk: Desk, name: str) -> None:
    row = _made(desk, TOMORROW, BEFORE.get(name, "booked"))
    _dies_everywhere(lambda: ACTS[name](row))
    _claims_say_what_the_days_say()


def test_a_hold_a_wish_and_a_time_that_is_over_die_whole(desk: Desk) -> None:
    from servicehall.kernel.timers import Due
    from servicehall.kernel.transactions import transaction

    held = _dies_everywhere(desk.hold)
    wish = booking.Wish(TOMORROW.date(), TOMORROW.date())

    def join() -> Any:
        return booking.join_waiting(
            site_id=desk.hall.id, offer="advice", wish=wish, details=WHO, by=CUSTOMER, at=MORNING
        )

    entry = _dies_everywhere(join)
    assert entry.state == "offered"
    _dies_everywhere(lambda: booking.take_offer(code=entry.code, by=CUSTOMER, at=MORNING))

    def ring(handle: Callable[[Due], None], row: Appointment) -> None:
        with transaction(desk.hall.id):
            handle(Due("", str(row.pk), desk.hall.id, MORNING, {}))

    _dies_everywhere(lambda: ring(release_hold, held))
    from servicehall.kernel import clock

    with clock.at(TOMORROW + timedelta(hours=1)):
        _dies_everywhere(lambda: ring(nobody_came, entry.appointment or entry))
    _claims_say_what_the_days_say()


def test_a_worker_that_dies_anywhere_tells_once(desk: Desk) -> None:
    held = desk.hold()
    booking.book(code=held.code, details=WHO, by=CUSTOMER, at=MORNING)
    died = 0
    for n in itertools.count(1):
        try:
            with _dying(n):
                go_on(MORNING)
        except Died:
            died += 1
        else:
            break
    go_on(MORNING)
    assert died > 20
    assert Message.objects.filter(kind="email").count() == 1
    reminders = [one for one in Timer.objects.filter(kind="booking.notice") if "reminder" in one.key]
    assert len(reminders) == 1
