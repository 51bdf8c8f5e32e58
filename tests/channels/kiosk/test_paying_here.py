"""Paying at the kiosk: the code to scan, money that comes in, and somebody who walks away from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import timers
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.payments.models import Intent
from tests.channels.kiosk.tour import HOME, Customer
from tests.hall import Hall, catch_up, make_hall
from tests.rooms.payments.till import Till, make_till, simulated
from tests.rooms.services.way import published

TEXT = """
flow: parking
name: {en: Pay for parking, zh-Hans: 缴停车费}
category: payments
channels: [kiosk]
steps:
  - confirm: agree
    title: {en: Three hours, zh-Hans: 停车三小时}
  - pay: payment
    title: {en: Pay, zh-Hans: 支付}
    amount: "1200"
    for: {en: Three hours of parking, zh-Hans: 停车三小时}
  - print: slip
    title: {en: Your receipt, zh-Hans: 打印凭条}
    slip: {en: "Paid ${payment.amount | money}", zh-Hans: "已缴${payment.amount | money}"}
  - end: done
    title: {en: Have a good trip, zh-Hans: 祝您一路平安}
"""


@pytest.fixture
def hall(db: None) -> Hall:
    """The small hall, by the clock of the day: what is sent to a provider is of its moment."""
    return make_hall()


@pytest.fixture
def till(hall: Hall, tmp_path: Path, settings: Any) -> Iterator[Till]:
    with simulated(tmp_path, settings) as provider:
        till = make_till(hall, provider)
        published(hall, TEXT, "parking")
        yield till


@pytest.fixture
def customer(till: Till, kiosk: Client) -> Customer:
    """Somebody to whom the code is shown."""
    return Customer(kiosk).begin("parking").answer().send("/pay", provider="wechat")


def pay(till: Till) -> None:
    intent = Intent.objects.get()
    assert till.provider.pay(till.order(intent))
    payments.ask(intent_id=intent.pk, by=SYSTEM)
    settle()


def settle() -> None:
    """What the room of payments found out comes to the request."""
    catch_up()
    timers.run_due()


def test_the_code_to_scan_is_shown_and_paid_once(customer: Customer, till: Till) -> None:
    assert (customer.facts["kind"], 'class="qr"' in customer.page) == ("pay", True)
    assert "Scan with WeChat to pay" in customer.page
    assert "hx-get" not in customer.page
    state = {"after": customer.facts["revision"], "payment": "waiting"}
    assert customer.send("/pay", provider="wechat").facts["kind"] == "pay"
    assert Intent.objects.count() == 1
    pay(till)
    assert customer.send("/now", **state).status == 200
    customer.send("")
    assert customer.facts["kind"] == "print"
    assert "CN¥12.00" in customer.page
    assert customer.send("/pay", provider="wechat").facts["kind"] == "print"


def test_it_is_paid_otherwise_when_somebody_likes(customer: Customer, till: Till) -> None:
    customer.send("/unpay")
    assert customer.facts["kind"] == "pay"
    assert 'value="alipay"' in customer.page
    customer.send("/pay", provider="alipay")
    assert "Scan with Alipay to pay" in customer.page
    assert sorted(Intent.objects.values_list("state", flat=True)) == ["closed", "offered"]


def test_a_payment_that_nobody_made_is_stopped_and_the_request_left(customer: Customer, till: Till) -> None:
    assert customer.send("/leave").status == 204
    assert Intent.objects.get().state == "closed"
    assert customer.row.state == "left"


def test_what_was_paid_stays_when_somebody_walks_away(customer: Customer, till: Till) -> None:
    pay(till)
    assert customer.send("/leave").status == 204
    assert customer.row.state == "open"
    assert customer.send("").facts["kind"] == "print"


def test_what_is_paid_at_the_last_moment_stays_too(customer: Customer, till: Till) -> None:
    """The provider has the money, and the hall does not know yet."""
    assert till.provider.pay(till.order(Intent.objects.get()))
    assert customer.send("/leave").status == 204
    settle()
    assert (Intent.objects.get().state, customer.row.state) == ("paid", "open")
    assert customer.send("").facts["kind"] == "print"


def test_a_way_that_is_not_there_leaves_the_customer_where_they_are(till: Till, kiosk: Client) -> None:
    customer = Customer(kiosk).begin("parking").answer().send("/pay", provider="shells")
    assert (customer.status >= 400, customer.facts["kind"]) == (True, "pay")
    assert "banner-bad" in customer.page
    assert 'value="wechat"' in customer.page


def test_the_first_screen_offers_paying(till: Till, kiosk: Client) -> None:
    assert "Pay for parking" in kiosk.get(HOME, {"language": "en"}).content.decode()
