"""Having a time, changing it, coming."""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput, NotAllowed
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.booking.models import Appointment, CapacityDay, Claim
from servicehall.rooms.hall.models import SpecialDay
from servicehall.rooms.queueing.models import Ticket
from tests.hall import CUSTOMER, MORNING, catch_up, make_hall, minutes, text

from .desk import TOMORROW, Desk, make_desk


def _claims_say_what_the_days_say() -> None:
    for row in CapacityDay.objects.all():
        cells = sum(1 << c for c in Claim.objects.filter(capacity=row).values_list("cell", flat=True))
        assert int(row.taken, 16) == cells


def test_a_time_is_held_booked_and_not_offered_when_all_are_taken(desk: Desk) -> None:
    first, second = desk.book(), desk.book()
    assert (first.state, first.day, len(first.reference)) == ("booked", TOMORROW.date(), 6)
    assert "10:00" not in desk.free()
    assert {"09:30", "10:30"} <= set(desk.free())
    with pytest.raises(booking.TimeTaken) as refused:
        desk.hold()
    nearest = [datetime.fromisoformat(one) for one in refused.value.facts["nearest"]]
    assert {abs(one - TOMORROW) for one in nearest[:2]} == {timedelta(minutes=30)}
    booking.cancel(code=second.code, by=CUSTOMER, at=MORNING)
    assert "10:00" in desk.free()
    _claims_say_what_the_days_say()


def test_what_is_only_held_is_free_again_when_the_time_is_over(desk: Desk) -> None:
    desk.hold()
    late = desk.hold()
    assert "10:00" not in desk.free()
    with pytest.raises(booking.HoldOver):
        booking.book(code=late.code, details=booking.Details("A"), by=CUSTOMER, at=minutes(11))
    assert desk.hold(at=minutes(11)).state == "held"  # without any worker
    with clock.at(minutes(30)):
        timers.run_due()
    assert desk.free().count("10:00") == 1
    assert not Claim.objects.exists()


def test_another_time_keeps_the_old_one_when_it_is_not_free(desk: Desk) -> None:
    mine, _one, _other = desk.book(), desk.book(minutes(24 * 60 + 30)), desk.book(minutes(24 * 60 + 30))
    with pytest.raises(booking.TimeTaken):
        booking.reschedule(code=mine.code, starts_at=minutes(24 * 60 + 30), by=CUSTOMER, at=MORNING)
    assert queries.appointment(mine.code).starts_at == TOMORROW
    moved = booking.reschedule(code=mine.code, starts_at=minutes(25 * 60), by=CUSTOMER, at=MORNING)
    assert (moved.sequence, moved.starts_at) == (1, minutes(25 * 60))
    assert "10:00" in desk.free()
    _claims_say_what_the_days_say()


def test_check_in_is_a_ticket_as_if_they_had_come_at_their_time(desk: Desk) -> None:
    mine = desk.book()
    walk_in = desk.hall.issue(at=TOMORROW - timedelta(minutes=20))
    with pytest.raises(booking.TooEarly):
        booking.check_in(code=mine.code, by=CUSTOMER, at=TOMORROW - timedelta(minutes=40))
    here = booking.check_in(code=mine.code, by=CUSTOMER, at=TOMORROW - timedelta(minutes=10))
    again = booking.check_in(code=mine.code, by=CUSTOMER, at=TOMORROW)
    later = desk.hall.issue(at=TOMORROW + timedelta(minutes=1))
    assert again.ticket_id == here.ticket_id
    keys: dict[Any, int] = dict(Ticket.objects.values_list("pk", "order_key"))
    assert keys[walk_in.pk] < keys[here.ticket_id] == clock.micros(TOMORROW) < keys[later.pk]


def test_whoever_is_late_joins_as_others_do(desk: Desk) -> None:
    mine, told = desk.book(), desk.book()
    booking.say_late(code=told.code, minutes=20, by=CUSTOMER, at=TOMORROW)
    late = TOMORROW + timedelta(minutes=15)
    ids = [booking.check_in(code=one.code, by=CUSTOMER, at=late).ticket_id for one in (mine, told)]
    keys: dict[Any, int] = dict(Ticket.objects.values_list("pk", "order_key"))
    assert [keys[one] for one in ids] == [clock.micros(late), clock.micros(TOMORROW)]


def test_the_appointment_ends_with_the_visit(desk: Desk) -> None:
    mine = desk.book()
    booking.check_in(code=mine.code, by=CUSTOMER, at=TOMORROW)
    desk.hall.open(at=TOMORROW)
    ticket = desk.hall.next(at=TOMORROW)
    from servicehall.rooms.queueing import actions as queue

    queue.start(ticket_id=ticket.pk, by=desk.hall.actors["agent"], at=TOMORROW)
    queue.finish(ticket_id=ticket.pk, by=desk.hall.actors["agent"], at=TOMORROW + timedelta(minutes=10))
    catch_up()
    assert queries.appointment(mine.code).state == "done"
    # from the next five minutes on the rest of the time is free
    assert "10:00" in desk.free() or Claim.objects.count() <= 3


