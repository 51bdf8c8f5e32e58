"""What somebody tries who means harm, or presses a button at the wrong moment: refused, or done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries, setup
from servicehall.rooms.booking.models import Appointment, Claim, WaitingEntry
from tests.hall import CUSTOMER, MORNING, text

from .desk import TOMORROW, Desk
from .test_notices import go_on, told

WHO = booking.Details("Li", email="li@example.com")
HALF_HOUR = timedelta(minutes=30)
DAY = TOMORROW.date()


def weekly(code: str, times: int, by: Any = CUSTOMER, **details: str) -> list[Appointment]:
    who = booking.Details("Li", **({"email": "li@example.com"} | details))
    return booking.book_weekly(code=code, times=times, details=who, by=by, at=MORNING)


def test_a_series_is_no_way_around_the_limit(desk: Desk) -> None:
    held = desk.hold()
    with pytest.raises(booking.TooManyBookings):
        weekly(held.code, 3)
    assert list(Appointment.objects.values_list("state", flat=True)) == ["held"]
    assert len(weekly(held.code, 2)) == 2
    other = desk.hold(TOMORROW + HALF_HOUR)
    assert len(weekly(other.code, 4, by=desk.hall.actors["agent"])) == 4


def test_a_series_that_is_sent_twice_is_one(desk: Desk) -> None:
    held = desk.hold()
    first = weekly(held.code, 2)
    again = weekly(held.code, 2, phone="13800138000")
    assert [one.pk for one in again] == [one.pk for one in first]
    assert Appointment.objects.count() == 2


def test_another_number_afterwards_is_counted_too(desk: Desk) -> None:
    for n in range(2):
        desk.book(TOMORROW + n * HALF_HOUR, phone="０１３８００１３８０００" if n else "+86 138 0013 8000")
    third = desk.book(TOMORROW + 2 * HALF_HOUR, phone="13900139000")
    mine = booking.Details("Li", phone="008613800138000")
    with pytest.raises(booking.TooManyBookings):
        booking.book(code=third.code, details=mine, by=CUSTOMER, at=MORNING)
    assert queries.appointment(third.code).phone == "13900139000"


@pytest.mark.parametrize("field", ["name", "phone", "email", "wechat"])
def test_a_detail_begins_no_line_of_its_own(desk: Desk, field: str) -> None:
    held = desk.hold()
    given = {"name": "Li", "email": "li@example.com"}
    for end in ("\r\n", "\n", "\r", "\x85", "\u2028", "\0"):
        details = booking.Details(**(given | {field: f"1@x.org{end}ATTENDEE:mailto:evil@example.com"}))
        with pytest.raises(BadInput) as refused:
            booking.book(code=held.code, details=details, by=CUSTOMER, at=MORNING)
        assert field in refused.value.facts["errors"]
    note = booking.Details("Li", email="li@example.com", note="one\r\ntwo")
    assert booking.book(code=held.code, details=note, by=CUSTOMER, at=MORNING).note == "one\r\ntwo"


def test_the_name_of_an_offer_begins_no_line_of_a_mail(desk: Desk) -> None:
    desk.offer.names = text("Advice\r\nBcc: evil@example.com")
    desk.offer.save()
    setup.forget()
    mine = desk.book()
    booking.book(code=mine.code, details=WHO, by=CUSTOMER, at=MORNING)
    go_on(MORNING)
    [title] = told()
    assert title.startswith("Booked: Advice Bcc: evil")
    assert not set("\r\n") & set(title)


def test_what_is_dropped_on_somebody_else_goes_nowhere(desk: Desk) -> None:
    agent = desk.hall.actors["agent"]
    stranger = booking.add_resource(site_id=desk.hall.id, slug="cy", names=text("Cy"), by=SYSTEM)
    mine = desk.book()
    for starts_at in (TOMORROW, TOMORROW + HALF_HOUR):
        with pytest.raises(booking.TimeTaken):
            booking.reschedule(
                code=mine.code, starts_at=starts_at, resource=stranger.pk, by=agent, at=MORNING
            )
    with pytest.raises(booking.TimeTaken):
        desk.hold(resource=stranger.pk)
    found = queries.appointment(mine.code)
    assert (found.starts_at, found.sequence) == (TOMORROW, 0)


def test_another_person_at_the_same_time_is_no_news_for_the_customer(desk: Desk) -> None:
    agent = desk.hall.actors["agent"]
    mine = desk.book()
    booking.book(code=mine.code, details=WHO, by=CUSTOMER, at=MORNING)
    booking.confirm(code=mine.code, by=CUSTOMER, at=MORNING)
    had = mine.assignments.get().resource_id
    other = next(one.pk for one in desk.resources.values() if one.pk != had)
    for _again in range(2):
        moved = booking.reschedule(code=mine.code, starts_at=TOMORROW, resource=other, by=agent, at=MORNING)
        assert (moved.sequence, moved.confirmed_at) == (0, MORNING)
    assert mine.assignments.get().resource_id == other
    go_on(MORNING)
    assert [one.split(":")[0] for one in told()] == ["Booked"]
    assert Event.objects.filter(kind="appointment.moved").count() == 1


def test_nobody_stays_away_before_the_time(desk: Desk) -> None:
    mine = desk.book()
    with pytest.raises(booking.NotBegun):
        booking.lose(code=mine.code, by=desk.hall.actors["agent"], at=MORNING)
    assert queries.appointment(mine.code).state == "booked"
    assert Claim.objects.count() == 6


def test_who_stands_in_the_queue_is_not_over(desk: Desk) -> None:
    mine = desk.book()
    booking.check_in(code=mine.code, by=CUSTOMER, at=TOMORROW)
    with pytest.raises(booking.NoLonger):
        booking.finish(code=mine.code, by=desk.hall.actors["agent"], at=TOMORROW)
    assert queries.appointment(mine.code).state == "arrived"


@pytest.mark.parametrize("people", [0, -1, 2, 10**9])
def test_no_people_and_too_many(desk: Desk, people: int) -> None:
    with pytest.raises(booking.TooManyPeople):
        desk.hold(people=people)
    assert not Appointment.objects.exists()


def test_digits_of_a_full_width_number_are_found_by_ordinary_ones(desk: Desk) -> None:
    mine = desk.book(phone="１３８００１３８０００")
    for digits in ("8000", "８０００"):
        assert queries.by_reference_and_phone(desk.hall.id, mine.reference, digits).pk == mine.pk
    with pytest.raises(NotFound):
        queries.by_reference_and_phone(desk.hall.id, mine.reference, "8001")


def wait(desk: Desk, n: int = 0, latest: date = DAY, **given: Any) -> WaitingEntry:
    return booking.join_waiting(
        site_id=desk.hall.id, offer="advice", wish=given.pop("wish", booking.Wish(DAY, latest)),
        details=booking.Details("Li", email=f"li{n}@example.com"), by=CUSTOMER, at=MORNING, **given,
    )  # fmt: skip


@pytest.mark.parametrize("latest", [date.max, date(9999, 12, 30), TOMORROW.date() + timedelta(days=401)])
def test_nobody_waits_for_ever(desk: Desk, latest: date) -> None:
    with pytest.raises(BadInput) as refused:
        wait(desk, latest=latest)
    assert "latest" in refused.value.facts["errors"]
    assert not WaitingEntry.objects.exists()


@pytest.fixture
def full(desk: Desk) -> Desk:
    """Tomorrow nobody is there, but for one time that is taken."""
    for name in ("ada", "bo"):
        booking.add_day(resource=desk.resources[name], date=TOMORROW.date(), by=SYSTEM)
    return desk


def opened(desk: Desk) -> None:
    """Ada comes after all."""
    from servicehall.rooms.hall import actions as hall

    hall.remove_setup(desk.resources["ada"].days.get(), by=SYSTEM)
    setup.forget()
    go_on(MORNING)


def test_who_joined_anew_does_not_wait_again_as_well(full: Desk) -> None:
    first = wait(full)
    WaitingEntry.objects.filter(pk=first.pk).update(state="expired")
    wait(full)
    with pytest.raises(booking.AlreadyWaiting):
        booking.wait_again(code=first.code, by=CUSTOMER, at=MORNING)


def test_who_waits_again_is_offered_what_is_free(full: Desk) -> None:
    first = wait(full)
    WaitingEntry.objects.filter(pk=first.pk).update(state="expired")
    opened(full)
    assert booking.wait_again(code=first.code, by=CUSTOMER, at=MORNING).state == "offered"


def test_hundreds_whom_nothing_fits_do_not_hide_the_next(full: Desk) -> None:
    never = booking.Wish(DAY, DAY, to_time=time(6))
    with transaction(full.hall.id):
        for n in range(2, 220):
            wait(full, n, wish=never)
    last = WaitingEntry.objects.get(pk=wait(full, 1).pk)
    opened(full)
    last.refresh_from_db()
    assert last.state == "offered"


def test_who_is_erased_waits_no_longer(full: Desk) -> None:
    from servicehall.rooms.customers.actions.erasing import erase
    from tests.rooms.customers.counter import signed_in

    customer = signed_in(full.hall)
    entry = wait(full, customer_id=customer.pk)
    with transaction(customer.organisation_id):
        erase(customer.pk, why="asked", by=SYSTEM, at=MORNING)
    go_on(MORNING)
    entry.refresh_from_db()
    assert entry.state == "expired"
    opened(full)
    assert not Appointment.objects.exists(), "nothing is kept for nobody"
    with pytest.raises(booking.NoLonger):
        booking.wait_again(code=entry.code, by=CUSTOMER, at=MORNING)


def test_what_is_kept_in_vain_undoes_nothing_else(full: Desk) -> None:
    """Somebody who waits has enough bookings: trying to keep one more for them must not give back a fact."""
    from servicehall.kernel.ids import uuid7

    customer = uuid7()
    later = TOMORROW + timedelta(days=1)
    for n in range(2):
        full.book(later + n * HALF_HOUR, customer_id=customer)
    stale = full.hold(later + 2 * HALF_HOUR)
    wait(full, customer_id=customer)
    Appointment.objects.filter(pk=stale.pk).update(hold_until=MORNING - HALF_HOUR)
    opened(full)
    assert queries.appointment(stale.code).state == "released"
    assert Event.objects.filter(kind="appointment.released").count() == 1


ACTS: dict[str, Callable[[Any], Any]] = {
    "confirm": lambda code: booking.confirm(code=code, by=CUSTOMER, at=MORNING),
    "late": lambda code: booking.say_late(code=code, minutes=5, by=CUSTOMER, at=MORNING),
    "cancel": lambda code: booking.cancel(code=code, by=CUSTOMER, at=MORNING),
    "release": lambda code: booking.release(code=code, by=CUSTOMER, at=MORNING),
    "check in": lambda code: booking.check_in(code=code, by=CUSTOMER, at=TOMORROW),
    "at the door": lambda code: booking.check_in_at_door(code=code, door="2222", by=CUSTOMER, at=TOMORROW),
    "move": lambda code: booking.reschedule(code=code, starts_at=TOMORROW, by=CUSTOMER, at=MORNING),
    "book": lambda code: booking.book(code=code, details=WHO, by=CUSTOMER, at=MORNING),
    "series": lambda code: booking.book_weekly(code=code, times=2, details=WHO, by=CUSTOMER, at=MORNING),
    "lose": lambda code: booking.lose(code=code, by=SYSTEM, at=TOMORROW),
    "finish": lambda code: booking.finish(code=code, by=SYSTEM, at=TOMORROW),
    "take back": lambda code: booking.take_back(code=code, by=SYSTEM, at=TOMORROW),
}


def test_the_link_of_a_cancelled_booking_does_nothing(desk: Desk) -> None:
    mine = desk.book()
    booking.cancel(code=mine.code, by=CUSTOMER, at=MORNING)
    events = Event.objects.count()
    for name, act in ACTS.items():
        if name == "cancel":
            assert act(mine.code).state == "cancelled"
            continue
        with pytest.raises((booking.NoLonger, booking.WrongDoorCode)):
            act(mine.code)
        with pytest.raises(NotFound):
            act("guessed")
    assert Event.objects.count() == events
    assert not Claim.objects.exists()
