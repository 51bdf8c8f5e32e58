"""The waiting list: a freed time is kept for the first whom it fits, and only for a while."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.booking.models import Appointment, Claim, WaitingEntry
from servicehall.rooms.messages.models import Message
from tests.hall import CUSTOMER, MORNING, catch_up, minutes

from .desk import TOMORROW, Desk

DAY = TOMORROW.date()


@pytest.fixture
def full(desk: Desk, settings: Any) -> Desk:
    """Tomorrow only ten o'clock can be had, with one adviser, and it is taken."""
    settings.PUBLIC_URL = "https://hall.example.com"
    booking.add_day(resource=desk.resources["bo"], date=DAY, by=SYSTEM)
    booking.add_day(
        resource=desk.resources["ada"],
        date=DAY,
        kind="instead",
        opens=time(10),
        closes=time(10, 30),
        by=SYSTEM,
    )
    desk.booked = desk.book()  # type: ignore[attr-defined]
    catch_up_at(MORNING)
    return desk


def catch_up_at(at: datetime) -> None:
    """The worker at a moment."""
    with clock.at(at):
        catch_up()
        while timers.run_due():
            catch_up()


def wait(
    desk: Desk, name: str = "Li", *, at: datetime = MORNING, wish: Any = None, **rest: Any
) -> WaitingEntry:
    details = booking.Details(
        name, phone=rest.pop("phone", ""), email=rest.pop("email", f"{name}@example.com")
    )
    given: dict[str, Any] = {"offer": "advice", "by": CUSTOMER, "language": "en"} | rest
    return booking.join_waiting(
        site_id=desk.hall.id, wish=wish or booking.Wish(DAY, DAY), details=details, at=at, **given
    )


def free(desk: Desk, at: datetime = MORNING) -> None:
    booking.cancel(code=desk.booked.code, by=CUSTOMER, at=at)  # type: ignore[attr-defined]
    catch_up_at(at)


def states() -> list[str]:
    return list(WaitingEntry.objects.order_by("pk").values_list("state", flat=True))


def test_the_first_gets_it_and_nobody_else(full: Desk) -> None:
    first, second = wait(full), wait(full, "Bo", at=minutes(1))
    assert queries.place_in_line(queries.waiting_entry(second.code)) == 1
    free(full, minutes(2))
    assert states() == ["offered", "waiting"]
    assert full.free(at=minutes(2)) == []
    entry = queries.waiting_entry(first.code)
    assert entry.offered_until == minutes(32)
    [message] = [one for one in Message.objects.all() if one.address == "Li@example.com"]
    assert message.title == "A time is free: Advice, Wednesday, March 4, 2026, 10:00"
    assert f"https://hall.example.com/w/{first.code}" in message.body
    assert "12:32" not in message.body
    assert "10:32" in message.body
    mine = booking.take_offer(code=first.code, by=CUSTOMER, at=minutes(20))
    assert booking.take_offer(code=first.code, by=CUSTOMER, at=minutes(21)).pk == mine.pk
    assert (mine.state, mine.name, mine.email) == ("booked", "Li", "Li@example.com")
    catch_up_at(minutes(40))
    assert states() == ["taken", "waiting"]
    assert Claim.objects.filter(appointment=mine).exists()


def test_not_taken_goes_to_the_next_and_who_waits_again_stands_last(full: Desk) -> None:
    first, _second = wait(full), wait(full, "Bo", at=minutes(1))
    free(full, minutes(2))
    catch_up_at(minutes(33))
    assert states() == ["expired", "offered"]
    with pytest.raises(booking.HoldOver):
        booking.take_offer(code=first.code, by=CUSTOMER, at=minutes(34))
    booking.wait_again(code=first.code, by=CUSTOMER, at=minutes(35))
    booking.wait_again(code=first.code, by=CUSTOMER, at=minutes(36))
    catch_up_at(minutes(64))
    assert states() == ["offered", "expired"]


def test_who_leaves_gives_what_was_kept_to_the_next(full: Desk) -> None:
    first, second = wait(full), wait(full, "Bo", at=minutes(1))
    free(full, minutes(2))
    booking.leave_waiting(code=first.code, by=CUSTOMER, at=minutes(3))
    booking.leave_waiting(code=first.code, by=CUSTOMER, at=minutes(3))
    catch_up_at(minutes(3))
    assert states() == ["left", "offered"]
    booking.leave_waiting(code=second.code, by=CUSTOMER, at=minutes(4))
    catch_up_at(minutes(4))
    assert full.free(at=minutes(4)) == ["10:00"]
    with pytest.raises(booking.NoLonger):
        booking.take_offer(code=second.code, by=CUSTOMER, at=minutes(5))


