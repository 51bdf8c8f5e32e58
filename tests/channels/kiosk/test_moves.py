"""A request leaves the kiosk for a phone, has one as its remote control, comes from one, or goes to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from servicehall.channels import flooding
from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing.models import Ticket
from servicehall.rooms.services import actions, queries
from tests.channels.kiosk.tour import HOME, Customer, offer
from tests.hall import MORNING, Hall
from tests.rooms.services.shop import Shop

PHONE = customer("phone")
HELD = "h" * 22


@pytest.fixture
def shop() -> Iterator[Shop]:
    found = Shop()
    yield found
    found.close()


@pytest.fixture
def someone(hall: Hall, shop: Shop, kiosk: Client) -> Customer:
    """Somebody at the second step."""
    offer(hall)
    return Customer(kiosk).begin().answer()


def say(answer: Any) -> str:
    return str(answer.content.decode())


def qr(someone: Customer, way: str = "away", **more: str) -> str:
    """The code that the kiosk shows."""
    answer = someone.client.post(f"{HOME}/request/move", {"code": someone.code, "way": way, **more})
    assert answer.status_code == 200
    assert "<svg" in say(answer)
    return str(answer.context["phone_url"]).rpartition("/m/")[2]


def moving(someone: Customer) -> Any:
    return someone.client.post(f"{HOME}/request/moving", {"code": someone.code})


def is_news(someone: Customer, after: str) -> bool:
    path = f"{HOME}/request/moving/now"
    answer = someone.client.post(path, {"code": someone.code, "after": after})
    assert answer.status_code in {200, 204}
    return bool(answer.status_code == 200)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Your phone has it now"), ("zh-Hans", "已转到您的手机上继续")]
)
def test_taken_along_the_kiosk_says_so_and_holds_nothing_any_more(
    someone: Customer, language: str, words: str
) -> None:
    assert "Go on by phone" in someone.page
    code = qr(someone)
    assert not is_news(someone, "away offered")
    actions.claim_move(code=code, held=HELD, by=PHONE)
    assert is_news(someone, "away offered")
    old = someone.code
    someone.send("/moving", language=language)
    assert (someone.status, words in someone.page, 'data-screen="gone"' in someone.page) == (410, True, True)
    assert "data-code" not in someone.page
    row = queries.instance_by_code(HELD)
    for act in ("", "/answer", "/pay", "/unpay", "/leave", "/move", "/person"):
        someone.code = old
        someone.send(act, step="kind", revision="1", choice="grown", way="away")
        assert someone.status == 410
    after = queries.instance_by_code(HELD)
    assert (after.revision, after.state, after.channel) == (row.revision, "open", "phone")


def test_another_language_shows_another_code_for_the_same(someone: Customer) -> None:
    first = qr(someone)
    answer = someone.client.post(f"{HOME}/request/moving", {"code": someone.code, "language": "zh-Hans"})
    assert "用手机继续办理" in say(answer)
    with pytest.raises(actions.MoveOver):
        actions.claim_move(code=first, held=HELD, by=PHONE)
    assert actions.claim_move(code=answer.context["phone_url"][-22:], held=HELD, by=PHONE).state == "taken"


def test_a_remote_control_is_compared_first_and_then_both_have_it(someone: Customer) -> None:
    move = actions.claim_move(code=qr(someone, "mirror"), held=HELD, by=PHONE)
    assert is_news(someone, "mirror offered")
    page = say(moving(someone))
    assert "Choose this number on your phone" in page
    assert f">{move.number}<" in page
    actions.choose_number(held=HELD, number=move.number, by=PHONE)
    page = say(moving(someone))
    assert "A phone is connected" in page
    assert "Go on by phone" not in page
    someone.send("").answer(choice="grown")
    assert queries.screen(queries.instance_by_code(HELD))["step"] == "person"
    someone.send("/move/stop")
    assert "A phone is connected" not in someone.page
    with pytest.raises(actions.MirrorOver):
        queries.instance_by_code(HELD)


def test_not_my_phone(someone: Customer) -> None:
    move = actions.claim_move(code=qr(someone, "mirror"), held=HELD, by=PHONE)
    someone.send("/move/stop")
    assert 'data-step="kind"' in someone.page
    with pytest.raises(actions.MoveOver):
        actions.choose_number(held=HELD, number=move.number, by=PHONE)


def test_who_walks_away_takes_the_code_back_too(someone: Customer) -> None:
    code = qr(someone)
    someone.send("/leave")
    with pytest.raises(actions.Over):
        actions.claim_move(code=code, held=HELD, by=PHONE)


def begun_by_phone(hall: Hall) -> tuple[actions.Begun, str]:
    begun = actions.begin(site_id=hall.site.pk, flow="tour", channel="phone", by=PHONE, language="en")
    actions.submit(instance_id=begun.instance.pk, step="hello", revision=0, answer=True, by=PHONE)
    made = actions.offer_move(instance_id=begun.instance.pk, way="pickup", by=PHONE)
    return begun, made.code


def pick(kiosk: Client, code: str, **more: Any) -> Any:
    page = say(kiosk.get(f"{HOME}/pickup"))
    (held,) = re.findall(r'name="held" value="([\w-]+)"', page)
    return kiosk.post(f"{HOME}/pickup", {"pickup": code, "held": held}, **more)


def test_what_was_begun_by_phone_is_picked_up_after_the_phone_confirmed(
    someone: Customer, hall: Hall
) -> None:
    begun, code = begun_by_phone(hall)
    assert "Go on with a code" in say(someone.client.get(HOME))
    answer = pick(someone.client, f"{code[:3]} {code[3:]}")
    page = say(answer)
    assert "Choose this number on your phone" in page
    for personal in ("For whom?", "Buy a day ticket"):
        assert personal not in page
    here = Customer(someone.client, code=answer.context["code"])
    assert not is_news(here, "pickup claimed")
    actions.choose_number(held=begun.code, number=answer.context["number"], by=PHONE)
    assert is_news(here, "pickup claimed")
    here.send("/moving")
    assert "For whom?" in here.page
    here.answer(choice="child")
    assert here.facts["step"] == "person"
    here.send("/leave")
    row = queries.instance_by_code(begun.code)
    assert (row.state, row.channel, queries.screen(row)["step"]) == ("open", "phone", "person")


def test_a_wrong_or_old_or_used_code_is_said_clearly(someone: Customer, hall: Hall) -> None:
    _begun, code = begun_by_phone(hall)
    wrong = pick(someone.client, "000000" if code != "000000" else "111111")
    assert (wrong.status_code, "not known here" in say(wrong)) == (404, True)
    assert 'name="pickup"' in say(wrong)
    with clock.at(MORNING + timedelta(minutes=11)):
        assert pick(someone.client, code).status_code == 410
    assert pick(someone.client, code).status_code == 200
    used = pick(someone.client, code)
    assert (used.status_code, "already used" in say(used)) == (410, True)


def test_codes_are_not_guessed(someone: Customer, hall: Hall) -> None:
    _begun, code = begun_by_phone(hall)
    others = [f"{n:06d}" for n in range(flooding.GUESSES + 1) if f"{n:06d}" != code]
    answers = [pick(someone.client, one, REMOTE_ADDR="192.0.2.7") for one in others[: flooding.GUESSES]]
    assert {one.status_code for one in answers} == {404}
    refused = pick(someone.client, code, REMOTE_ADDR="192.0.2.7")
    assert (refused.status_code, "Too many codes" in say(refused)) == (429, True)
    assert pick(someone.client, code, REMOTE_ADDR="192.0.2.8").status_code == 200


def test_from_a_step_to_a_person_with_number_and_wait(someone: Customer, hall: Hall) -> None:
    someone.send("/person")
    assert 'data-screen="person"' in someone.page
    assert 'name="service" value="consult"' in someone.page
    key = uuid4().hex
    for _twice in range(2):
        someone.send("/person", key=key, service="consult")
        assert someone.status == 200
    ticket = Ticket.objects.get()
    assert f">{ticket.number}<" in someone.page
    assert "Expected wait" in someone.page
    assert "need not say it again" in someone.page
    row = someone.row
    assert (row.visit_id, row.state, row.step) == (ticket.visit_id, "waiting", "kind")
    (task,) = queries.open_tasks(hall.site.pk, actor=SYSTEM)
    assert (task.kind, task.instance_id) == ("taken-over", row.pk)
    again = someone.client.post(f"{HOME}/ticket", {"at": ticket.code})
    assert f">{ticket.number}<" in say(again)
    someone.send("/leave")
    assert someone.row.state == "waiting"


def test_a_queue_that_takes_no_tickets_changes_nothing(someone: Customer, hall: Hall) -> None:
    queue.close_service(site_id=hall.id, service="consult", by=hall.actors["supervisor"])
    someone.send("/person", service="consult")
    assert someone.status == 409
    assert someone.facts["step"] == "kind"
    assert someone.row.state == "open"
    assert not Ticket.objects.exists()


FORM = {"q.name": "Wang Fang", "q.pieces": "many", "q.code": "4711"}
"""What stands in the form of the third step: the second question does not fit, the third is seen by nobody."""


def at_the_form(someone: Customer) -> dict[str, str]:
    someone.answer(choice="grown")
    return {"step": someone.facts["step"], **FORM}


def test_what_was_typed_and_not_sent_stands_on_the_phone(someone: Customer) -> None:
    code = qr(someone, **at_the_form(someone))
    actions.claim_move(code=code, held=HELD, by=PHONE)
    page = say(Client(headers={"accept-language": "en"}).get(f"/r/{HELD}"))
    assert 'value="Wang Fang"' in page
    assert "4711" not in page


def test_what_was_typed_comes_back_from_the_choice_of_a_queue_and_goes_to_the_person(
    someone: Customer, hall: Hall
) -> None:
    typed = at_the_form(someone)
    someone.send("/person", **typed)
    for name, value in FORM.items():
        assert someone.page.count(f'name="{name}" value="{value}"') == 2, (
            "with the choice, and with the way back"
        )
    someone.send("", at=typed["step"], **FORM)
    assert 'value="Wang Fang"' in someone.page
    someone.send("/person", service="consult", **typed)
    agent = hall.actors["agent"]
    actions.take_over(instance_id=someone.row.pk, by=agent, at=MORNING)
    shown = queries.screen(someone.row, reader=agent.id)
    assert shown["fields"][0]["value"] == "Wang Fang"


def test_when_no_person_can_be_asked_what_was_typed_is_still_there(someone: Customer) -> None:
    typed = at_the_form(someone)
    someone.send("/person", service="nothing", **typed)
    assert (someone.status, 'value="Wang Fang"' in someone.page) == (404, True)
