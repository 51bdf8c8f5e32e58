"""Paying over the API: the worker speaks with the provider, so that whoever asks is answered at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.channels.api.speaking import Place
from tests.channels.api.test_requests import Customer

FEE = """
flow: fee
name: {en: Fee, zh-Hans: 费用}
category: payments
channels: [kiosk]
steps:
  - choose: kind
    title: {en: K, zh-Hans: 类}
    options:
      - {value: "500", label: {en: Five, zh-Hans: 五元}}
      - {value: "900", label: {en: Nine, zh-Hans: 九元}}
  - confirm: agree
    title: {en: A, zh-Hans: 对吗}
  - pay: fee
    title: {en: P, zh-Hans: 付}
    amount: int(kind.value)
    for: {en: Fee, zh-Hans: 费用}
  - end: done
    title: {en: "Paid ${fee.amount | money}", zh-Hans: "已付${fee.amount | money}"}
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys, made once: they take a while."""
    return tmp_path_factory.mktemp("payment-keys")


@pytest.fixture
def till(mall: Place, keys: Path, settings: Any) -> Iterator[Any]:
    """The mall takes money, by providers who are simulated."""
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.services import actions
    from tests.rooms.payments.till import make_till, simulated

    settings.ROOT_URLCONF = "servicehall.urls"  # providers are told an address among the pages'
    with simulated(keys, settings) as provider:
        made = make_till(mall.hall, provider)
        actions.publish_text(organisation_id=mall.hall.site.region.organisation_id, text=FEE, by=SYSTEM)
        yield made


def _at_pay(mall: Place) -> Customer:
    begun = mall.api("kiosk").post("/sites/mall/requests", {"flow": "fee", "channel": "kiosk"})
    me = Customer(begun.json, "en")
    me.answer("500")
    me.answer(True)
    assert (me.screen["kind"], me.screen["amount_words"], me.screen["for"]) == ("pay", "CN¥5.00", "Fee")
    assert [one["provider"] for one in me.screen["ways"]] == ["alipay", "wechat"]
    return me


def _pay(me: Customer, provider: str = "wechat", **headers: str) -> Any:
    return me.api.post(f"{me.path}/pay", {"provider": provider}, **headers)


def test_what_is_wished_is_answered_at_once_and_paid_in_the_end(mall: Place, till: Any) -> None:
    from servicehall.kernel import events, timers
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.payments import actions as payments
    from servicehall.rooms.payments.models import Intent
    from servicehall.rooms.services.models import Instance
    from tests.hall import catch_up

    me = _at_pay(mall)
    wished = _pay(me, Idempotency_Key="p").json
    assert wished["payment"] == {"state": "wished", "provider": "wechat", "qr": ""}
    assert (wished["back"], "ways" in wished) == ("", False)
    assert not till.provider.orders  # nobody was called within the request
    assert _pay(me, Idempotency_Key="p").headers["Idempotency-Replayed"] == "true"
    assert _pay(me).json["revision"] == wished["revision"]
    other = _pay(me, "alipay")
    assert (other.status, other.kind) == (409, "flow-payment-under-way")
    assert other.json["screen"]["payment"]["state"] == "wished"
    assert me.answer("900", step="kind", revision=wished["revision"]).kind == "flow-payment-under-way"
    assert me.api.post(f"{me.path}/leave").kind == "flow-payment-under-way"
    assert me.api.post(f"{me.path}/hand-over").kind == "flow-payment-under-way"
    shown = me.work()
    assert (shown["payment"]["state"], shown["revision"]) == ("offered", wished["revision"] + 1)
    assert shown["payment"]["qr"]
    assert _pay(me).json["payment"] == shown["payment"]
    intent = Intent.objects.get()
    assert till.provider.pay(till.order(intent))
    payments.ask(intent_id=intent.pk, by=SYSTEM)
    catch_up()
    timers.run_due()
    assert me.look()["title"] == "Paid CN¥5.00"
    kinds = [one.kind for one in events.about(Instance.objects.get().pk)]
    assert kinds.count("request.wished") == 1


def test_paying_is_stopped_and_an_earlier_answer_changed(mall: Place, till: Any) -> None:
    me = _at_pay(mall)
    _pay(me)
    me.work()
    stopping = me.api.post(f"{me.path}/stop-paying").json
    assert stopping["payment"]["state"] == "closing"
    assert me.api.post(f"{me.path}/stop-paying").json["revision"] == stopping["revision"]
    assert [one["provider"] for one in me.work()["ways"]] == ["alipay", "wechat"]
    assert [order.state for order in till.provider.orders.values()] == ["closed"]
    me.look(at="kind")
    me.answer("900")
    me.answer(True)
    assert me.screen["amount"] == 900
    _pay(me, "alipay")
    assert me.work()["payment"]["provider"] == "alipay"


def test_what_was_only_wished_can_be_wished_otherwise(mall: Place, till: Any) -> None:
    me = _at_pay(mall)
    _pay(me)
    me.api.post(f"{me.path}/stop-paying")
    assert "ways" in me.work()
    assert not till.provider.orders


def test_a_provider_that_is_not_reached_is_tried_again_and_then_told(
    mall: Place, till: Any, settings: Any
) -> None:
    from datetime import timedelta

    from servicehall.kernel import clock
    from servicehall.rooms.services import actions

    settings.WECHAT_PAY_URL = "http://127.0.0.1:9"
    me = _at_pay(mall)
    _pay(me)
    me.work()
    for seconds in (3, 10):
        assert me.look()["payment"]["state"] in {"wished", "opened"}
        actions.work_due(at=clock.now() + timedelta(seconds=seconds))
    failed = me.look()
    assert failed["payment"]["state"] == "failed"
    me.api.post(f"{me.path}/stop-paying")
    assert "ways" in me.work()


def test_what_failed_at_a_program_can_be_chosen_anew_on_the_phone(mall: Place, till: Any) -> None:
    from django.test import Client

    from servicehall.rooms.payments.models import Account

    me = _at_pay(mall)
    _pay(me)
    Account.objects.filter(provider="wechat").update(is_active=False)  # meanwhile it is taken out of use
    assert me.work()["payment"]["state"] == "failed"
    stopped = Client().post(f"/r/{me.code}/unpay")
    assert stopped.status_code == 303
    assert [one["provider"] for one in me.look()["ways"]] == ["alipay"]


def test_a_way_that_is_not_offered(mall: Place, till: Any) -> None:
    me = _at_pay(mall)
    for provider in ("cash", "shells"):
        refused = _pay(me, provider)
        assert (refused.status, refused.kind) == (409, "payment-no-such-way")
    assert me.look()["ways"]
