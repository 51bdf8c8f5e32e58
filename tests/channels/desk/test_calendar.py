"""The staff's calendar: what it shows, what is done from it, what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicehall.kernel import clock
from servicehall.rooms.booking.models import Appointment
from tests.channels.desk.booked import TUESDAY, book, something_to_book
from tests.channels.desk.house import Desk, House

Seat = Callable[..., Desk]
TOMORROW = TUESDAY + timedelta(days=1)
DAY = "2026-03-04"


@pytest.fixture
def at() -> Iterator[None]:
    with clock.at(TUESDAY):
        yield


@pytest.fixture
def anna(at: None, house: House, seat: Seat) -> Desk:
    something_to_book(house)
    return seat("anna", sit=False)


def page(desk: Desk, **query: Any) -> str:
    answer = desk.client.get("/desk/mall/calendar", {"day": DAY, **query})
    assert answer.status_code == 200
    return str(answer.content.decode())


def do(desk: Desk, act: str, **fields: Any) -> Any:
    return desk.client.post(
        f"/desk/mall/calendar/do/{act}?day={DAY}",
        {"idempotency_key": str(uuid4()), **fields},
        headers={"hx-request": "true"},
    )


def ask(desk: Desk, what: str, **fields: Any) -> str:
    answer = desk.client.post(f"/desk/mall/calendar/ask/{what}?day={DAY}", fields)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_the_figure_counts_those_of_the_resource_that_is_shown(anna: Desk, house: House) -> None:
    from servicehall.rooms.booking.models import Resource

    first, second = Resource.objects.order_by("slug")
    book(house, TOMORROW, resource=first.pk)
    book(house, TOMORROW, resource=second.pk, name="Li")
    assert "2 appointments" in page(anna)
    assert "1 appointment<" in page(anna, view="resource", resource="room-1")


def test_the_day_shows_resources_hours_and_who_comes(anna: Desk, house: House) -> None:
    mine = book(house, TOMORROW, people=3)
    text = page(anna)
    assert "Room 1" in text
    assert "Room 2" in text
    assert 'data-begin="600" data-length="30"' in text
    assert 'cal-span-walk_in" data-begin="720" data-end="780"' in text
    assert 'data-after="10"' in text
    assert "王小明" in text
    assert 'hx-trigger="every 15s"' in text  # agents may not follow all of a site's events
    for view in ("week", "resource"):
        assert "Room 1" in page(anna, view=view)
    assert mine.reference in ask(anna, "appointment", appointment=mine.pk)


def test_without_anything_to_book_the_page_says_so(at: None, house: House, seat: Seat) -> None:
    assert "Nothing can be booked here yet" in page(seat("anna", sit=False))


def test_as_many_queries_with_many_as_with_few(anna: Desk, house: House) -> None:
    book(house, TOMORROW)
    page(anna)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(anna)
    for n in range(1, 4):
        book(house, TOMORROW + timedelta(minutes=30 * n), name=f"A{n}")
    with CaptureQueriesContext(connection) as many:
        page(anna)
    assert len(many) <= len(few)


def test_a_customer_is_booked_moved_and_moved_back(anna: Desk, house: House) -> None:
    text = ask(anna, "book", offer="advice", on=DAY)
    assert "10:00" in text
    made = do(
        anna, "book", offer="advice", starts=TOMORROW.isoformat(), name="Li", phone="13900139000", people="1"
    )
    assert made.status_code == 200, made.content
    mine = Appointment.objects.get(state="booked")
    assert (mine.name, mine.starts_at) == ("Li", TOMORROW)
    was = mine.assignments.get().resource_id
    other = next(r for r in something(house) if r.pk != was)
    assert "11:00" in ask(anna, "move", appointment=mine.pk, on=DAY, resource=other.pk)
    moved = do(anna, "move", appointment=mine.pk, starts=f"{DAY} 660", resource=other.pk)
    assert "undo-button" in moved.content.decode()
    mine.refresh_from_db()
    assert mine.starts_at == TOMORROW + timedelta(hours=1)
    assert mine.assignments.get().resource_id == other.pk
    do(
        anna,
        "move",
        **{"from": "undo", "appointment": mine.pk, "starts": TOMORROW.isoformat(), "resource": was},
    )
    mine.refresh_from_db()
    assert (mine.starts_at, mine.assignments.get().resource_id) == (TOMORROW, was)


def something(house: House) -> list[Any]:
    from servicehall.rooms.booking import queries

    return queries.resources(house.site_id)


def test_a_taken_time_is_refused_with_words_and_the_dialog_stays(anna: Desk, house: House) -> None:
    mine, _one, _two = book(house, TOMORROW), *(book(house, TOMORROW + timedelta(hours=1)) for _ in range(2))
    taken = do(anna, "move", appointment=mine.pk, starts=(TOMORROW + timedelta(hours=1)).isoformat())
    assert taken.status_code == 422
    assert "not free any more" in taken.content.decode()
    assert taken["HX-Retarget"] == "#ask-body"
    dropped = do(anna, "move", **{"from": "drop", "appointment": mine.pk, "starts": f"{DAY} 660"})
    assert dropped.status_code == 409
    assert "said" in dropped["HX-Trigger"]
    for starts in ("", "x", "2026-03-04T10:00", f"{DAY} x", f"{DAY} 99999999999"):
        assert do(anna, "move", appointment=mine.pk, starts=starts).status_code == 422
    assert Appointment.objects.get(pk=mine.pk).starts_at == TOMORROW


def test_coming_not_coming_and_taking_it_back(anna: Desk, house: House) -> None:
    mine, other = book(house, TOMORROW), book(house, TOMORROW)
    with clock.at(TOMORROW + timedelta(minutes=1)):
        for act, row, state in (
            ("arrived", mine, "arrived"), ("back", mine, "booked"), ("lost", mine, "lost"), ("back", mine, "booked"),
            ("end", mine, "done"), ("cancel", other, "cancelled"),
        ):  # fmt: skip
            assert do(anna, act, appointment=row.pk).status_code == 200
            assert Appointment.objects.get(pk=row.pk).state == state
    assert do(anna, "arrived", appointment=other.pk).status_code == 409


def test_they_are_found_by_number_phone_and_name(anna: Desk, house: House) -> None:
    mine = book(house, TOMORROW, name="Zhang San", phone="138 0013 8000")
    for words in (mine.reference.lower(), "13800138000", "zhang"):
        assert mine.reference in ask(anna, "find", words=words)
    assert "No appointment matches" in ask(anna, "find", words="nobody")
    assert anna.client.get("/desk/mall/calendar/ask/find?words=%00").status_code == 200


def test_a_form_that_is_sent_twice_books_once(anna: Desk) -> None:
    fields = {
        "offer": "advice",
        "starts": TOMORROW.isoformat(),
        "name": "Li",
        "idempotency_key": str(uuid4()),
    }
    for _n in range(2):
        assert do(anna, "book", **fields).status_code == 200
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59+00:00", "0001-01-01T00:00+00:00", "9999-12-31 1439", "0001-01-01 0", "2026-03-04 9e9"],
)
def test_the_ends_of_the_calendar_are_no_time(anna: Desk, house: House, moment: str) -> None:
    mine = book(house, TOMORROW)
    for act, fields in (("move", {"appointment": mine.pk}), ("book", {"offer": "advice", "name": "Li"})):
        assert do(anna, act, starts=moment, **fields).status_code == 422
    assert list(Appointment.objects.values_list("starts_at", flat=True)) == [TOMORROW]
    day = moment[:10]
    if day != DAY:
        for what in ("move", "book"):
            address = f"/desk/mall/calendar/ask/{what}?appointment={mine.pk}&on={day}"
            assert anna.client.get(address).status_code == 422


def test_filters_and_the_day_before(anna: Desk, house: House) -> None:
    book(house, TOMORROW)
    assert "王小明" not in page(anna, day="2026-03-05")
    assert "Room 2" not in page(anna, resource="room-1").split("cal-sheet")[1]
    assert "No resource matches" in page(anna, resource="none")
    assert anna.client.get("/desk/mall/calendar?day=x").status_code in {400, 422}


def test_the_list_for_paper(anna: Desk, house: House) -> None:
    book(house, TOMORROW)
    answer = anna.client.get(f"/desk/mall/calendar/{DAY}/print")
    assert "王小明" in answer.content.decode()
    assert "calendar-print" in answer.content.decode()
    assert anna.client.get("/desk/mall/calendar/x/print").status_code == 404


def test_another_halls_appointments_are_not_there(anna: Desk, house: House, seat: Seat) -> None:
    mine = book(house, TOMORROW)
    otto = seat("otto", "9", sit=False)
    assert otto.client.get("/desk/mall/calendar").status_code == 404
    answer = otto.client.get(f"/desk/bank/calendar/ask/appointment?appointment={mine.pk}")
    assert answer.status_code == 404


def test_the_file_is_for_managers_and_names_nobody(anna: Desk, house: House, seat: Seat) -> None:
    mine = book(house, TOMORROW)
    assert anna.client.get("/ops/mall/appointments.csv").status_code == 403
    from servicehall.rooms.booking import queries

    rows = list(queries.appointment_rows(house.site_id, mine.day, mine.day, actor=house.actor("mira")))
    assert rows[0]["reference"] == mine.reference
    assert "王小明" not in repr(rows)
