"""Under load, the phone offers something else before a ticket, and tells those who wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from servicehall.rooms.diversion import outside, queries
from servicehall.rooms.diversion.models import Episode
from servicehall.rooms.queueing.models import Ticket
from tests.hall import Hall, make_hall, minutes
from tests.rooms.diversion.loaded import add_rule, leave, load_now, look

TAKE = "/s/mall/take/consult"
KEY = "0190-this-is-a-key"


@pytest.fixture(autouse=True)
def _books() -> Iterator[None]:
    """Times can be booked."""
    queries.register_booking(lambda _site: True)
    yield
    outside.forget()


def send(phone: Client, **fields: Any) -> Any:
    given = {"idempotency_key": KEY, "service": "consult", "episode": str(Episode.objects.get().pk)}
    return phone.post("/s/mall/offer", {**given, **fields})


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Come at a time of your own"), ("zh-CN", "预约时间再来")]
)
def test_an_offer_stands_beside_the_ticket_and_may_be_refused(
    hall: Hall, phone: Client, language: str, words: str
) -> None:
    add_rule(hall, action="offer-time")
    assert words not in phone.get(TAKE, headers={"accept-language": language}).content.decode()
    load_now(hall)
    assert words in phone.get(TAKE, headers={"accept-language": language}).content.decode()
    before = Ticket.objects.count()
    assert phone.post(TAKE, {"idempotency_key": KEY}).status_code == 303
    assert Ticket.objects.count() == before + 1
    assert Episode.objects.get().taken == 0


def test_taking_it_leads_there_and_counts_once(hall: Hall, phone: Client) -> None:
    add_rule(hall, action="offer-time")
    load_now(hall)
    for _ in range(2):  # a double press is one
        answer = send(phone)
        assert (answer.status_code, answer["Location"]) == (303, "/s/mall/book")
    assert Episode.objects.get().taken == 1


def test_an_offer_that_has_ended_or_is_not_here_is_refused(hall: Hall, phone: Client) -> None:
    add_rule(hall, action="offer-time")
    load_now(hall)
    assert send(phone, episode=str(uuid4())).status_code == 409
    assert send(phone, episode="nonsense").status_code == 422
    make_hall("bank")
    episode = str(Episode.objects.get().pk)
    given = {"idempotency_key": KEY, "service": "consult", "episode": episode}
    assert phone.post("/s/bank/offer", given).status_code == 409
    leave(list(Ticket.objects.all()), at=minutes(0))
    look(hall, 0, 2)
    refused = send(phone)
    assert refused.status_code == 409
    assert "This offer has ended" in refused.content.decode()
    assert Episode.objects.get().taken == 0


def test_those_who_wait_read_the_notice_on_their_ticket(hall: Hall, phone: Client) -> None:
    add_rule(hall)
    load_now(hall)
    code = Ticket.objects.earliest("sequence").code
    assert "It takes longer today." in phone.get(f"/t/{code}").content.decode()
    assert (
        "今天等候时间较长。"
        in phone.get(f"/t/{code}/now", headers={"accept-language": "zh-CN"}).content.decode()
    )
