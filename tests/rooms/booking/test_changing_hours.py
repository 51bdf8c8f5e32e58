"""Changing hours while people are booked."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from servicehall.kernel.errors import BadInput, NotAllowed
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.booking.models import Appointment, DayHours, WeeklyHours
from servicehall.rooms.hall import actions as halls
from tests.hall import MORNING, minutes

from .desk import TOMORROW, Desk
from .test_booking import _claims_say_what_the_days_say

DAY = TOMORROW.date()


def _closed(desk: Desk, *slugs: str, day: date = DAY) -> queries.HoursChange:
    return queries.HoursChange(
        add=tuple(queries.NewDay(desk.resources[slug].pk, day, "closed", reason="x") for slug in slugs)
    )


def _found(desk: Desk, change: queries.HoursChange) -> queries.Consequence:
    return queries.consequence(desk.hall.id, change, actor=SYSTEM, at=MORNING)


def _do(desk: Desk, change: queries.HoursChange, answer: str, **rest: Any) -> tuple[int, int]:
    found = _found(desk, change)
    given: dict[str, Any] = {
        "seal": found.seal,
        "answers": {one.row.pk: answer for one in found.broken},
        "by": SYSTEM,
        "at": MORNING,
    }
    return booking.change_hours(site_id=desk.hall.id, change=change, **(given | rest))


def test_a_closed_day_shows_whom_it_breaks_and_where_they_could_go(desk: Desk) -> None:
    first, second = desk.book(), desk.book()
    desk.book(minutes(24 * 60 + 30))
    before = Appointment.objects.get(pk=first.pk).version
    both = _found(desk, _closed(desk, "ada", "bo"))
    assert len(both.broken) == 3
    assert {one.row.pk for one in both.broken} >= {first.pk, second.pk}
    starts = [one.proposal.starts_at for one in both.broken if one.proposal]
    assert all(start.date() != DAY for start in starts)
    assert len(set(starts)) == 3 or len(starts) == 3
    # looking changed nothing
    assert not DayHours.objects.exists()
    assert Appointment.objects.get(pk=first.pk).version == before


def test_they_are_moved_to_the_colleague_at_the_nearest_time(desk: Desk) -> None:
    mine = desk.book()
    slug = next(s for s, r in desk.resources.items() if r.pk == mine.assignments.get().resource_id)
    other = next(s for s in desk.resources if s != slug)
    assert _do(desk, _closed(desk, slug), "move") == (1, 0)
    mine.refresh_from_db()
    assert (mine.starts_at, mine.sequence) == (TOMORROW, 0), "the hour is the same, so nobody is told another"
    assert mine.assignments.get().resource_id == desk.resources[other].pk
    assert "10:00" not in desk.free()
    _claims_say_what_the_days_say()


@pytest.mark.parametrize(("lead", "day"), [(60, 3), (8 * 60, 5)])
def test_nobody_comes_earlier_than_they_meant_to_without_the_notice_of_a_booking(
    desk: Desk, lead: int, day: int
) -> None:
    # It is Tuesday, 10:00: the last time of Tuesday is closest to Wednesday, 10:00, if it can still be booked.
    desk.offer.lead = lead
    halls.save_setup(desk.offer, by=SYSTEM)
    desk.book()
    (broken,) = _found(desk, _closed(desk, "ada", "bo")).broken
    assert broken.proposal is not None
    assert broken.proposal.starts_at.date() == date(2026, 3, day)


def test_two_who_are_moved_do_not_get_the_same_time(desk: Desk) -> None:
    mine = [desk.book(minutes(24 * 60 + 30 * n)) for n in (0, 0, 1, 1)]
    assert _do(desk, _closed(desk, "ada"), "move") == (2, 0)
    places = set()
    for one in mine:
        one.refresh_from_db()
        places.add((one.starts_at, one.assignments.get().resource_id))
    assert len(places) == 4
    _claims_say_what_the_days_say()


def test_they_are_cancelled_with_the_reason_or_left(desk: Desk) -> None:
    mine = desk.book()
    assert _do(desk, _closed(desk, "ada", "bo"), "cancel", reason="Flood") == (0, 1)
    mine.refresh_from_db()
    assert (mine.state, mine.reason) == ("cancelled", "Flood")
    other = desk.book(TOMORROW + timedelta(days=1))
    assert _do(desk, _closed(desk, "ada", "bo", day=other.day), "keep") == (0, 0)
    other.refresh_from_db()
    assert other.state == "booked"


def test_what_changed_meanwhile_is_told_and_nothing_is_done(desk: Desk) -> None:
    desk.book()
    change = _closed(desk, "ada", "bo")
    found = _found(desk, change)
    answers = {one.row.pk: "cancel" for one in found.broken}
    desk.book(minutes(24 * 60 + 60))
    with pytest.raises(booking.HoursMoved):
        _do(desk, change, "cancel", seal=found.seal, answers=answers)
    halls.touch(desk.hall.id)
    assert not DayHours.objects.exists()
    assert Appointment.objects.filter(state="booked").count() == 2


def test_without_an_answer_for_each_or_a_place_for_each_nothing_is_done(desk: Desk) -> None:
    desk.book()
    with pytest.raises(BadInput):
        _do(desk, _closed(desk, "ada", "bo"), "move", answers={})
    weeks = {one.pk: () for one in desk.resources.values()}
    for one in desk.resources.values():
        booking.add_day(resource=one, date=DAY, kind="extra", opens=time(10), closes=time(10, 30), by=SYSTEM)
    change = queries.HoursChange(
        weeks={pk: ((0, queries.Hours(time(3), time(3, 5))),) for pk in weeks},
        remove=tuple(DayHours.objects.values_list("pk", flat=True)),
    )
    with pytest.raises(booking.NowhereToMove):
        _do(desk, change, "move")
    assert DayHours.objects.count() == 2
    assert WeeklyHours.objects.count() == 10


def test_new_weekly_hours_touch_only_those_outside_of_them(desk: Desk) -> None:
    morning, afternoon = desk.book(), desk.book(TOMORROW + timedelta(hours=5))
    mornings = tuple((weekday, queries.Hours(time(9), time(12))) for weekday in range(5))
    change = queries.HoursChange(weeks={one.pk: mornings for one in desk.resources.values()})
    found = _found(desk, change)
    assert [one.row.pk for one in found.broken] == [afternoon.pk]
    assert _do(desk, change, "move") == (1, 0)
    morning.refresh_from_db()
    assert morning.sequence == 0
    assert desk.free()[-1] == "11:30"


def test_who_may(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        queries.consequence(desk.hall.id, _closed(desk, "ada"), actor=desk.hall.actors["agent"])
    with pytest.raises(NotAllowed):
        _do(desk, _closed(desk, "ada"), "keep", by=desk.hall.actors["agent"])
