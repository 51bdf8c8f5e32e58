"""Services that customers do by themselves at the kiosk: every step, once each, and what becomes of what is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from servicehall.rooms.services import actions
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Instance, Task
from tests.channels.kiosk.tour import HOME, TEXT, Customer, offer
from tests.hall import Hall, make_site
from tests.rooms.services.shop import Shop
from tests.rooms.services.way import published


@pytest.fixture
def shop() -> Iterator[Shop]:
    found = Shop()
    yield found
    found.close()


@pytest.fixture
def customer(hall: Hall, shop: Shop, kiosk: Client) -> Customer:
    offer(hall)
    return Customer(kiosk)


@pytest.mark.parametrize(
    ("language", "words", "kind"),
    [("en", "Buy a day ticket", "Do it here, without waiting"), ("zh-Hans", "购买日票", "本机自助办理")],
)
def test_the_first_screen_offers_what_can_be_done_here_beside_tickets(
    customer: Customer, language: str, words: str, kind: str
) -> None:
    page = customer.client.get(HOME, {"language": language}).content.decode()
    assert words in page
    assert kind in page
    assert 'data-service="consult"' in page
    assert 'data-group-show="tickets"' in page
    assert 'data-group-show="do"' in page


@pytest.mark.parametrize(
    ("language", "words", "hours"),
    [("en", "Not open now", "Tue 08:00–09:00"), ("zh-Hans", "当前未开放", "星期二 08:00–09:00")],
)
def test_a_service_that_is_not_open_now_says_when_it_is_and_cannot_be_touched(
    hall: Hall, kiosk: Client, language: str, words: str, hours: str
) -> None:
    offer(hall)
    opening = 'open: [{days: [tue], from: "08:00", to: "09:00"}]\nsteps:\n'
    published(hall, TEXT.replace("flow: tour", "flow: early").replace("steps:\n", opening, 1), "early")
    page = kiosk.get(HOME, {"language": language}).content.decode()
    tile = page[page.index('data-service="do.early"') :].split("data-service", 2)[1]
    assert words in tile
    assert hours in tile
    assert 'value="tour"' in page
    assert 'value="early"' not in page


def test_a_kiosk_of_another_site_does_not_go_on_with_a_request(customer: Customer) -> None:
    code = customer.begin().code
    make_site("branch")
    for path in ("", "/now", "/answer", "/pay", "/leave", "/move", "/person"):
        sent = {"code": code, "step": "hello", "revision": "0", "idempotency_key": "k" * 20}
        assert customer.client.post(f"/kiosk/branch-door/request{path}", sent).status_code == 404
    assert Instance.objects.get().state == "open"
    assert customer.send("").facts["step"] == "hello"


def test_many_are_sorted_by_category_and_found_by_letters(hall: Hall, shop: Shop, kiosk: Client) -> None:
    offer(hall, 30)
    page = kiosk.get(HOME, {"language": "zh-Hans"}).content.decode()
    assert page.count('form="begin"') == 30
    for group in ("payments", "health", "documents", "other", "tickets"):
        assert f'data-group-show="{group}"' in page
    assert 'data-initials="g m r p"' in page
    assert "data-letters" in page
    assert page.index("购买日票") < page.index("日票1<")


def test_more_services_take_no_more_queries(
    hall: Hall, shop: Shop, kiosk: Client, django_assert_max_num_queries: Any
) -> None:
    offer(hall)
    kiosk.get(HOME)
    with django_assert_max_num_queries(11) as one:
        kiosk.get(HOME)
    most = len(one)
    offer_more(hall)
    kiosk.get(HOME)
    with django_assert_max_num_queries(most):
        kiosk.get(HOME)


def offer_more(hall: Hall) -> None:
    from tests.channels.kiosk.tour import TEXT

    for n in range(5):
        published(hall, TEXT.replace("flow: tour", f"flow: more-{n}"), f"more-{n}")


def test_what_is_not_for_kiosks_is_not_offered_there(hall: Hall, shop: Shop, kiosk: Client) -> None:
    published(hall)  # by phone only
    assert 'form="begin"' not in kiosk.get(HOME).content.decode()
    refused = Customer(kiosk).begin("trial")
    assert refused.status == 409
    assert "This service is not offered here" in refused.page
    assert not Instance.objects.exists()


def test_a_service_is_gone_through_to_its_end(customer: Customer, shop: Shop) -> None:
    customer.begin()
    assert (customer.status, customer.facts["kind"]) == (200, "inform")
    assert "Tickets cannot be given back" in customer.page
    customer.answer()
    assert (customer.facts["kind"], 'value="grown"' in customer.page) == ("choose", True)
    customer.answer(choice="grown")
    assert customer.facts["kind"] == "form"
    for keys in ('"latin name"', '"numeric"', '"phone"', '"pin"'):
        assert f"data-keyboard={keys}" in customer.page
    customer.answer(name="Wang Fang", pieces="2", code="4711")
    assert "data-look-again" in customer.page
    assert customer.send("/now", after=customer.facts["revision"]).status == 204
    actions.work_due()
    assert customer.send("/now", after="0").status == 200
    customer.send("")
    assert (customer.facts["kind"], "Wang Fang" in customer.page) == ("confirm", True)
    assert "4711" not in customer.page
    customer.answer()
    actions.work_due()
    customer.send("")
    assert customer.facts["kind"] == "print"
    customer.answer()
    assert customer.facts["kind"] == "survey"
    customer.answer(score="5")
    assert (customer.facts["kind"], "Receipt R2" in customer.page) == ("end", True)
    assert (customer.row.state, customer.row.channel, list(shop.sold.values())) == ("ended", "kiosk", [2])


def test_no_address_and_no_link_of_a_screen_holds_the_code(customer: Customer) -> None:
    customer.bought()
    assert customer.page.count(customer.code) == 1  # which screens.js takes out before the screen is shown
    assert f'data-code="{customer.code}"' in customer.page
    assert customer.client.get(f"{HOME}/request").status_code == 405


def test_the_same_touch_twice_begins_one_request(customer: Customer) -> None:
    first = customer.begin(key="one-touch-of-a-tile").code
    assert customer.begin(key="one-touch-of-a-tile").code == first
    assert Instance.objects.count() == 1
    assert customer.begin(key="another-touch-of-it").code != first


def test_a_lost_answer_is_sent_again_and_counts_once(customer: Customer) -> None:
    customer.begin()
    at = dict(customer.facts)
    customer.answer(key="sent-and-not-heard-of")
    customer.facts = at
    customer.answer(key="sent-and-not-heard-of")
    assert (customer.status, customer.facts["kind"], customer.row.revision) == (200, "choose", 1)
    assert "another screen" not in customer.page


def test_an_answer_to_what_went_on_meanwhile_says_so(customer: Customer) -> None:
    customer.begin()
    at = dict(customer.facts)
    customer.answer()
    customer.facts = at
    customer.answer()
    assert (customer.status, customer.facts["kind"]) == (409, "choose")
    assert "This has gone on meanwhile" in customer.page


@pytest.mark.parametrize(("language", "words"), [("en", "Please fill this in."), ("zh-Hans", "请填写")])
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    customer: Customer, language: str, words: str
) -> None:
    customer.begin().answer().answer(choice="child")
    customer.answer(name="王芳", pieces="20", code="", language=language)
    assert (customer.status, customer.facts["step"]) == (422, "person")
    assert 'id="q-pieces_error"' in customer.page
    assert 'id="q-code_error"' in customer.page
    assert words in customer.page
    assert 'value="王芳"' in customer.page
    assert customer.row.revision == 2


def test_an_earlier_answer_is_changed(customer: Customer) -> None:
    customer.begin().answer().answer(choice="grown").answer(name="Li", pieces="2", code="4711")
    actions.work_due()
    customer.send("")
    assert 'name="at" value="person"' in customer.page
    customer.send("", at="person")
    assert (customer.facts["step"], 'value="Li"' in customer.page) == ("person", True)
    customer.answer(name="Li", pieces="3", code="4711")
    actions.work_due()
    assert "CN¥7.50" in customer.send("").page


def test_the_slip_is_printed_once_and_then_only_as_a_copy(customer: Customer) -> None:
    customer.bought()
    assert "flow-paper" not in customer.page
    at = dict(customer.facts)
    customer.answer(key="the-word-to-print")
    assert "data-slip-now" in customer.page
    assert "DAY TICKET R2" in customer.page
    assert '<p class="slip-copy" hidden>' in customer.page
    printed = customer.facts
    customer.facts = at
    customer.answer(key="another-word-to-print")
    assert "data-slip-now" not in customer.page
    customer.facts = printed
    customer.answer(score="4")
    assert "Print a copy" in customer.page
    assert "data-slip-now" not in customer.page
    assert '<p class="slip-copy">COPY</p>' in customer.page


def test_without_a_printer_the_slip_is_shown(customer: Customer) -> None:
    customer.client.get(HOME, {"printer": "no"})
    customer.bought()
    assert "This kiosk has no printer" in customer.page
    customer.answer()
    assert (customer.facts["kind"], "flow-paper" in customer.page) == ("survey", False)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_request_that_somebody_walked_away_from_is_left(customer: Customer, steps: int) -> None:
    customer.begin()
    for given in [{}, {"choice": "grown"}][:steps]:
        customer.answer(**given)
    assert customer.send("/leave").status == 204
    assert customer.row.state == "left"
    assert customer.send("/leave").status == 204  # said twice is no fault


def test_what_was_done_once_stays_when_somebody_walks_away(customer: Customer, shop: Shop) -> None:
    customer.bought()
    assert customer.send("/leave").status == 204
    assert (customer.row.state, list(shop.sold.values())) == ("open", [2])


def test_what_is_being_done_stays_when_somebody_walks_away(customer: Customer, shop: Shop) -> None:
    customer.begin().answer().answer(choice="grown").answer(name="Li", pieces="2", code="4711")
    actions.work_due()
    customer.send("").answer()
    customer.send("/leave")
    assert customer.row.state == "open"
    actions.work_due()
    assert list(shop.sold.values()) == [2]


def test_what_waits_for_a_person_stays_when_somebody_walks_away(customer: Customer, shop: Shop) -> None:
    shop.says["buy"] = [Outcome("unknown")]
    customer.bought()
    assert customer.facts["kind"] == "waiting"
    assert "Our staff take care of this now" in customer.page
    customer.send("/leave")
    assert (customer.row.state, Task.objects.count()) == ("waiting", 1)


def test_a_code_that_nobody_has_leads_back_to_the_services(customer: Customer) -> None:
    customer.code = "nobody-has-this-code"
    for path in ("", "/answer", "/pay", "/unpay", "/now", "/leave"):
        assert customer.send(path).status == 404, path
        assert 'data-screen="refused"' in customer.page


@pytest.mark.parametrize("fields", [{}, {"flow": "no slug!"}, {"flow": "tour", "idempotency_key": "short"}])
def test_what_does_not_fit_begins_nothing(customer: Customer, fields: dict[str, str]) -> None:
    answer = customer.client.post(f"{HOME}/request/begin", fields)
    assert (answer.status_code, Instance.objects.count()) == (422, 0)


def test_nothing_of_a_screen_is_kept_by_anybody(customer: Customer) -> None:
    answer = customer.client.post(
        f"{HOME}/request/begin", {"flow": "tour", "idempotency_key": "one-touch-of-it"}
    )
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies.get("sessionid")
