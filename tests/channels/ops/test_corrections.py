"""Corrections over their pages: asked for on the phone, looked at and decided in operations; restriction at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import CorrectionRequest, Customer
from tests.channels.ops.watching import Halls
from tests.hall import MORNING, make_hall
from tests.rooms.customers.counter import NUMBER, code_for, facts, organisation

QUEUE = "/ops/mall/corrections"
DECIDE = f"{QUEUE}/decide"


@pytest.fixture
def halls(db: None) -> Any:
    with clock.at(MORNING):
        yield Halls(make_hall("mall"), make_hall("bank"), None, {})


@pytest.fixture
def phone(halls: Halls) -> Client:
    """A customer's phone, signed in; staff noted something about them."""
    client = Client(headers={"Accept-Language": "en"})
    form = {"address": NUMBER, "organisation": str(organisation(halls.mall))}
    client.post("/me/code", form)
    client.post("/me/enter", {**form, "code": code_for(halls.mall)})
    actions.correct_customer(
        customer_id=Customer.objects.get().pk, fields={"notes": "rude"}, by=halls.mall.actors["agent"]
    )
    return client


def test_a_wish_goes_from_the_phone_to_the_queue_and_its_answer_back(halls: Halls, phone: Client) -> None:
    assert phone.post("/me/privacy/correction", {"field": "phone", "wish": "x"}).status_code == 422
    assert (
        phone.post("/me/privacy/correction", {"field": "notes", "wish": "most courteous"}).status_code == 303
    )
    assert "We decide by 18 March 2026" in phone.get("/me/privacy").content.decode()
    manager = halls.as_("manager")
    body = manager.get(QUEUE).content.decode()
    assert "138****5678" in body
    assert "most courteous" not in body
    asked = str(CorrectionRequest.objects.get().pk)
    body = manager.post(DECIDE, {"request": asked}).content.decode()
    assert "most courteous" in body
    assert ">rude<" in body
    assert facts(halls.mall).count("protection.unmasked") == 2
    assert manager.post(DECIDE, {"request": asked, "decision": "refuse", "reason": "x"}).status_code == 422
    answer = manager.post(DECIDE, {"request": asked, "decision": "refuse", "reason": "right"})
    assert answer["Location"] == QUEUE
    assert "what we have is right" in phone.get("/me/privacy").content.decode()
    phone.post("/me/privacy/correction", {"field": "notes", "wish": "most courteous"})
    asked = str(CorrectionRequest.objects.get(state="open").pk)
    manager.post(DECIDE, {"request": asked, "decision": "correct"})
    assert Customer.objects.get().notes == "most courteous"
    assert manager.post(DECIDE, {"request": asked}).status_code == 404


def test_a_wish_is_taken_back_by_its_customer_only(halls: Halls, phone: Client) -> None:
    phone.post("/me/privacy/correction", {"field": "notes", "wish": "most courteous"})
    asked = str(CorrectionRequest.objects.get().pk)
    stranger = Client(headers={"Accept-Language": "en"})
    assert stranger.post("/me/privacy/correction", {"withdraw": asked})["Location"] == "/me"
    assert phone.post("/me/privacy/correction", {"withdraw": "nonsense"}).status_code == 422
    assert phone.post("/me/privacy/correction", {"withdraw": asked}).status_code == 303
    assert CorrectionRequest.objects.get().state == "withdrawn"


def test_the_use_is_restricted_at_the_desk_and_lifted_by_who_decides(halls: Halls, phone: Client) -> None:
    wang = Customer.objects.get()
    path = f"/desk/mall/customers/{wang.pk}"
    agent, manager = halls.as_("agent"), halls.as_("manager")
    assert agent.post(f"{path}/restrict", {"restricted": "yes"}).status_code == 303
    assert "asks to lift" not in agent.get(path).content.decode()
    assert agent.post(f"{path}/restrict", {"restricted": "no"}).status_code == 403
    assert str(wang.pk) in manager.get(QUEUE).content.decode()
    answer = manager.post(f"{path}/unmask", {"field": "phone", "reason": "contact"})
    assert answer.status_code == 409
    assert manager.post(f"{path}/restrict", {"restricted": "no"}).status_code == 303
    assert Customer.objects.get().restricted_at is None


def test_only_who_decides_sees_the_queue_of_their_hall(halls: Halls, phone: Client) -> None:
    assert halls.as_("supervisor").get(QUEUE).status_code == 403
    assert halls.as_("manager", halls.bank).get(QUEUE).status_code == 404
    assert "Nobody asked for a correction" in halls.as_("manager").get(QUEUE).content.decode()
