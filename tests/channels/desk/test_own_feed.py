"""The secret address of one's own appointments: made, renewed and withdrawn by whoever is the resource."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from servicehall.rooms.booking.models import CalendarFeed, Resource
from tests.channels.desk.booked import book, something_to_book, today_at
from tests.channels.desk.house import Desk, House

Seat = Callable[..., Desk]
HERE = "/desk/mall/calendar/feed"


@pytest.fixture
def anna(house: House, seat: Seat) -> Desk:
    """An agent who is the first resource; the second is nobody."""
    first, *_rest = something_to_book(house)[0]
    first.staff_id = house.actor("anna").id
    first.save()
    return seat("anna", sit=False)


def address_in(text: str) -> str:
    found = re.search(r"/calendar/[\w-]+\.ics", text)
    assert found is not None
    return found[0]


def test_it_is_made_renewed_and_withdrawn(house: House, anna: Desk) -> None:
    own = Resource.objects.get(staff=house.actor("anna").id)
    mine = book(house, today_at(house, 10, days=1), resource=own.pk)
    assert f'href="{HERE}"' in anna.client.get("/desk/mall/calendar").content.decode()
    page = anna.client.get(HERE).content.decode()
    assert "Room 1" in page
    assert "Room 2" not in page
    assert "There is no address yet" in page
    sent = {"resource": str(own.pk), "act": "make"}
    first = address_in(anna.client.post(HERE, sent).content.decode())
    outside = Client()
    assert mine.reference in outside.get(first).content.decode()
    again = anna.client.get(HERE).content.decode()
    assert "/calendar/" not in re.sub(r"/desk/mall/calendar[\w/]*", "", again)  # shown once
    assert "New address" in again
    second = address_in(anna.client.post(HERE, sent).content.decode())
    assert outside.get(first).status_code == 404
    assert outside.get(second).status_code == 200
    gone = anna.client.post(HERE, {**sent, "act": "revoke"}, follow=True)
    assert "Nobody reads this address any more" in gone.content.decode()
    assert outside.get(second).status_code == 404


def test_nobody_makes_an_address_of_somebody_else(house: House, anna: Desk, seat: Seat) -> None:
    other = Resource.objects.get(slug="room-2")
    for desk in (anna, seat("mira", "3", sit=False)):
        answer = desk.client.post(HERE, {"resource": str(other.pk), "act": "make"})
        assert answer.status_code == 404
    assert "You cannot be booked here" in seat("ben", "2", sit=False).client.get(HERE).content.decode()
    assert seat("otto", "9", sit=False).client.get(HERE).status_code == 404
    own = Resource.objects.get(slug="room-1")
    for sent in ({}, {"resource": "x"}, {"resource": str(own.pk), "act": "moon"}):
        assert anna.client.post(HERE, sent).status_code in {400, 404, 422}
    assert not CalendarFeed.objects.exists()
