"""A customer's own requests: listed on their page, gone on with from there, looked at again after the end."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from servicehall.kernel.rights import customer
from servicehall.rooms.services import actions as services
from servicehall.rooms.services import queries
from servicehall.rooms.services.models import Instance
from tests.channels.portal.test_me import sign_in
from tests.hall import Hall
from tests.rooms.services.help import publish_help

PHONE = customer("phone")
ANSWERS: tuple[tuple[str, Any], ...] = (
    ("topic", "form"),
    ("contact", {"phone": "13812345678", "words": "A letter"}),
    ("more", {"town": "Xi'an"}),
    ("agree", True),
)


@pytest.fixture
def hall(hall: Hall) -> Hall:
    publish_help(hall.site.region.organisation_id, "consult")
    return hall


def asked(hall: Hall, customer_id: Any, steps: int) -> Instance:
    begun = services.begin(
        site_id=hall.id, flow="help-me", channel="phone", by=PHONE, customer_id=customer_id
    )
    for revision, (step, answer) in enumerate(ANSWERS[:steps]):
        services.submit(instance_id=begun.instance.pk, step=step, revision=revision, answer=answer, by=PHONE)
    return begun.instance


def test_requests_are_listed_with_how_they_stand(phone: Client, hall: Hall) -> None:
    me = sign_in(phone, hall).pk
    assert b"Your requests" not in phone.get("/me").content
    open_, done, helped = (asked(hall, me, steps) for steps in (2, 4, 2))
    services.note_printed(instance_id=done.pk, step="slip", by=PHONE)
    services.take_over(instance_id=helped.pk, by=hall.actors["agent"])
    services.end_for(instance_id=helped.pk, by=hall.actors["agent"])
    body = phone.get("/me").content.decode()
    for words in ("You can go on", "Done", "Settled by our staff", queries.number_of(open_)):
        assert words in body
    assert f"/me/requests/{open_.pk}" in body
    services.take_over(instance_id=open_.pk, by=hall.actors["agent"])
    assert "Our staff go on with it" in phone.get("/me").content.decode()


def test_a_customer_goes_on_from_their_own_page(phone: Client, hall: Hall) -> None:
    row = asked(hall, sign_in(phone, hall).pk, 2)
    here = f"/me/requests/{row.pk}"
    body = phone.get(here).content.decode()
    assert f'action="{here}"' in body
    sent = phone.post(here, {"step": "more", "revision": "2", "q.town": "Xi'an"})
    assert (sent.status_code, sent["Location"]) == (303, here)
    assert phone.get(f"{here}/now?after=2")["HX-Redirect"] == f"{here}"
    phone.post(f"{here}/leave")
    assert Instance.objects.get().state == "left"


def test_after_the_end_the_slip_is_there_to_be_read_again(phone: Client, hall: Hall) -> None:
    row = asked(hall, sign_in(phone, hall).pk, 4)
    services.note_printed(instance_id=row.pk, step="slip", by=PHONE)
    body = phone.get(f"/me/requests/{row.pk}").content.decode()
    assert "Filled in" in body
    assert "For Xi&#x27;an" in body
    assert queries.number_of(row) in body


def test_nobody_elses_request_is_there(phone: Client, hall: Hall) -> None:
    row = asked(hall, None, 2)
    here = f"/me/requests/{row.pk}"
    assert phone.get(here)["Location"] == "/me"
    sign_in(phone, hall)
    assert phone.get(here).status_code == 404
    assert phone.post(f"{here}/leave").status_code == 404
    assert Instance.objects.get().state == "open"
