"""Signing out, which also leaves the counter."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from servicehall.kernel.models import Event
from servicehall.rooms.people.models import Staff
from servicehall.rooms.queueing import actions
from tests.channels.desk.house import PASSWORD, Desk, House


def enter(client: Client, username: str = "anna", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"username": username, "password": password, **more})


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def happened(kind: str) -> list[dict[str, object]]:
    return [dict(e.data) for e in Event.objects.filter(kind=kind)]


def test_signing_out_ends_the_session_and_leaves_the_counter(house: House, client: Client) -> None:
    enter(client)
    client.post(f"/desk/{house.counters['1']}/in")
    assert house.seat("1") == "open"
    response = client.post("/sign-out")
    assert response["Location"] == "/sign-in"
    assert response.cookies["servicehall_language"].value == ""
    assert house.seat("1") == "closed"
    assert client.get("/desk").status_code == 302
    assert happened("staff.signed-out") == [{"staff": str(Staff.objects.get(username="anna").pk)}]


def test_nobody_signs_out_while_a_customer_is_at_the_counter(house: House, client: Client) -> None:
    enter(client)
    client.post(f"/desk/{house.counters['1']}/in")
    house.issue()
    actions.call_next(site_id=house.site_id, counter_id=house.counters["1"], by=house.actor("anna"))
    assert client.post("/sign-out")["Location"] == "/desk"
    text = client.get("/desk", follow=True).content.decode()
    assert "This counter still has a customer" in text
    assert happened("staff.signed-out") == []


def test_signing_out_elsewhere_leaves_the_counter_alone(house: House, client: Client) -> None:
    house.sit("anna")
    enter(client)  # her own phone, say
    client.post("/sign-out")
    assert house.seat("1") == "open"


def test_signing_out_is_not_a_link(desk: Desk) -> None:
    assert desk.client.get("/sign-out").status_code == 405
