"""Money is given back: in parts, never more than came in, confirmed for exactly this, and never lost or given twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from servicehall.kernel import clock, effects, step_up
from servicehall.kernel.errors import BadInput, NotAllowed
from servicehall.kernel.models import Effect
from servicehall.rooms.payments import actions
from servicehall.rooms.payments.models import Intent, Refund
from tests.hall import CUSTOMER

from .till import Till, confirmed_for

BOTH = pytest.mark.parametrize("provider", ["wechat", "alipay", "cash"])


def now(intent: Intent) -> Intent:
    return Intent.objects.get(pk=intent.pk)


def paid(till: Till, provider: str, amount: int = 1200) -> Intent:
    if provider != "cash":
        return till.paid(provider, amount)
    return actions.take_cash(intent_id=till.offered("cash", amount).pk, by=till.hall.actors["agent"])


@BOTH
def test_parts_are_given_back_until_nothing_is_left(till: Till, provider: str) -> None:
    intent = paid(till, provider)
    assert till.refund(intent, 500).state == "done"
    assert till.refund(intent, 700, who="admin").state == "done"
    with pytest.raises(actions.TooMuch):
        till.refund(intent, 1)
    assert (now(intent).state, now(intent).refunded) == ("paid", 1200)
    if provider != "cash":
        assert till.order(intent).refunded == 1200
    assert list(intent.events.order_by("pk").values_list("kind", flat=True))[-4:] == [
        "refund-begun", "refund-done", "refund-begun", "refund-done",
    ]  # fmt: skip


def test_more_than_came_in_or_nothing_is_refused_and_changes_nothing(till: Till) -> None:
    intent = till.paid()
    with pytest.raises(actions.TooMuch):
        till.refund(intent, 1201)
    for amount in (0, -5):
        with pytest.raises(BadInput):
            till.refund(intent, amount)
    with pytest.raises(BadInput):
        till.refund(intent, 5, reason="because")
    with pytest.raises(actions.TooMuch):
        till.refund(till.offered(), 1)
    assert not Refund.objects.exists()
    assert now(intent).refunded == 0


def test_only_managers_give_money_back_and_only_after_confirming_exactly_this(till: Till) -> None:
    intent, other = till.paid(), till.paid()
    for who in ("agent", "supervisor"):
        with pytest.raises(NotAllowed):
            till.refund(intent, 100, who=who)
    with pytest.raises(NotAllowed):
        actions.refund(intent_id=intent.pk, amount=100, reason="customer", key="k", by=CUSTOMER)
    given: dict[str, Any] = {"reason": "customer", "key": "k", "by": till.hall.actors["manager"]}
    with pytest.raises(step_up.StepUpNeeded) as needed:
        actions.refund(intent_id=intent.pk, amount=100, **given)
    assert needed.value.operation == step_up.Operation("payment.refund", str(intent.pk), 100, "CNY")
    with confirmed_for(intent, 100):
        with pytest.raises(step_up.StepUpRefused):
            actions.refund(intent_id=intent.pk, amount=101, **given)
        with pytest.raises(step_up.StepUpRefused):
            actions.refund(intent_id=other.pk, amount=100, **given)
    assert not Refund.objects.exists()
    assert till.order(intent).refunded == 0


def test_the_same_key_gives_money_back_once(till: Till) -> None:
    intent = till.paid()
    first = till.refund(intent, 300, key="one")
    assert till.refund(intent, 300, key="one").pk == first.pk
    with pytest.raises(actions.RefundOtherwise):
        till.refund(intent, 301, key="one")
    assert (till.order(intent).refunded, now(intent).refunded) == (300, 300)


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_a_lost_answer_stays_reserved_and_is_asked_about(till: Till, provider: str) -> None:
    intent = till.paid(provider)
    till.provider.mode = "lost"
    assert till.refund(intent, 1000).state == "unknown"
    till.provider.mode = "silent"
    with pytest.raises(actions.TooMuch):
        till.refund(intent, 300)  # it may have been given back
    effects.ask_about_open(at=clock.now() + timedelta(seconds=10))
    assert Refund.objects.get().state == "done"
    assert till.order(intent).refunded == 1000
    assert Effect.objects.filter(kind="payment.refund").count() == 1


def test_what_the_provider_works_on_is_not_done_yet(till: Till) -> None:
    till.provider.travel = 60
    intent = till.paid()
    assert till.refund(intent, 200).state == "unknown"
    till.provider.orders["wechat", intent.number].refunds[Refund.objects.get().number].done_at = clock.now()
    effects.ask_about_open(at=clock.now() + timedelta(seconds=10))
    assert Refund.objects.get().state == "done"


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_a_declined_refund_frees_the_amount(till: Till, provider: str) -> None:
    intent = till.paid(provider)
    till.provider.mode = "declined"
    assert till.refund(intent, 1200).state == "failed"
    assert now(intent).refundable.minor == 1200
    till.provider.mode = "silent"
    assert till.refund(intent, 1200).state == "done"
    assert till.order(intent).refunded == 1200


def test_a_surplus_whose_refund_is_declined_is_wanted_again(till: Till) -> None:
    intent = till.offered("alipay")
    actions.close(intent_id=intent.pk, by=CUSTOMER)
    till.provider.pay(till.order(intent))
    till.told(intent)
    till.provider.mode = "declined"
    assert till.refund(intent, 1200, key=Refund.objects.get().key, reason="late").state == "failed"
    again = Refund.objects.get(state="wanted")
    assert (again.amount, again.reason) == (1200, "late")
    till.provider.mode = "silent"
    assert till.refund(intent, 1200, key=again.key, reason="late").state == "done"
    assert not Refund.objects.filter(state="wanted").exists()


@pytest.mark.django_db(transaction=True)
def test_refunds_at_the_same_moment_never_give_back_more_than_came_in(
    transactional_db: None, keys: Any, settings: Any
) -> None:
    from tests.hall import make_hall

    from .till import make_till, simulated

    with simulated(keys, settings) as provider:
        settings.PAYMENT_PATIENCE = 5
        till = make_till(make_hall(), provider)
        intent, ended = till.paid(), []

        def give() -> None:
            try:
                ended.append(till.refund(intent, 500, key=uuid4().hex).state)
            except actions.TooMuch:
                ended.append("too much")
            finally:
                connection.close()

        threads = [threading.Thread(target=give) for _ in range(6)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)
        assert sorted(ended) == ["done", "done", *["too much"] * 4]
        assert (now(intent).refunded, till.order(intent).refunded) == (1000, 1000)