def test_only_what_fits_is_offered(full: Desk) -> None:
    wait(full, wish=booking.Wish(DAY, DAY, from_time=time(10, 5)))
    wait(full, "Bo", wish=booking.Wish(DAY, DAY, to_time=time(9, 30)))
    wait(full, "Cy", wish=booking.Wish(DAY, DAY, time(9), time(10)))
    free(full)
    assert states() == ["waiting", "waiting", "offered"]


def test_priority_comes_first_and_only_staff_give_it(full: Desk) -> None:
    wait(full, priority=9)
    wait(full, "Bo", at=minutes(1), priority=5, by=full.hall.actors["agent"])
    assert list(WaitingEntry.objects.order_by("pk").values_list("priority", flat=True)) == [0, 5]
    free(full, minutes(2))
    assert states() == ["waiting", "offered"]


def test_nothing_is_offered_at_night(full: Desk) -> None:
    wait(full)
    night = MORNING + timedelta(hours=12, minutes=30)  # 22:30
    free(full, night)
    assert states() == ["waiting"]
    catch_up_at(MORNING + timedelta(hours=22))  # 08:00
    assert states() == ["offered"]


def test_hours_that_are_added_are_offered(full: Desk) -> None:
    wait(full)
    with clock.at(minutes(1)):
        booking.add_day(
            resource=full.resources["bo"], date=DAY, kind="extra", opens=time(15), closes=time(16), by=SYSTEM
        )
    # the day is closed for this one: an opening more does not help until that is gone
    catch_up_at(minutes(1))
    assert states() == ["waiting"]
    with clock.at(minutes(2)):
        booking.add_day(
            resource=full.resources["ada"], date=DAY, kind="extra", opens=time(15), closes=time(16), by=SYSTEM
        )
    catch_up_at(minutes(2))
    assert states() == ["offered"]
    assert Appointment.objects.get(state="held").starts_at == TOMORROW + timedelta(hours=5)


def test_hours_of_staff_are_not_given_away(full: Desk) -> None:
    wait(full)
    with clock.at(minutes(2)):
        booking.add_day(
            resource=full.resources["ada"], date=DAY, kind="extra", opens=time(15), closes=time(16),
            audience="staff", by=SYSTEM,
        )  # fmt: skip
    catch_up_at(minutes(2))
    assert states() == ["waiting"]


def test_after_the_last_day_it_is_over(full: Desk) -> None:
    entry = wait(full)
    catch_up_at(TOMORROW + timedelta(hours=15))
    assert states() == ["expired"]
    with pytest.raises(booking.NoLonger):
        booking.wait_again(code=entry.code, by=CUSTOMER, at=TOMORROW + timedelta(hours=15))


def test_nobody_waits_twice(full: Desk) -> None:
    wait(full, phone="138 0013 8000")
    again: list[dict[str, Any]] = [{"email": "LI@example.com"}, {"name": "Bo", "phone": "+8613800138000"}]
    for same in again:
        with pytest.raises(booking.AlreadyWaiting):
            wait(full, **same)
    assert len(states()) == 1


@pytest.mark.parametrize(
    ("rest", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"email": "", "phone": ""}, "phone"),
        ({"email": "nowhere"}, "email"),
        ({"wish": booking.Wish(date(2026, 3, 5), date(2026, 3, 4))}, "latest"),
        ({"wish": booking.Wish(date(2026, 3, 1), date(2026, 3, 2))}, "latest"),
        ({"wish": booking.Wish(DAY, DAY, time(12), time(11))}, "to_time"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(full: Desk, rest: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        wait(full, **rest)
    assert field in refused.value.facts["errors"]
    assert states() == []


def test_too_far_ahead_or_too_many_people_or_no_such_link(full: Desk) -> None:
    with pytest.raises(booking.NotBookable):
        wait(full, wish=booking.Wish(DAY + timedelta(days=60), DAY + timedelta(days=61)))
    with pytest.raises(booking.TooManyPeople):
        wait(full, wish=booking.Wish(DAY, DAY, people=2))
    with pytest.raises(NotFound):
        booking.leave_waiting(code="nobody", by=CUSTOMER)
