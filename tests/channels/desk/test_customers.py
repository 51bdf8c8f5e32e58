"""Customers at the desk: found, shown masked, corrected, identified; the whole value only with right and reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock, events, sql
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import Consent, Customer, ErasureRequest
from tests.hall import MORNING, Hall, make_hall, text
from tests.rooms.customers.counter import NUMBER, organisation

LIST = "/desk/mall/customers"


@pytest.fixture
def hall(db: None) -> Any:
    with clock.at(MORNING):
        yield make_hall()


@pytest.fixture
def wang(hall: Hall) -> Customer:
    return actions.add_customer(
        organisation_id=organisation(hall), by=SYSTEM,
        fields={"name": "王小明", "phone": NUMBER, "email": "wang@example.com", "notes": "hard of hearing"},
    )  # fmt: skip


def signed_in(hall: Hall, who: str = "agent") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(hall.people[who])
    return client


def test_the_list_and_the_record_show_nothing_in_full(hall: Hall, wang: Customer) -> None:
    client = signed_in(hall)
    for path in (LIST, f"{LIST}/{wang.pk}"):
        page = client.get(path)
        assert page["Cache-Control"] == "no-store"
        body = page.content.decode()
        assert "王**" in body
        for value in ("王小明", NUMBER, "13812345678", "wang@", "hard of hearing"):
            assert value not in body


def test_a_search_travels_in_a_form_and_finds_whole_values_only(hall: Hall, wang: Customer) -> None:
    client = signed_in(hall)
    assert str(wang.pk) in client.post(LIST, {"q": "+86 13812345678"}).content.decode()
    assert str(wang.pk) in client.post(LIST, {"q": "WANG@example.com"}).content.decode()
    for words in ("138", "5678", "%", "' OR 1=1", "x" * 5000):
        body = client.post(LIST, {"q": words}).content.decode()
        assert str(wang.pk) not in body
        assert "Nobody has this number" in body


def test_a_record_is_begun_and_what_does_not_fit_is_said(hall: Hall) -> None:
    client = signed_in(hall)
    answer = client.post(f"{LIST}/new", {"name": "Li", "phone": "none"})
    assert answer.status_code == 422
    summary = answer.content.decode().partition("error-summary-list")[2].partition("</ul>")[0]
    assert re.search(r">[A-Z][^<:]+: [^<]*area code", summary), (
        "several questions may lack the same: each is named"
    )
    assert client.post(f"{LIST}/new", {}).status_code == 422
    answer = client.post(f"{LIST}/new", {"name": "Li", "phone": "139 0000 0000"})
    assert answer["Location"] == f"{LIST}/{Customer.objects.get().pk}"


def test_empty_fields_of_a_correction_stay(hall: Hall, wang: Customer) -> None:
    answer = signed_in(hall).post(f"{LIST}/{wang.pk}/correct", {"name": "王晓明", "phone": ""})
    assert answer.status_code == 303
    row = Customer.objects.get()
    assert (row.name, row.phone) == ("王晓明", NUMBER)


def test_an_identity_is_verified(hall: Hall, wang: Customer) -> None:
    client = signed_in(hall)
    assert (
        client.post(f"{LIST}/{wang.pk}/identity", {"document": "passport", "number": "1"}).status_code == 422
    )
    assert client.post(f"{LIST}/{wang.pk}/identity", {"document": "x", "number": "1234"}).status_code == 422
    client.post(f"{LIST}/{wang.pk}/identity", {"document": "passport", "number": "E1234567"})
    body = client.get(f"{LIST}/{wang.pk}").content.decode()
    assert "ID verified" in body
    assert "E1234567" not in body


def test_only_with_right_and_reason_a_field_is_shown_and_that_is_recorded(hall: Hall, wang: Customer) -> None:
    path = f"{LIST}/{wang.pk}/unmask"
    assert signed_in(hall).post(path, {"field": "phone", "reason": "contact"}).status_code == 403
    manager = signed_in(hall, "manager")
    assert manager.post(path, {"field": "phone", "reason": ""}).status_code == 422
    assert manager.post(path, {"field": "password", "reason": "contact"}).status_code == 404
    body = manager.post(path, {"field": "phone", "reason": "contact"}).content.decode()
    assert NUMBER in body
    assert "wang@" not in body
    last = events.after(organisation(hall), 0)[-1]
    assert (last.kind, last.data["field"], last.data["reason"]) == ("protection.unmasked", "phone", "contact")
    assert NUMBER not in manager.get(f"{LIST}/{wang.pk}").content.decode()


def test_consent_and_a_request_are_written_down_at_the_desk(hall: Hall, wang: Customer) -> None:
    version = actions.add_purpose(
        organisation_id=organisation(hall), slug="news", titles=text("News"), texts=text("We write."),
        uses=["email"], by=SYSTEM,
    )  # fmt: skip
    client, path = signed_in(hall), f"{LIST}/{wang.pk}/consent"
    assert client.post(path, {"version": version.pk}).status_code == 303
    assert Consent.objects.get().given_to == hall.people["agent"].pk
    assert client.post(path, {"withdraw": version.purpose_id}).status_code == 303
    assert Consent.objects.get().withdrawn_at is not None
    assert client.post(path, {"version": "nonsense"}).status_code == 422
    assert client.post(f"{LIST}/{wang.pk}/erasure").status_code == 303
    assert ErasureRequest.objects.get().channel == "desk"


def test_a_record_that_was_tampered_with_does_not_hide_the_others(hall: Hall, wang: Customer) -> None:
    actions.add_customer(organisation_id=organisation(hall), fields={"name": "李静"}, by=SYSTEM)
    sql.run("UPDATE customers_customer SET name = email WHERE id = %s", wang.pk)
    body = signed_in(hall).get(LIST).content.decode()
    assert "李*" in body
    assert "cannot be read" in body


def test_people_of_another_organisation_and_strangers_see_nothing(hall: Hall, wang: Customer) -> None:
    assert "/sign-in" in Client().get(LIST)["Location"]
    stranger = make_hall("bank")
    client = signed_in(stranger, "manager")
    for path in (LIST, f"{LIST}/{wang.pk}", f"/desk/bank/customers/{wang.pk}"):
        assert client.get(path).status_code == 404
    for act in ("correct", "identity", "unmask", "consent", "erasure"):
        assert client.post(f"/desk/bank/customers/{wang.pk}/{act}").status_code == 404
    assert str(wang.pk) not in client.post("/desk/bank/customers", {"q": NUMBER}).content.decode()


def test_a_list_of_fifty_makes_as_many_queries_as_one_of_one(
    hall: Hall, wang: Customer, django_assert_num_queries: Any
) -> None:
    client = signed_in(hall)
    client.get(LIST)
    # one of them counts the tasks beside the navigation
    with django_assert_num_queries(10):
        client.get(LIST)
    for n in range(60):
        actions.add_customer(
            organisation_id=organisation(hall),
            fields={"name": f"王{n}", "phone": f"1390000{n:04}"},
            by=SYSTEM,
        )
    with django_assert_num_queries(10):
        body = client.get(LIST).content.decode()
    assert body.count("/desk/mall/customers/0") == 50
    assert "Earlier customers" in body
