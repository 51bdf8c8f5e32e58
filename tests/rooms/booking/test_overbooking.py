"""Planned overbooking: the rule, the risk, and that it ends where the rule ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import cells, overbooking, queries
from servicehall.rooms.booking.models import Appointment
from servicehall.rooms.hall import actions as hall
from tests.hall import MORNING, minutes

from .desk import TOMORROW, Desk


def test_the_allowance_is_a_share_of_those_who_will_not_come() -> None:
    assert overbooking.allowed(10, 0.3, 100) == 3
    assert overbooking.allowed(10, 0.3, 50) == 1
    assert overbooking.allowed(3, 0.3, 100) == 0
    assert overbooking.Measured(49, 20).rate == 0
    assert overbooking.Measured(50, 10).rate == 0.2


def test_the_risk_is_the_tail_of_a_binomial() -> None:
    assert overbooking.risk(1, 2, 0.2) == pytest.approx(0.64)
    assert overbooking.risk(2, 3, 0.5) == pytest.approx(0.125)
    assert overbooking.risk(5, 5, 0.1) == 0
    assert overbooking.risk(16, 18, 0.2) == pytest.approx(
        0.0991, abs=1e-4
    )  # R: pbinom(16, 18, .8, lower=FALSE)


@given(some.integers(0, 2**60))
def test_whole_hours_hold_all_cells(mask: int) -> None:
    found = overbooking.hours_of(mask)
    assert found & mask == mask
    assert all((found >> (12 * n) & 0xFFF) in (0, 0xFFF) for n in range(6))


def _history(desk: Desk, ended: int, lost: int) -> None:
    one = desk.book()
    made = []
    for n in range(ended):
        copy = Appointment.objects.get(pk=one.pk)
        copy.pk, copy.code, copy.reference = None, f"old-{n}", f"O{n}"
        copy._state.adding = True
        copy.id = Appointment._meta.pk.get_default()
        copy.state = "lost" if n < lost else "done"
        copy.starts_at = MORNING - timedelta(days=1 + n % 30)
        copy.ends_at, copy.day = copy.starts_at + timedelta(minutes=30), copy.starts_at.date()
        copy.name = copy.phone = copy.email = copy.note = ""
        made.append(copy)
    for copy in made:
        copy.save(force_insert=True)
    booking.cancel(code=one.code, by=SYSTEM, at=MORNING)


def _percent(desk: Desk, percent: int) -> None:
    desk.offer.overbook_percent = percent
    hall.save_setup(desk.offer, by=SYSTEM)


def test_one_place_more_an_hour_until_the_allowance_is_used(desk: Desk) -> None:
    _history(desk, 60, 15)  # a quarter does not come
    for n in range(4):
        desk.book(minutes(24 * 60 + 30 * n))
        desk.book(minutes(24 * 60 + 30 * n))
    assert "10:00" not in desk.free()
    _percent(desk, 100)
    assert queries.measured(desk.offer.pk, MORNING).rate == 0.25
    # four each, one of which will not come: one more each
    assert "10:00" in desk.free()
    first = desk.book()
    assert first.assignments.get().place == 1
    assert desk.book(minutes(24 * 60 + 30)).assignments.get().place == 1
    assert not {"10:00", "10:30", "11:00"} & set(desk.free())
    with pytest.raises(booking.TimeTaken):
        desk.book()


def test_nothing_is_overbooked_without_enough_experience(desk: Desk) -> None:
    _history(desk, 49, 40)
    _percent(desk, 100)
    for n in range(4):
        desk.book(minutes(24 * 60 + 30 * n))
        desk.book(minutes(24 * 60 + 30 * n))
    assert "10:00" not in desk.free()


def test_a_regular_place_comes_before_an_extra_one(desk: Desk) -> None:
    _history(desk, 60, 30)
    _percent(desk, 100)
    booked = [desk.book(TOMORROW) for _ in range(2)]
    assert {one.assignments.get().place for one in booked} == {0}
    assert cells.MINUTES == 5
