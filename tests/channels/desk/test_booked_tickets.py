"""Tickets of booked customers are marked wherever staff see them, and cost no statement more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking.models import Offer
from servicehall.rooms.queueing.models import Service
from tests.channels.desk.booked import TUESDAY, book, something_to_book
from tests.channels.desk.house import Desk, House

Seat = Callable[..., Desk]


@pytest.fixture
def at() -> Iterator[None]:
    with clock.at(TUESDAY):
        yield


@pytest.fixture
def sue(at: None, house: House, seat: Seat) -> Desk:
    something_to_book(house, resources=12)
    Offer.objects.update(service=Service.objects.get(site=house.site_id, slug="enquiries"))
    return seat("sue", "1")


def come(house: House, minutes: int, since: int = 0) -> Any:
    """Somebody is booked in so many minutes and checks in ``since`` minutes from now."""
    row = book(house, TUESDAY + timedelta(minutes=minutes), at=TUESDAY - timedelta(hours=2))
    return booking.check_in(code=row.code, by=SYSTEM, at=TUESDAY + timedelta(minutes=since))


def test_the_lists_the_next_card_and_the_called_ticket_are_marked(house: House, sue: Desk) -> None:
    come(house, 0)
    come(house, 30)
    come(house, -30)
    house.issue(ago=60)
    page = sue.page()
    for words in ("booked 10:00<", "booked 10:30, early", "booked 09:30, late"):
        assert words in page
    assert page.count("row-mark") == 3  # whoever took a ticket at the kiosk has no mark
    assert "booked 10:00<" not in page.split('id="next-up"')[1].split("</div>")[0]  # the walk-in came before
    sue.act("next")
    text = sue.client.get("/desk/mall/queue").content.decode()
    assert text.count('row-mark">') == 3


def test_the_next_and_the_called_customer_are_marked_and_the_sheet_says_so(house: House, sue: Desk) -> None:
    row = come(house, 0)
    assert "booked 10:00" in sue.page().split('id="next-up"')[1].split('id="ask-why"')[0]
    assert "booked 10:00" in sue.get("ask/ticket", ticket=str(row.ticket_id)).content.decode()
    sue.act("next")
    assert "booked 10:00" in sue.page().split('class="customer-marks"')[1].split("</p>")[0]
    chinese = sue.client.get(f"/desk/{sue.counter}", headers={"accept-language": "zh-CN"}).content.decode()
    assert "预约 10:00" in chinese


def test_as_many_statements_with_many_booked_as_with_one(house: House, sue: Desk) -> None:
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert sue.client.get(address).status_code == 200
        return len(found)

    come(house, 0)
    house.issue()
    pages = (f"/desk/{sue.counter}", "/desk/mall/queue")
    few = [(count(page), count(page))[1] for page in pages]
    for n in range(10):
        come(house, 30 * (n % 2))
    assert [count(page) for page in pages] == few


def test_the_calendar_says_where_somebody_stands_who_has_arrived(house: House, sue: Desk) -> None:
    for n in range(2):
        house.issue(ago=60 + n)
    row = book(house, TUESDAY + timedelta(minutes=30), at=TUESDAY - timedelta(hours=2))
    done = sue.client.post(
        "/desk/mall/calendar/do/arrived",
        {"idempotency_key": str(uuid4()), "appointment": str(row.pk)},
        headers={"hx-request": "true"},
    )
    said = json.loads(done["HX-Trigger"])["said"]["text"]
    assert said == "王小明 is checked in. A003 · early · 2 ahead · called near 10:30"