def test_who_does_not_come_gives_the_rest_back(desk: Desk) -> None:
    mine = desk.book()
    with clock.at(TOMORROW + timedelta(minutes=31)):
        timers.run_due()
    assert queries.appointment(mine.code).state == "lost"
    back = booking.take_back(
        code=mine.code, by=desk.hall.actors["agent"], at=TOMORROW + timedelta(minutes=32)
    )
    assert back.state == "booked"


@pytest.mark.parametrize(
    ("starts", "refusal"),
    [
        (timedelta(minutes=30), booking.NotBookable),  # too soon
        (timedelta(days=-1), booking.NotBookable),
        (timedelta(days=40), booking.NotBookable),
        (timedelta(days=1, minutes=7), booking.TimeTaken),  # nothing begins there
        (timedelta(days=1, seconds=1), booking.TimeTaken),
        (timedelta(days=4), booking.TimeTaken),  # a Saturday
    ],
)
def test_a_time_that_cannot_be_is_refused_with_others(
    desk: Desk, starts: timedelta, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        desk.hold(MORNING + starts)
    assert refused.value.facts["nearest"]  # type: ignore[attr-defined]
    assert not Appointment.objects.exists()


def test_a_customer_has_so_many_and_no_more(desk: Desk) -> None:
    codes = [desk.book(minutes(60 * 24 + 30 * n), phone="13800138000").code for n in range(2)]
    with pytest.raises(booking.TooManyBookings):
        desk.book(minutes(60 * 26), phone="138 0013 8000")
    with pytest.raises(booking.TooManyBookings):
        desk.hold(minutes(60 * 26), held=codes)
    assert desk.book(minutes(60 * 26), phone="13800138000", by=desk.hall.actors["agent"]).state == "booked"


def test_details_are_asked_for_and_kept_short(desk: Desk) -> None:
    held = desk.hold()
    for details in (booking.Details(""), booking.Details("x" * 81), booking.Details("a\0b")):
        with pytest.raises(BadInput):
            booking.book(code=held.code, details=details, by=CUSTOMER, at=MORNING)
    assert (
        booking.book(code=held.code, details=booking.Details("王" * 80 + ""), by=CUSTOMER, at=MORNING).name
        == "王" * 80
    )


def test_customers_change_in_time_and_staff_whenever(desk: Desk) -> None:
    mine = desk.book()
    soon = TOMORROW - timedelta(minutes=30)
    with pytest.raises(booking.TooLateToChange):
        booking.cancel(code=mine.code, by=CUSTOMER, at=soon)
    done = booking.cancel(code=mine.code, by=desk.hall.actors["agent"], at=soon)
    assert booking.cancel(code=mine.code, by=CUSTOMER, at=soon).version == done.version
    with pytest.raises(booking.NoLonger):
        booking.check_in(code=mine.code, by=CUSTOMER, at=TOMORROW)


def test_holidays_of_the_hall_and_hours_of_a_date_count(desk: Desk) -> None:
    day = TOMORROW.date()
    booking.add_day(resource=desk.resources["ada"], date=day, by=SYSTEM)
    booking.add_day(
        resource=desk.resources["bo"], date=day, kind="instead", opens=time(13), closes=time(14), by=SYSTEM
    )
    assert desk.free() == ["13:00", "13:30"]
    from servicehall.rooms.hall import actions as places

    places.save_setup(SpecialDay(site=desk.hall.site, date=day, names=text("Holiday")), by=SYSTEM)
    assert desk.free() == []


def test_a_group_takes_the_places_of_a_course(desk: Desk) -> None:
    room = booking.add_resource(
        site_id=desk.hall.id, slug="room", kind="room", places=3, names=text("Room"), by=SYSTEM
    )
    booking.add_offer(
        site_id=desk.hall.id, slug="course", names=text("Course"), needs=[[room]], group_most=5,
        group_takes_places=True, by=SYSTEM,
    )  # fmt: skip
    desk.hold(offer="course", people=2)
    with pytest.raises(booking.TimeTaken):
        desk.hold(offer="course", people=2)
    assert desk.hold(offer="course", people=1).people == 1
    with pytest.raises(booking.TooManyPeople):
        desk.hold(offer="course", people=6)


def test_who_may(desk: Desk) -> None:
    mine = desk.book()
    with pytest.raises(NotAllowed):
        booking.lose(code=mine.code, by=CUSTOMER)
    with pytest.raises(NotAllowed):
        queries.of_day(desk.hall.id, date(2026, 3, 1), date(2026, 3, 9), actor=CUSTOMER)
    (found,) = queries.of_day(
        desk.hall.id, date(2026, 3, 1), date(2026, 3, 9), actor=desk.hall.actors["agent"]
    )
    assert found.name == "王小明"


@pytest.mark.django_db(transaction=True)
def test_many_want_the_last_place_and_one_gets_it() -> None:
    desk = make_desk(make_hall())
    desk.hold()
    got: list[Any] = []
    ready = threading.Barrier(8)

    def want() -> None:
        try:
            ready.wait(30)
            got.append(desk.hold().code)
        except booking.TimeTaken:
            got.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=want) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(got) == 8
    assert sum(code is not None for code in got) == 1
    _claims_say_what_the_days_say()
