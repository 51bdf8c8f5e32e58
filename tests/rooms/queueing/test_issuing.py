"""Taking a ticket: numbers, limits, closed doors, classes."""

from __future__ import annotations

import threading
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection

from servicehall.kernel import events
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.rights import SYSTEM, Actor, Grant
from servicehall.rooms.hall import actions as places
from servicehall.rooms.hall.models import SpecialDay
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import configuration, queries
from servicehall.rooms.queueing.models import Service, Ticket
from tests.hall import MORNING, Hall, make_hall, minutes


def test_numbers_run_on_within_a_series_and_start_anew_each_day(hall: Hall) -> None:
    first = [hall.issue(at=minutes(n)).number for n in range(3)]
    other = hall.issue("refund").number
    tomorrow = hall.issue(at=MORNING + timedelta(days=1)).number
    assert (first, other, tomorrow) == (["A001", "A002", "A003"], "B001", "A001")


def test_a_ticket_is_an_event_and_shows_its_place(hall: Hall) -> None:
    hall.issue()
    ticket = hall.issue(priority="elderly", at=minutes(1))
    shown = queries.ticket_by_code(ticket.code, at=minutes(1))
    assert (shown["number"], shown["people_ahead"], shown["wait_minutes"]) == ("A002", 0, None)
    (stored,) = events.of_visit(ticket.visit_id)
    assert (stored.kind, stored.subject_id, stored.channel) == ("ticket.issued", ticket.pk, "phone")
    assert stored.data == {
        "ticket": str(ticket.pk),
        "number": "A002",
        "service": str(ticket.service_id),
        "stage": str(ticket.stage_id),
        "priority": "elderly",
    }


def test_a_range_is_shown_as_soon_as_a_counter_is_open(hall: Hall) -> None:
    hall.open()
    codes = [hall.issue().code for _ in range(4)]
    spans = [queries.ticket_by_code(code, at=MORNING)["wait_minutes"] for code in codes]
    assert spans[0] == [0, 1]
    assert all(span is not None for span in spans)


@pytest.mark.parametrize("service", ["nothing", "", "consult'; --", "0" * 36])
def test_an_unknown_service_is_refused(hall: Hall, service: str) -> None:
    with pytest.raises(queue.UnknownService):
        hall.issue(service)
    assert not Ticket.objects.exists()


def test_a_class_that_customers_may_not_choose_is_refused_to_them_and_given_by_staff(hall: Hall) -> None:
    for key in ("vip", "nonsense"):
        with pytest.raises(queue.PriorityNotOffered):
            hall.issue(priority=key)
    ticket = queue.issue_ticket(
        site_id=hall.id, service="consult", priority="vip", by=hall.actors["agent"], at=MORNING
    )
    assert queries.ticket(ticket.pk, actor=hall.actors["agent"])["priority"] == "vip"


def test_outside_the_hours_the_hall_is_closed_and_says_when_it_opens(db: None) -> None:
    hall = make_hall(hours=[(weekday, time(9), time(17)) for weekday in range(5)])
    night = MORNING + timedelta(hours=10)
    with pytest.raises(queue.HallClosed) as refused:
        hall.issue(at=night)
    assert refused.value.problem()["opens_at"] == "2026-03-04T01:00:00+00:00"
    assert queue.issue_ticket(site_id=hall.id, service="consult", by=hall.actors["supervisor"], at=night)


def test_a_holiday_closes_the_hall(hall: Hall) -> None:
    places.save_setup(SpecialDay(site=hall.site, date=MORNING.date()), by=SYSTEM)
    with pytest.raises(queue.HallClosed):
        hall.issue()
    assert queries.hall(hall.id, at=MORNING)["is_open"] is False


def change_service(hall: Hall, **fields: Any) -> None:
    """Change the ordinary service."""
    service = Service.objects.get(pk=hall.services["consult"].pk)
    for name, value in fields.items():
        setattr(service, name, value)
    places.save_setup(service, by=SYSTEM)


def test_limits_of_waiting_and_of_the_day_are_kept(hall: Hall) -> None:
    change_service(hall, max_waiting=2)
    hall.issue()
    hall.issue()
    with pytest.raises(queue.ServiceFull):
        hall.issue()
    change_service(hall, max_waiting=None, daily_limit=3)
    hall.issue()
    with pytest.raises(queue.ServiceFull):
        hall.issue()
    assert Ticket.objects.count() == 3


def test_a_service_closed_for_today_opens_again_tomorrow_or_by_hand(hall: Hall) -> None:
    by = hall.actors["supervisor"]
    queue.close_service(site_id=hall.id, service="consult", by=by, at=MORNING)
    with pytest.raises(queue.ServiceNotOffered):
        hall.issue()
    assert hall.issue(at=MORNING + timedelta(days=1)).number == "A001"
    queue.reopen_service(site_id=hall.id, service="consult", by=by, at=MORNING)
    assert hall.issue().number == "A001"
    with pytest.raises(NotAllowed):
        queue.close_service(site_id=hall.id, service="consult", by=hall.actors["agent"], at=MORNING)


def test_another_sites_staff_find_no_hall_here(hall: Hall) -> None:
    other = make_hall("bank")
    with pytest.raises(NotFound):
        queue.issue_ticket(site_id=hall.id, service="consult", by=other.actors["manager"], at=MORNING)
    reader = Actor("token", None, "api", grants=(Grant("nothing", frozenset({hall.id})),))
    with pytest.raises(NotAllowed):
        queue.issue_ticket(site_id=hall.id, service="consult", by=reader, at=MORNING)


def test_too_long_a_note_is_refused(hall: Hall) -> None:
    with pytest.raises(BadInput):
        hall.issue(note="x" * 501)


def test_on_the_day_the_clock_is_moved_days_and_doors_stay_right(db: None) -> None:
    hall = make_hall(
        timezone="Europe/Berlin", hours=[(weekday, time(2, 30), time(20)) for weekday in range(7)]
    )
    setup = configuration.of_site(hall.id)
    from datetime import UTC, datetime

    gap = datetime(2026, 3, 29, 1, 45, tzinfo=UTC)  # 03:45; the doors' 02:30 does not exist and is 03:30
    assert setup.schedule.is_open(gap)
    assert not setup.schedule.is_open(gap - timedelta(minutes=30))
    assert hall.issue(at=gap).day.isoformat() == "2026-03-29"
    twice = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 02:45, the first of two
    numbers = [hall.issue(at=twice + timedelta(hours=h)).number for h in (0, 1)]
    assert numbers == ["A001", "A002"]


@pytest.mark.django_db(transaction=True)
def test_thirty_two_customers_at_once_get_consecutive_numbers() -> None:
    hall = make_hall()
    numbers: list[str] = []

    def take() -> None:
        numbers.extend(hall.issue().number for _ in range(6))
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 193)]
