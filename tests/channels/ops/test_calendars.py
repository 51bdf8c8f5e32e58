"""Calendars on the operations pages: addresses shown once, outside calendars with what is wrong with them, the rules."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from servicehall.rooms.booking.models import BookingRules, CalendarFeed, OutsideCalendar
from tests.hall import make_hall
from tests.rooms.booking.desk import Desk, make_desk

PAGE = "/ops/mall/calendars"


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk(make_hall())


def signed_in(desk: Desk, who: str = "manager") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(desk.hall.people[who])
    return client


def act(client: Client, name: str, about: object) -> Any:
    return client.post(f"{PAGE}/act", {"act": name, "about": str(about)})


def test_an_address_is_shown_once_and_leads_to_the_calendar(desk: Desk) -> None:
    client, ada = signed_in(desk), desk.resources["ada"].pk
    answer = act(client, "feed", ada)
    [path] = re.findall(r"/calendar/[\w-]+\.ics", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(path).status_code == 200
    assert path not in client.get(PAGE).content.decode()
    assert act(client, "revoke", ada).status_code == 303
    assert not CalendarFeed.objects.exists()
    assert Client().get(path).status_code == 404


def test_an_outside_calendar_is_added_says_what_is_wrong_and_goes(desk: Desk, settings: Any) -> None:
    client = signed_in(desk)
    given = {"resource": str(desk.resources["ada"].pk), "kind": "file", "user": "", "secret_name": ""}
    settings.CONNECTOR_NETWORKS = []
    refused = client.post(f"{PAGE}/add", {**given, "address": "http://127.0.0.1/x.ics"})
    assert refused.status_code == 422
    assert "This address cannot be read" in refused.content.decode()
    assert not OutsideCalendar.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_read_at_once_with_a_finding_in_words(settings: Any, free_port: int) -> None:
    desk = make_desk(make_hall())
    client = signed_in(desk)
    settings.CONNECTOR_NETWORKS = ["127.0.0.0/8"]
    given = {"resource": str(desk.resources["ada"].pk), "kind": "file", "user": "", "secret_name": ""}
    client.post(f"{PAGE}/add", {**given, "address": f"http://127.0.0.1:{free_port}/x.ics"})
    row = OutsideCalendar.objects.get()
    page = client.get(PAGE).content.decode()
    assert "Nobody listens there." in page
    assert act(client, "read", row.pk).status_code == 303
    assert act(client, "remove", row.pk).status_code == 303
    assert not OutsideCalendar.objects.exists()


def test_the_rules_are_kept_and_refused_beside_the_field(desk: Desk) -> None:
    client = signed_in(desk)
    given = {"quiet_from": "22:00", "quiet_to": "07:00", "reminders": "60", "offer_minutes": "20"}
    assert client.post(f"{PAGE}/rules", given).status_code == 303
    row = BookingRules.objects.get()
    assert (row.reminders, row.offer_minutes, row.names_in_feeds) == ("60", 20, False)
    wrong = client.post(f"{PAGE}/rules", {**given, "reminders": "soon"})
    assert wrong.status_code == 422
    assert "at most four numbers" in wrong.content.decode()
    assert BookingRules.objects.get().reminders == "60"


def test_who_may_not_and_what_is_another_sites(desk: Desk) -> None:
    other = make_desk(make_hall("bank"))
    assert signed_in(desk, "agent").get(PAGE).status_code in {403, 404}
    assert act(signed_in(desk), "feed", other.resources["ada"].pk).status_code == 404
    assert act(signed_in(desk), "dance", desk.resources["ada"].pk).status_code in {400, 422}
    assert not CalendarFeed.objects.exists()
