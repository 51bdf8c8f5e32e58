"""Services at the desk: begun, picked up, gone through, taken over, handed back; tasks; nothing personal in passing."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.payments.models import Intent
from servicehall.rooms.people.models import Staff
from servicehall.rooms.services import actions as services
from servicehall.rooms.services.models import Instance, Task
from tests.channels.desk.house import Desk, House
from tests.rooms.services.help import publish_help

START, TASKS = "/desk/mall/requests", "/desk/mall/tasks"
PHONE = customer("phone")
NUMBER = "13812345678"


@pytest.fixture
def house(house: House) -> House:
    publish_help(house.site().region.organisation_id, "enquiries")
    return house


def as_one(username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(Staff.objects.get(username=username))
    return client


def of_customer(house: House, topic: str = "form") -> services.Begun:
    """A request that a customer on the phone brought to its third step."""
    begun = services.begin(site_id=house.site_id, flow="help-me", channel="phone", by=PHONE)
    for revision, (step, answer) in enumerate(
        (("topic", topic), ("contact", {"phone": NUMBER, "words": "A letter"}))
    ):
        services.submit(instance_id=begun.instance.pk, step=step, revision=revision, answer=answer, by=PHONE)
    return begun


def begin(client: Client, **more: str) -> str:
    """The address of a request that is begun on the page."""
    form = {"flow": "help-me", "idempotency_key": str(uuid4()), **more}
    response = client.post(START, form)
    assert response.status_code == 303, response.content.decode()[-900:]
    return str(response["Location"])


def send(client: Client, address: str, **answer: str) -> Any:
    """The step that the page shows, answered."""
    body = client.get(address).content.decode()
    assert f'action="{address}"' in body
    hidden = dict(re.findall(r'type="hidden" name="(step|revision)" value="([^"]*)"', body))
    return client.post(address, {**hidden, **answer})


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return response.content.decode()


def test_every_step_is_gone_through_at_the_desk(house: House) -> None:
    client = as_one("anna")
    assert "Help with a form" in text(client, START)
    here = begin(client)
    assert 'data-key="1"' in text(client, here), "a digit chooses"
    send(client, here, choice="form")
    wrong = send(client, here, **{"q.phone": "12", "q.words": "A letter"})
    assert wrong.status_code == 422
    assert "This is no phone number" in wrong.content.decode()
    assert 'value="A letter"' in wrong.content.decode()
    send(client, here, **{"q.phone": NUMBER, "q.words": "A letter"})
    send(client, here, **{"q.town": "Xi'an"})
    assert NUMBER in text(client, here), "who entered it may read it again before they confirm"
    send(client, here)
    assert "Print and go on" in text(client, here)
    send(client, here)
    body = text(client, here)
    assert "Filled in" in body
    assert "For Xi&#x27;an" in body, "the slip stays there to be read"
    assert NUMBER not in body, "what is over is masked for everybody"


def test_the_same_form_twice_is_one_request(house: House) -> None:
    client, key = as_one("anna"), str(uuid4())
    assert begin(client, idempotency_key=key) == begin(client, idempotency_key=key)
    assert Instance.objects.count() == 1


def test_a_service_that_is_not_there_is_refused_on_the_page(house: House) -> None:
    response = as_one("anna").post(START, {"flow": "nothing"})
    assert response.status_code == 404
    assert "This service is not offered" in response.content.decode()
    assert not Instance.objects.exists()


def test_a_called_ticket_shows_what_its_customer_entered(house: House, desk: Desk) -> None:
    begun = of_customer(house, "person")
    desk.act("next")
    page = desk.page()
    address = f"{START}/{begun.instance.pk}"
    assert f'href="{address}" data-key="e"' in page
    body = text(desk.client, address)
    assert "138****5678" in body
    assert NUMBER not in body
    assert "A letter" in body
    assert "It waits for a person" in body
    ticket = desk.current()
    assert ticket is not None
    here = begin(desk.client, ticket=str(ticket.pk))
    assert f'href="{here}"' in desk.page(), "what was begun in the visit's course stands there too"


def test_a_request_is_taken_over_and_handed_back_and_the_phone_says_so(house: House) -> None:
    begun = of_customer(house)
    here, phone = f"{START}/{begun.instance.pk}", Client(headers={"accept-language": "en"})
    link = f"/r/{begun.code}"
    anna, ben = as_one("anna"), as_one("ben")
    anna.post(f"{here}/take")
    news = f"{link}/now?after=2&typing"
    assert phone.get(news)["HX-Redirect"] == link
    body = phone.get(link).content.decode()
    assert "Our staff go on with this for you now" in body
    assert 'id="q-town"' not in body
    refused = phone.post(link, {"step": "more", "revision": "2", "q.town": "x"})
    assert refused.status_code == 409
    page = text(ben, here)
    assert "Take over from Anna Meyer" in page or "安娜" in page
    # Enter was for taking it over a moment ago, before Anna did.
    assert 'id="act-take-from" data-key="T"' in page
    assert 'data-key="Enter"' not in page
    said = ben.post(f"{here}/take", follow=True).content.decode()
    assert "Anna Meyer" in said or "安娜" in said
    assert Instance.objects.get().held_by == house.actor("anna").id
    anna.post(f"{here}/back")
    assert 'id="q-town"' in phone.get(link).content.decode()
    late = anna.post(here, {"step": "more", "revision": "3", "q.town": "x"})
    assert late.status_code == 409
    assert "The customer goes on with this request" in late.content.decode()


def test_a_masked_answer_stays_when_it_is_left_empty(house: House) -> None:
    begun = of_customer(house)
    here, anna = f"{START}/{begun.instance.pk}", as_one("anna")
    anna.post(f"{here}/take")
    body = text(anna, f"{here}?at=contact")
    assert "138****5678 is entered. Leave it empty to keep that." in body
    assert NUMBER not in body
    revision = str(Instance.objects.get().revision)
    form = {"step": "contact", "revision": revision, "q.phone": "", "q.words": "Two letters"}
    assert anna.post(here, form).status_code == 303
    body = text(anna, here)
    assert "Two letters" in body
    assert "138****5678" in body


def test_only_a_reason_shows_it_in_full(house: House) -> None:
    begun = of_customer(house)
    here, mira = f"{START}/{begun.instance.pk}", as_one("mira")
    assert mira.post(f"{here}/unmask", {"reason": ""}).status_code == 422
    body = mira.post(f"{here}/unmask", {"reason": "asked"}).content.decode()
    assert NUMBER in body
    assert NUMBER not in text(mira, here)
    assert as_one("anna").post(f"{here}/unmask", {"reason": "asked"}).status_code == 403


def test_what_was_begun_at_the_desk_goes_to_a_phone_by_a_code_that_is_shown_once(house: House) -> None:
    anna = as_one("anna")
    here = begin(anna)
    send(anna, here, choice="form")
    response = anna.post(f"{here}/back")
    assert response.status_code == 200
    assert "The customer scans this" in response.content.decode()
    assert "The customer scans this" not in text(anna, here)
    assert Instance.objects.get().held_by is None


def test_a_request_is_picked_up_by_number_or_by_its_scanned_address(house: House) -> None:
    begun = of_customer(house)
    anna, otto = as_one("anna"), as_one("otto")
    number = begun.instance.number
    for typed in (number.lower(), f"{number[:4]}-{number[4:]}", f"http://hall/r/{begun.code}"):
        response = anna.post(f"{START}/pick-up", {"number": typed})
        assert response["Location"] == f"{START}/{begun.instance.pk}", typed
    nothing = anna.post(f"{START}/pick-up", {"number": "22222222"})
    assert nothing.status_code == 404
    assert "No request of this organisation has that number" in nothing.content.decode()
    elsewhere = otto.post("/desk/bank/requests/pick-up", {"number": number})
    assert "begun at Mall Service Hall" in elsewhere.content.decode()
    assert otto.get(f"/desk/bank/requests/{begun.instance.pk}").status_code == 404
    assert otto.get(f"{START}/{begun.instance.pk}").status_code == 404


def test_a_task_is_listed_counted_opened_and_done(house: House) -> None:
    begun = of_customer(house, "person")
    anna = as_one("anna")
    task = Task.objects.get()
    body = text(anna, TASKS)
    assert f"{TASKS}/{task.pk}" in body
    assert '<span class="nav-count number">1</span>' in body
    assert "Nothing" not in text(anna, f"{TASKS}?kind=taken-over&age=&number={begun.instance.number}")
    assert "No task matches" in text(anna, f"{TASKS}?kind=unsure")
    assert "No task matches" in text(anna, f"{TASKS}?age=hour")
    assert "138****5678" in text(anna, f"{TASKS}/{task.pk}")
    assert anna.post(f"{TASKS}/{task.pk}/end").status_code == 303
    assert "No task was done yet" not in text(anna, f"{TASKS}?state=done")
    assert Instance.objects.get().outcome == "by-staff"
    assert anna.get(f"{TASKS}?after=x").status_code in {400, 422}
    assert as_one("otto").get(f"{TASKS}/{task.pk}").status_code == 404


def test_tasks_are_taken_out_as_a_file_by_who_may(house: House) -> None:
    of_customer(house, "person")
    assert as_one("sue").get("/ops/mall/tasks.csv").status_code == 403
    file: Any = as_one("mira").get("/ops/mall/tasks.csv")
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert "help-me" in lines[1]
    assert NUMBER not in lines[1]


def test_a_message_goes_to_the_customer_and_what_is_wrong_with_it_is_said(house: House) -> None:
    begun = of_customer(house)
    here, anna = f"{START}/{begun.instance.pk}", as_one("anna")
    assert anna.post(f"{here}/write", {"text": ""}).status_code == 422
    sent = anna.post(f"{here}/write", {"text": "Please come back."}, follow=True)
    assert "The message is on its way" in sent.content.decode()


PARKING = """flow: parking
name: {en: Parking, zh-Hans: 停车}
category: payments
channels: [desk]
steps:
  - confirm: agree
    title: {en: Is this right?, zh-Hans: 请核对}
  - pay: money
    title: {en: Pay, zh-Hans: 付款}
    amount: "1250"
    for: {en: Parking, zh-Hans: 停车费}
  - end: done
    title: {en: Bye, zh-Hans: 再见}
