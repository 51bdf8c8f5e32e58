"""The rating tablet: asks whoever was just served, keeps the answer at once, starts over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.rooms.feedback.models import Rating
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing.models import Ticket
from tests.channels.desk.house import House, tablet_of


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def served(house: House) -> Ticket:
    """Anna has just served A001 at counter 1."""
    house.issue()
    ticket = house.call("anna", "1", start=True)
    return actions.finish(ticket_id=ticket.pk, by=house.actor("anna"))


def show(house: House, client: Client, label: str = "1", **query: Any) -> str:
    answer = client.get(tablet_of(house, label), query)
    assert answer.status_code == 200
    return answer.content.decode()


def step(text: str) -> str:
    found = re.search(r'data-step="(\w+)"', text)
    assert found
    return found[1]


def send(house: House, client: Client, ticket: Ticket, score: int, **fields: Any) -> Any:
    body = {"ticket": str(ticket.pk), "score": str(score), "idempotency_key": str(uuid4()), **fields}
    return client.post(f"{tablet_of(house, '1')}/send", body, headers={"hx-request": "true"})


def test_it_greets_while_nobody_was_served(house: House, client: Client) -> None:
    text = show(house, client)
    assert step(text) == "idle"
    assert "Welcome to Mall Service Hall" in text


def test_it_asks_whoever_was_served_here_just_now(house: House, client: Client, served: Ticket) -> None:
    text = show(house, client)
    assert step(text) == "ask"
    assert "A001" in text
    assert text.count('class="face ') == 5
    assert step(show(house, client, "2")) == "idle"


def test_after_two_minutes_it_asks_no_more(house: House, client: Client, served: Ticket) -> None:
    with clock.at(clock.now() + timedelta(seconds=121)):
        assert step(show(house, client)) == "idle"


def test_a_finish_that_was_undone_is_not_asked_about(house: House, client: Client, served: Ticket) -> None:
    actions.undo(site_id=house.site_id, counter_id=house.counters["1"], by=house.actor("anna"))
    assert step(show(house, client)) == "idle"


def test_one_tap_is_enough(house: House, client: Client, served: Ticket) -> None:
    answer = send(house, client, served, 5)
    assert step(answer.content.decode()) == "more"
    rating = Rating.objects.get()
    assert (rating.score, rating.ticket_id, rating.counter_id, rating.channel) == (
        5,
        served.pk,
        house.counters["1"],
        "tablet",
    )
    assert rating.staff_id == house.actor("anna").id
    assert step(show(house, client)) == "idle"  # the next one is not shown this customer's answer


def test_reasons_and_a_comment_follow(house: House, client: Client, served: Ticket) -> None:
    text = send(house, client, served, 2).content.decode()
    assert "What should we do better?" in text
    assert "Long wait" in text
    assert "Friendly staff" not in text
    answer = send(house, client, served, 2, reasons=["long-wait", "unclear"], comment=" Too loud ", done="1")
    assert step(answer.content.decode()) == "thanks"
    rating = Rating.objects.get()
    assert (rating.score, rating.reasons, rating.comment) == (2, ["long-wait", "unclear"], "Too loud")


def test_a_double_tap_rates_once(house: House, client: Client, served: Ticket) -> None:
    key = str(uuid4())
    for _tap in range(2):
        assert send(house, client, served, 4, idempotency_key=key).status_code == 200
    assert house.events("visit.rated") == 1


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_that_does_not_exist_is_refused(
    house: House, client: Client, served: Ticket, score: int
) -> None:
    assert send(house, client, served, score).status_code == 422
    assert not Rating.objects.exists()


def test_a_made_up_reason_is_refused(house: House, client: Client, served: Ticket) -> None:
    assert send(house, client, served, 3, reasons=["bribed"]).status_code == 422
    assert not Rating.objects.exists()


def test_somebody_elses_visit_cannot_be_rated_here(house: House, client: Client, served: Ticket) -> None:
    other = house.issue()
    answer = send(house, client, other, 1)
    assert step(answer.content.decode()) == "ask"  # of the one who was served
    assert not Rating.objects.exists()


def test_when_the_next_customer_was_served_the_tablet_asks_them(
    house: House, client: Client, served: Ticket
) -> None:
    house.issue()
    later = house.call("anna", "1", start=True)
    actions.finish(ticket_id=later.pk, by=house.actor("anna"), at=clock.now() + timedelta(seconds=1))
    answer = send(house, client, served, 5).content.decode()
    assert "A002" in answer
    assert not Rating.objects.exists()


def test_it_speaks_both_languages_and_keeps_the_step(house: House, client: Client, served: Ticket) -> None:
    assert "请评价本次服务" in show(house, client, lang="zh-Hans")
    assert "How was our service?" in show(house, client, lang="en")
    answer = send(house, client, served, 5, lang="zh-Hans").content.decode()
    assert "哪些方面让您满意" in answer
    text = show(house, client, lang="en", ticket=str(served.pk), score="5")
    assert step(text) == "more"
    assert "What did you like?" in text


def test_it_is_told_only_what_is_new(house: House, client: Client, served: Ticket) -> None:
    address = f"{tablet_of(house, '1')}/now"
    assert client.get(address, {"seen": str(served.pk)}).status_code == 204
    assert step(client.get(address, {"seen": "idle"}).content.decode()) == "ask"
    send(house, client, served, 5)
    assert client.get(address, {"seen": "idle"}).status_code == 204


def test_the_address_cannot_be_made_up(house: House, client: Client) -> None:
    made_up = uuid4().hex + tablet_of(house, "1")[-17:]
    for address in ("/rate/1", f"/rate/{house.counters['1']}", f"/rate/{made_up}"):
        assert client.get(address).status_code == 404
        assert client.post(f"{address}/send", {"score": "1"}).status_code == 404


def test_it_shows_nothing_of_staff(house: House, client: Client, served: Ticket) -> None:
    assert "Anna" not in show(house, client)
