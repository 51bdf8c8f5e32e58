"""A hall outside its hours says when it opens; nothing can be taken meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.models import PriorityClass, Ticket
from tests.hall import MORNING, Hall, make_hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def afternoons(db: None) -> Iterator[Hall]:
    """A hall that opens on Tuesdays at two; it is ten now."""
    with clock.at(MORNING):
        yield make_hall(hours=[(1, time(14), time(18))])


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "We open again today at 14:00"), ("zh-CN", "今天 14:00 开始营业")],
)
def test_a_closed_hall_says_when_it_opens(
    afternoons: Hall, client: Client, language: str, words: str
) -> None:
    text = client.get("/s/mall", headers={"accept-language": language}).content.decode()
    assert words in text
    assert "/take/" not in text
    listed = client.get("/", headers={"accept-language": language}).content.decode()
    assert ("Opens today at 14:00" if language == "en" else "今天 14:00 开始营业") in listed


def test_a_closed_hall_gives_no_ticket(afternoons: Hall, client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    for answer in (
        client.get("/s/mall/take/consult"),
        client.post("/s/mall/take/consult", {"idempotency_key": "0190-a-key"}),
    ):
        assert answer.status_code == 409
        assert "The hall is closed" in answer.content.decode()
    assert not Ticket.objects.exists()


def test_a_hall_without_hours_says_so(db: None, client: Client) -> None:
    with clock.at(MORNING):
        make_hall(hours=[])
        text = client.get("/s/mall", headers={"accept-language": "en"}).content.decode()
    assert "The next opening day is not fixed yet." in text


def test_a_hall_without_a_priority_class_offers_nothing(db: None, client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    with clock.at(MORNING):
        hall = make_hall()
        assert "/s/mall/take/consult" in client.get("/s/mall").content.decode()
        PriorityClass.objects.filter(site=hall.id).delete()
        configuration.forget()
        for path in ("/s/mall", "/kiosk/mall-door"):
            text = client.get(path).content.decode()
            assert "/take/" not in text, path
            assert "consult" not in text.lower(), path
        assert client.get("/s/mall/take/consult").status_code == 404
        assert "There are no services here yet" in client.get("/s/mall").content.decode()
