"""A customer's rights on the phone: consent with receipt, a copy, restriction, a request to be erased."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import Consent, CorrectionRequest, Customer, ErasureRequest
from tests.hall import Hall, minutes, text
from tests.rooms.customers.counter import NUMBER, code_for, facts, organisation


@pytest.fixture
def wang(phone: Client, hall: Hall) -> Customer:
    form = {"address": NUMBER, "organisation": str(organisation(hall))}
    phone.post("/me/code", form)
    phone.post("/me/enter", {**form, "code": code_for(hall)})
    return Customer.objects.get()


@pytest.fixture
def version(hall: Hall) -> Any:
    return actions.add_purpose(
        organisation_id=organisation(hall), slug="news", titles=text("News", "消息"),
        texts=text("We write to you.", "我们给您写信。"), uses=["email"], by=SYSTEM,
    )  # fmt: skip


def page(phone: Client) -> str:
    return phone.get("/me/privacy").content.decode()


def test_consent_is_given_taken_back_and_has_a_receipt(phone: Client, wang: Customer, version: Any) -> None:
    assert "We write to you." in page(phone)
    assert phone.post("/me/privacy/consent", {"version": version.pk}).status_code == 303
    given = Consent.objects.get()
    assert f"/me/privacy/receipt/{given.pk}.json" in page(phone)
    receipt = phone.get(f"/me/privacy/receipt/{given.pk}.json")
    assert "attachment" in receipt["Content-Disposition"]
    assert json.loads(receipt.content)["record_id"] == str(given.pk)
    phone.post("/me/privacy/consent", {"withdraw": version.purpose_id})
    assert Consent.objects.get().withdrawn_at is not None
    assert "receipt/" not in page(phone)


def test_another_customers_receipt_is_not_there(phone: Client, wang: Customer, version: Any) -> None:
    phone.post("/me/privacy/consent", {"version": version.pk})
    given = Consent.objects.get()
    stranger = Client(headers={"Accept-Language": "en"})
    assert stranger.get(f"/me/privacy/receipt/{given.pk}.json")["Location"] == "/me"
    Consent.objects.update(customer=Customer.objects.create(
        organisation_id=wang.organisation_id, channel="desk", created_at=wang.created_at, changed_at=wang.created_at
    ))  # fmt: skip
    assert phone.get(f"/me/privacy/receipt/{given.pk}.json").status_code == 404


@pytest.mark.parametrize("form", [{}, {"version": "x"}, {"withdraw": "x"}])
def test_nonsense_is_refused(phone: Client, wang: Customer, form: dict[str, str]) -> None:
    assert phone.post("/me/privacy/consent", form).status_code == 422
    assert not Consent.objects.exists()


def test_an_old_wording_is_not_accepted_and_the_new_one_shown(
    phone: Client, hall: Hall, wang: Customer, version: Any
) -> None:
    actions.add_purpose(
        organisation_id=organisation(hall), slug="news", titles=text("News", "消息"),
        texts=text("We write to you daily.", "我们每天给您写信。"), uses=["email"], by=SYSTEM,
    )  # fmt: skip
    answer = phone.post("/me/privacy/consent", {"version": version.pk})
    assert answer.status_code == 422
    assert "The wording has changed" in answer.content.decode()
    assert "daily" in answer.content.decode()


def said(answer: Any) -> str:
    """What the page says was done, once."""
    return str(answer.content.decode())


def test_every_act_is_confirmed_once_and_every_wish_has_its_state_and_deadline(
    phone: Client, hall: Hall, wang: Customer, version: Any
) -> None:
    acts = [
        ("consent", {"version": version.pk}, "You agreed to “News”"),
        ("consent", {"withdraw": version.purpose_id}, "You took back your consent to “News”"),
        ("restrict", {"restricted": "yes"}, "The use of your data is restricted from now on"),
        (
            "correction",
            {"field": "notes", "wish": "x"},
            "“notes” is to be corrected. We decide by 18 March 2026",
        ),
        ("erasure", {"wanted": "yes"}, "We have your request to be erased. We decide by 18 March 2026"),
    ]
    for where, form, words in acts:
        answer = phone.post(f"/me/privacy/{where}", form, follow=True)
        assert words in said(answer), where
        assert words not in page(phone), "said once"
    mine = phone.get("/me").content.decode()
    assert "The use of your data is restricted since 3 March 2026" in mine
    assert "our staff cannot change it or contact you with it" in mine
    assert mine.count("We decide by 18 March 2026 at the latest") == 2
    for words in ("Your wishes", "Restriction of use", "Erasure of your data", "Correction: notes"):
        assert words in mine
    ends: list[tuple[str, dict[str, Any], str]] = [
        ("restrict", {"restricted": "no"}, "You lifted the restriction"),
        ("correction", {"withdraw": CorrectionRequest.objects.get().pk}, "You took your wish back"),
        ("erasure", {"wanted": "no"}, "You took your request back"),
    ]
    for where, form, words in ends:
        assert words in said(phone.post(f"/me/privacy/{where}", form, follow=True))
    mine = phone.get("/me").content.decode()
    assert "is restricted since" not in mine
    assert mine.count("taken back") == 2


def test_a_verified_name_is_not_offered_and_the_way_to_its_correction_is(
    phone: Client, hall: Hall, wang: Customer
) -> None:
    assert 'name="name"' in phone.get("/me/edit").content.decode()
    actions.verify_identity(
        customer_id=wang.pk, document="passport", number="E1234567", by=hall.actors["agent"]
    )
    edit = phone.get("/me/edit").content.decode()
    assert 'name="name"' not in edit
    assert "our staff corrects it" in edit
    assert "/me/privacy#me-correct" in edit


def test_the_copy_to_read_tells_of_wishes_too(phone: Client, wang: Customer, version: Any) -> None:
    phone.post("/me/privacy/consent", {"version": version.pk})
    phone.post("/me/privacy/consent", {"withdraw": version.purpose_id})
    phone.post("/me/privacy/erasure", {"wanted": "yes"})
    copy = phone.get("/me/privacy/data").content.decode()
    assert "agreed 2026-03-03 02:00 UTC" in copy
    assert "taken back 2026-03-03 02:00 UTC" in copy
    assert "We decide by 18 March 2026 at the latest" in copy


def test_the_copy_to_read_is_recorded_once_an_hour(phone: Client, hall: Hall, wang: Customer) -> None:
    for _ in range(3):
        phone.get("/me/privacy/data")
    assert facts(hall).count("customer.exported") == 1
    for _ in range(2):
        phone.get("/me/privacy/data.json")
    assert facts(hall).count("customer.exported") == 3, "each file that leaves is recorded"
    with clock.at(minutes(61)):
        phone.get("/me/privacy/data")
    assert facts(hall).count("customer.exported") == 4


def test_a_copy_to_read_and_one_for_programs(phone: Client, hall: Hall, wang: Customer) -> None:
    phone.post("/s/mall/take/consult", {})
    assert NUMBER in phone.get("/me/privacy/data").content.decode()
    copy = json.loads(phone.get("/me/privacy/data.json").content)
    assert copy["record"]["phone"] == NUMBER
    assert [one["number"] for one in copy["visits"]] == ["A001"]
    assert facts(hall).count("customer.exported") == 2


def test_restriction_and_its_end(phone: Client, wang: Customer) -> None:
    phone.post("/me/privacy/restrict", {"restricted": "yes"})
    assert "Lift the restriction" in page(phone)
    phone.post("/me/privacy/restrict", {"restricted": "no"})
    assert Customer.objects.get().restricted_at is None


def test_a_request_to_be_erased_shows_its_deadline_and_can_be_taken_back(
    phone: Client, hall: Hall, wang: Customer
) -> None:
    phone.post("/me/privacy/erasure", {"wanted": "yes"})
    assert "We decide by 18 March 2026" in page(phone)
    phone.post("/me/privacy/erasure", {"wanted": "no"})
    assert ErasureRequest.objects.get().state == "withdrawn"
    phone.post("/me/privacy/erasure", {"wanted": "yes"})
    asked = ErasureRequest.objects.get(state="open")
    actions.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
    assert "Send me a code" in phone.get("/me").content.decode(), "signed out with the record"


def test_the_page_makes_few_queries(
    phone: Client, wang: Customer, version: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(7):
        phone.get("/me/privacy")
