"""Paying within a flow: an order that a dying process never asked for, and money for what was not done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from servicehall.kernel import clock, effects, timers
from servicehall.kernel.errors import Refused
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.payments.models import Intent
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Instance, Task
from servicehall.rooms.services.screen import screen
from tests.hall import catch_up
from tests.rooms.services.shop import Shop, set_up
from tests.rooms.services.way import GUEST

if TYPE_CHECKING:
    from tests.rooms.payments.till import Till

TEXT = """flow: parking
name: {en: Parking, zh-Hans: 停车}
category: payments
channels: [phone]
steps:
  - confirm: agree
    title: {en: Pay five yuan?, zh-Hans: 支付五元？}
  - pay: money
    title: {en: Pay, zh-Hans: 支付}
    amount: "500"
    for: {en: Parking, zh-Hans: 停车}
  - call: opened
    connector: shop
    operation: buy
    with: {pieces: "1", total: money.amount}
    gives: {receipt: text}
    failed: sorry
  - end: done
    title: {en: Bye, zh-Hans: 再见}
  - end: sorry
    outcome: refused
    title: {en: Sorry, zh-Hans: 抱歉}
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("payment-keys")


@pytest.fixture
def till(db: None, keys: Path, settings: Any) -> Iterator[Till]:
    from tests.hall import make_hall
    from tests.rooms.payments.till import make_till, simulated

    with simulated(keys, settings) as provider:
        yield make_till(make_hall(), provider)


def at_the_till(till: Till) -> str:
    """The code of a request that waits to be paid."""
    organisation = till.hall.site.region.organisation_id
    set_up(organisation)
    actions.publish_text(organisation_id=organisation, text=TEXT, by=SYSTEM)
    begun = actions.begin(site_id=till.hall.site.pk, flow="parking", channel="phone", by=GUEST, language="en")
    actions.submit(instance_id=begun.instance.pk, step="agree", revision=0, answer=True, by=GUEST)
    return begun.code


def row(code: str) -> Instance:
    return queries.instance_by_code(code)


def later(seconds: float) -> None:
    """The worker does its part, so much later."""
    moment = clock.now() + timedelta(seconds=seconds)
    with clock.at(moment):
        catch_up()
        for _round in range(3):
            timers.run_due()
        actions.work_due()


def test_an_order_that_a_dying_process_did_not_ask_for_is_asked_for_by_the_worker(
    till: Till, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = at_the_till(till)

    def dies(*_given: object, **_named: object) -> None:
        raise SystemExit

    monkeypatch.setattr(effects, "intend", dies)
    with pytest.raises(SystemExit):
        actions.pay(instance_id=row(code).pk, provider="wechat", by=GUEST)
    monkeypatch.undo()
    assert screen(row(code))["payment"]["state"] == "opened"
    later(1)
    assert till.provider.orders == {}, "whoever opened it may still be about to ask"
    later(16)
    assert screen(row(code))["payment"]["qr"]
    assert len(till.provider.orders) == 1
    later(90)
    assert len(till.provider.orders) == 1


def test_what_is_paid_while_the_worker_looks_goes_on(
    till: Till, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has read the request as it was before the money came, and must not put down what came of it."""
    code = at_the_till(till)
    actions.pay(instance_id=row(code).pk, provider="wechat", by=GUEST)
    (order,) = till.provider.orders.values()
    intent = row(code).intent_id
    assert intent is not None

    def meanwhile(*_given: object, **_named: object) -> bool:
        monkeypatch.undo()
        till.provider.pay(order)
        payments.ask(intent_id=intent, by=SYSTEM)
        catch_up()
        timers.run_due()
        return True

    monkeypatch.setattr("servicehall.rooms.services.actions.working.offer_again", meanwhile)
    with clock.at(clock.now() + timedelta(seconds=16)):
        actions.work_due()
    assert row(code).step == "opened"
    later(17)
    assert row(code).outcome == "done"


def test_what_could_never_be_offered_is_closed_when_its_time_is_over(till: Till, shop: Shop) -> None:
    code = at_the_till(till)
    till.provider.mode = "declined"
    open_intent = payments.open_intent(
        site_id=till.hall.site.pk, reference_kind="request", reference_id=row(code).pk, revision=1,
        money=_five(), description="Parking", provider="wechat", by=GUEST,
    )  # fmt: skip
    Instance.objects.filter(pk=row(code).pk).update(intent_id=open_intent.pk, works_at=clock.now())
    later(20 * 60)
    later(20 * 60 + 1)
    assert row(code).intent_id is None
    assert screen(row(code))["ways"]


def _five() -> Any:
    from servicehall.kernel.money import Money

    return Money(500, "CNY")


def test_money_for_what_was_not_done_then_is_given_back_by_a_person(till: Till, shop: Shop) -> None:
    code = at_the_till(till)
    shop.says["buy"] = [Outcome("refused", words="full")]
    actions.pay(instance_id=row(code).pk, provider="wechat", by=GUEST)
    (order,) = till.provider.orders.values()
    assert till.provider.pay(order)
    intent = row(code).intent_id
    assert intent is not None
    payments.ask(intent_id=intent, by=SYSTEM)
    later(1)
    later(2)
    assert row(code).outcome == "refused"
    assert [(task.kind, task.step) for task in Task.objects.all()] == [("refund", "money")]


def test_a_clerk_who_has_it_in_hand_takes_cash_and_it_goes_on_at_once(till: Till, shop: Shop) -> None:
    code, clerk = at_the_till(till), till.hall.actors["agent"]
    with pytest.raises(payments.NoSuchWay):
        actions.pay(instance_id=row(code).pk, provider="cash", by=GUEST)
    assert "cash" not in {way["provider"] for way in screen(row(code))["ways"]}
    actions.take_over(instance_id=row(code).pk, by=clerk)
    with pytest.raises(actions.NotThisStep):
        actions.take_cash(instance_id=row(code).pk, by=clerk)
    assert "cash" in {way["provider"] for way in screen(row(code), reader=clerk.id)["ways"]}
    actions.pay(instance_id=row(code).pk, provider="cash", by=clerk)
    assert screen(row(code), reader=clerk.id)["payment"] == {"state": "offered", "provider": "cash", "qr": ""}
    actions.take_cash(instance_id=row(code).pk, by=clerk)
    assert row(code).step == "opened"
    later(1)
    assert row(code).outcome == "done"
    assert [(one.provider, one.state) for one in Intent.objects.all()] == [("cash", "paid")]


def test_cash_that_was_not_given_is_asked_for_otherwise(till: Till, shop: Shop) -> None:
    code, clerk = at_the_till(till), till.hall.actors["agent"]
    actions.take_over(instance_id=row(code).pk, by=clerk)
    actions.pay(instance_id=row(code).pk, provider="cash", by=clerk)
    actions.hand_back(instance_id=row(code).pk, by=clerk)
    with pytest.raises(Refused):
        actions.take_cash(instance_id=row(code).pk, by=GUEST)
    actions.stop_paying(instance_id=row(code).pk, by=GUEST)
    assert {way["provider"] for way in screen(row(code))["ways"]} == {"wechat", "alipay"}