"""


def test_cash_is_taken_by_whoever_has_the_request_in_hand(house: House) -> None:
    organisation = house.site().region.organisation_id
    payments.add_account(organisation_id=organisation, provider="cash", by=SYSTEM)
    services.publish_text(organisation_id=organisation, text=PARKING, by=SYSTEM)
    client = as_one("anna")
    address = begin(client, flow="parking")
    assert send(client, address, agree="on").status_code == 303
    assert 'value="cash"' in client.get(address).content.decode()
    assert client.post(f"{address}/pay", {"provider": "cash"}).status_code == 303
    body = client.get(address).content.decode()
    assert "12.50" in body
    assert f'action="{address}/cash"' in body
    assert client.post(f"{address}/cash").status_code == 303
    assert "Bye" in client.get(address).content.decode()
    assert client.post(f"{address}/cash").status_code == 303
    assert [(one.state, one.amount) for one in Intent.objects.all()] == [("paid", 1250)]


def test_pages_of_requests_make_a_constant_number_of_queries(
    house: House, django_assert_max_num_queries: Any
) -> None:
    begun = of_customer(house, "person")
    anna = as_one("anna")
    address = f"{START}/{begun.instance.pk}"
    for page, most in ((START, 18), (address, 22), (TASKS, 16)):
        anna.get(page)
        for _ in range(2):
            with django_assert_max_num_queries(most):
                anna.get(page)
        for _ in range(3):
            of_customer(house, "person")
