"""Under load, the kiosk offers something else before a ticket, and shows other services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from servicehall.rooms.diversion import outside, queries
from servicehall.rooms.diversion.models import Episode
from servicehall.rooms.queueing.models import Ticket
from tests.hall import Hall
from tests.rooms.diversion.loaded import add_rule, load_now

DOOR = "/kiosk/mall-door"
KEY = "0190-this-is-a-key"


@pytest.fixture(autouse=True)
def _books() -> Iterator[None]:
    """Times can be booked."""
    queries.register_booking(lambda _site: True)
    yield
    outside.forget()


def read(kiosk: Client, path: str = "", language: str = "en") -> str:
    return str(kiosk.get(f"{DOOR}{path}", headers={"accept-language": language}).content.decode())


def send(kiosk: Client, **fields: Any) -> Any:
    given = {"idempotency_key": KEY, "service": "consult", "episode": str(Episode.objects.get().pk)}
    return kiosk.post(f"{DOOR}/offer", {**given, **fields})


@pytest.mark.parametrize(("language", "words"), [("en", "You may also:"), ("zh-CN", "您还可以：")])
def test_an_offer_stands_below_the_ticket(hall: Hall, kiosk: Client, language: str, words: str) -> None:
    add_rule(hall, action="offer-time")
    assert words not in read(kiosk, "/s/consult", language)
    load_now(hall)
    text = read(kiosk, "/s/consult", language)
    assert words in text
    assert 'form="take"' in text  # a ticket is still the main thing


def test_taking_it_shows_the_way_on_the_phone_and_counts_once(hall: Hall, kiosk: Client) -> None:
    add_rule(hall, action="offer-time")
    load_now(hall)
    before = Ticket.objects.count()
    for language, words in (("en", "Book a time on your phone"), ("zh-Hans", "用手机预约时间")):
        answer = send(kiosk, language=language)
        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert "/s/mall/book" in answer.content.decode()
    assert Episode.objects.get().taken == 1
    assert Ticket.objects.count() == before


def test_what_is_not_offered_is_refused(hall: Hall, kiosk: Client) -> None:
    add_rule(hall, action="offer-time", services=[hall.services["consult"].pk])
    load_now(hall)
    assert send(kiosk, service="refund").status_code == 409
    assert send(kiosk, episode="").status_code == 422
    assert Episode.objects.get().taken == 0


def test_services_are_hidden_while_it_lasts(hall: Hall, kiosk: Client) -> None:
    add_rule(hall, action="hide-services", kiosk_services=[hall.services["loan"].pk])
    assert 'data-service="loan"' in read(kiosk)
    load_now(hall)
    assert 'data-service="loan"' not in read(kiosk)
    assert 'data-service="consult"' in read(kiosk)
