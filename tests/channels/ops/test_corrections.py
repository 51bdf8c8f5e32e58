"""Corrections over their pages: asked for on the phone, looked at and decided in operations; restriction at the desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock, events
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import CorrectionRequest, Customer
from servicehall.rooms.messages.models import Message
from servicehall.rooms.messages.queries import kept
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


def test_a_wish_looked_at_again_is_recorded_once_an_hour_unless_it_changed(
    halls: Halls, phone: Client
) -> None:
    phone.post("/me/privacy/correction", {"field": "notes", "wish": "most courteous"})
    asked = str(CorrectionRequest.objects.get().pk)
    manager = halls.as_("manager")
    for _ in range(3):
        assert "most courteous" in manager.post(DECIDE, {"request": asked}).content.decode()
    assert facts(halls.mall).count("protection.unmasked") == 2, "what is stored and what is wished, once"
    halls.as_("admin").post(DECIDE, {"request": asked})
    assert facts(halls.mall).count("protection.unmasked") == 4
    phone.post("/me/privacy/correction", {"field": "notes", "wish": "very courteous"})
    assert "very courteous" in manager.post(DECIDE, {"request": asked}).content.decode()
    assert facts(halls.mall).count("protection.unmasked") == 6
    with clock.at(MORNING + timedelta(minutes=61)):
        manager.post(DECIDE, {"request": asked})
    assert facts(halls.mall).count("protection.unmasked") == 8


def test_a_restriction_is_reviewed_when_its_day_has_come(halls: Halls, phone: Client) -> None:
    wang = Customer.objects.get()
    desk, decide = f"/desk/mall/customers/{wang.pk}", "/ops/mall/restrictions/decide"
    agent, manager = halls.as_("agent"), halls.as_("manager")
    for day in ("2026-03-03", "2020-01-01", "2099-01-01", "soon"):
        answer = agent.post(f"{desk}/restrict", {"restricted": "yes", "review_on": day})
        assert answer.status_code == 422, day
    assert "Write the day like 2026-12-31." in answer.content.decode()
    assert Customer.objects.get().restricted_at is None
    agent.post(f"{desk}/restrict", {"restricted": "yes", "review_on": "2026-03-10"})
    assert "To be reviewed on 2026-03-10" in agent.get(desk).content.decode()
    assert "Restrictions to be reviewed" not in manager.get(QUEUE).content.decode()
    assert "We look at this again on 10 March 2026" in phone.get("/me").content.decode()
    with clock.at(MORNING + timedelta(days=7)):
        body = manager.get(QUEUE).content.decode()
        assert "Restrictions to be reviewed" in body
        assert body.count(str(wang.pk)) == 2, (
            "the record's link, and what is decided; once, not in both lists"
        )
        form = {"customer": str(wang.pk), "decision": "review", "review_on": "2026-03-10"}
        assert manager.post(decide, form).status_code == 422
        assert agent.post(decide, form | {"review_on": "2026-06-01"}).status_code == 403
        assert halls.as_("manager", halls.bank).post("/ops/bank/restrictions/decide", form).status_code == 404
        assert Customer.objects.get().review_on == date(2026, 3, 10)
        manager.post(decide, form | {"review_on": "2026-06-01"})
        body = manager.get(QUEUE).content.decode()
        assert "Restrictions to be reviewed" not in body
        assert "2026-06-01" in body
    assert events.after(organisation(halls.mall), 0)[-1].data == {
        "customer": str(wang.pk),
        "review_on": "2026-06-01",
    }


@pytest.mark.parametrize(("language", "words"), [("en", "lifted the restriction"), ("zh-Hans", "解除")])
def test_who_restricted_is_told_when_staff_lifts_it(
    halls: Halls, phone: Client, language: str, words: str
) -> None:
    Customer.objects.update(language=language)
    phone.post("/me/privacy/restrict", {"restricted": "yes"})
    manager, count = halls.as_("manager"), Message.objects.count()
    form = {"customer": str(Customer.objects.get().pk), "decision": "lift"}
    page = manager.post("/ops/mall/restrictions/decide", form, follow=True).content.decode()
    assert "The customer is told by text message." in page
    told = kept(organisation(halls.mall))[0]
    assert (Message.objects.count(), told.address) == (count + 1, NUMBER)
    assert words in told.body
    assert "Restriction of use" in phone.get("/me").content.decode()
    assert "lifted" in phone.get("/me").content.decode()
    phone.post("/me/privacy/restrict", {"restricted": "yes"})
    phone.post("/me/privacy/restrict", {"restricted": "no"})
    assert Message.objects.count() == count + 1, "who lifts it themselves knows"


def test_a_record_that_begins_with_a_sign_in_has_the_language_of_the_page(halls: Halls) -> None:
    agent = halls.mall.actors["agent"]
    wang = actions.add_customer(organisation_id=organisation(halls.mall), fields={"phone": NUMBER}, by=agent)
    client = Client(headers={"Accept-Language": "zh-Hans"})
    form = {"address": NUMBER, "organisation": str(organisation(halls.mall))}
    client.post("/me/code", form)
    client.post("/me/enter", {**form, "code": code_for(halls.mall)})
    # What staff typed is not proved, so it opens a record of its own.
    assert Customer.objects.exclude(pk=wang.pk).get().language == "zh-Hans"


def test_a_customer_without_a_proved_address_is_told_by_staff(halls: Halls) -> None:
    manager = halls.mall.actors["manager"]
    wang = actions.add_customer(
        organisation_id=organisation(halls.mall), fields={"phone": NUMBER}, by=manager
    )
    actions.restrict_use(customer_id=wang.pk, restricted=True, by=manager)
    answer = halls.as_("manager").post(
        f"/desk/mall/customers/{wang.pk}/restrict", {"restricted": "no"}, follow=True
    )
    assert "please tell them yourself" in answer.content.decode()
    assert not Message.objects.exists()


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
