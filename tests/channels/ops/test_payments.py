"""Payments in operations: listed and filtered, given back after confirming, compared by day, taken out as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.models import Event
from servicehall.rooms.payments import actions
from servicehall.rooms.payments.actions.reconciling import ZONE
from servicehall.rooms.payments.models import Intent, Reconciliation, Refund
from tests.channels.ops.watching import Halls
from tests.hall import CUSTOMER, make_hall
from tests.rooms.payments.till import Till, make_till, simulated

PATH = "/ops/mall/payments"


@pytest.fixture
def halls(db: None) -> Halls:
    """Two halls of two organisations; nothing happened in them yet."""
    return Halls(make_hall("mall"), make_hall("bank"), None, {})


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("payment-keys")


@pytest.fixture
def till(halls: Halls, keys: Path, settings: Any) -> Iterator[Till]:
    with simulated(keys, settings) as provider:
        yield make_till(halls.mall, provider)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_agents_see_the_payments_of_their_site_and_nothing_more(halls: Halls, till: Till) -> None:
    paid = till.paid()
    agent = halls.as_("agent")
    page = text(agent.get(PATH))
    assert "CN¥12.00" in page
    assert "Compare a day" not in page
    assert f"{PATH}/{paid.pk}" in page
    assert "Give money back" not in text(agent.get(f"{PATH}/{paid.pk}"))
    for path in (f"{PATH}/{paid.pk}/refund", "/ops/mall/reconciliation", f"{PATH}.csv"):
        assert agent.get(path).status_code == 403
    stranger = halls.as_("manager", halls.bank)
    for path in (PATH, f"{PATH}/{paid.pk}", f"/ops/bank/payments/{paid.pk}"):
        assert stranger.get(path).status_code == 404
    assert Client().get(PATH).status_code in {302, 401}


def test_payments_are_filtered_and_paged(
    halls: Halls, till: Till, django_assert_max_num_queries: Any
) -> None:
    paid, cash = till.paid(), till.offered("cash", 500)
    manager = halls.as_("manager")
    for query, shown in {
        "": {paid, cash},
        "?state=paid": {paid},
        "?provider=cash": {cash},
        f"?number={paid.transaction_id}": {paid},
        f"?number={cash.number}": {cash},
        "?number=nothing": set(),
        "?state=nonsense": {paid, cash},
        "?wanted=1": set(),
        "?day=2020-01-01": set(),
        f"?after={cash.pk}": {paid},
    }.items():
        page = text(manager.get(PATH + query))
        assert {one for one in (paid, cash) if f"{PATH}/{one.pk}" in page} == shown, query
    assert manager.get(f"{PATH}?after=x").status_code == 422
    for n in range(3):
        till.open(amount=100 + n)
    with django_assert_max_num_queries(16):
        manager.get(PATH)


def test_staff_have_something_paid_by_code_or_in_cash(halls: Halls, till: Till) -> None:
    agent = halls.as_("agent")
    form = agent.get(f"{PATH}/add").context["form"]
    given = {"description": "Lost card 补卡", "reference": str(form["reference"].value())}
    for wrong in ("", "0", "-1", "1.005", "twelve", "9" * 15):
        refused = agent.post(f"{PATH}/add", {**given, "amount": wrong, "provider": "wechat"})
        assert refused.status_code == 422
    assert not Intent.objects.exists()
    for _ in range(2):  # a double click
        answer = agent.post(f"{PATH}/add", {**given, "amount": "15.50", "provider": "wechat"})
        assert answer.status_code == 303
    intent = Intent.objects.get()
    assert (intent.amount, intent.state) == (1550, "offered")
    page = text(agent.get(answer["Location"]))
    assert "<svg" in page
    assert "To be scanned by the payer" in page
    till.provider.pay(till.order(intent))
    agent.post(f"{PATH}/{intent.pk}/act", {"act": "ask"})
    assert Intent.objects.get().state == "paid"
    assert agent.post(f"{PATH}/{intent.pk}/act", {"act": "steal"}).status_code == 422
    cash = till.offered("cash")
    agent.post(f"{PATH}/{cash.pk}/act", {"act": "cash"})
    assert Intent.objects.get(pk=cash.pk).state == "paid"


def test_a_refund_is_confirmed_on_a_page_of_its_own(halls: Halls, till: Till) -> None:
    intent = till.paid()
    path = f"{PATH}/{intent.pk}/refund"
    manager = halls.as_("manager")
    key = str(manager.get(path).context["form"]["key"].value())
    given = {"amount": "5.00", "reason": "mistake", "key": key}
    unconfirmed = Client()
    unconfirmed.force_login(halls.mall.people["manager"])
    assert unconfirmed.post(path, given).status_code == 401
    assert not Refund.objects.exists()
    for _ in range(2):
        assert manager.post(path, given).status_code == 303
    assert Refund.objects.get().state == "done"
    assert till.order(intent).refunded == 500
    assert "CN¥5.00 were given back." in text(manager.get(f"{PATH}/{intent.pk}"))
    too_much = manager.post(path, {**given, "amount": "7.01", "key": "another"})
    assert too_much.status_code == 422
    assert "More than what is left" in text(too_much)
    assert Refund.objects.count() == 1


def test_a_surplus_is_announced_and_given_back(halls: Halls, till: Till) -> None:
    intent = till.offered("alipay")
    actions.close(intent_id=intent.pk, by=CUSTOMER)
    till.provider.pay(till.order(intent))
    till.told(intent)
    manager = halls.as_("manager")
    assert "1 payment came in when nothing was to be paid" in text(manager.get(PATH))
    form = manager.get(f"{PATH}/{intent.pk}/refund").context["form"]
    given = {name: form[name].value() for name in ("amount", "reason", "key")}
    assert given["reason"] == "late"
    assert manager.post(f"{PATH}/{intent.pk}/refund", given).status_code == 303
    assert "came in when" not in text(manager.get(PATH))
    assert till.order(intent).refunded == 1200


def test_a_day_is_compared_and_what_differs_is_listed(halls: Halls, till: Till) -> None:
    manager, path = halls.as_("manager"), "/ops/mall/reconciliation"
    today = clock.local(clock.now(), ZONE).date()
    early = manager.post(path, {"provider": "wechat", "day": today.isoformat()})
    assert early.status_code == 422
    assert "Choose a day that has ended" in text(early)
    intent = till.paid()
    till.order(intent).amount += 1
    till.order(intent).paid_at = clock.now() - timedelta(days=1)
    yesterday = (today - timedelta(days=1)).isoformat()
    answer = manager.post(path, {"provider": "wechat", "day": yesterday})
    assert answer.status_code == 303
    page = text(manager.get(answer["Location"]))
    assert intent.number in page
    assert "another amount" in page
    assert Reconciliation.objects.count() == 1
    assert Event.objects.filter(kind="payments.reconciled").count() == 1


def test_payments_are_taken_out_as_a_file(halls: Halls, till: Till) -> None:
    paid = till.paid()
    till.open(description="=HYPERLINK(1)")
    answer = halls.as_("manager").get(f"{PATH}.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert [row[2] for row in rows] == ["What for", "Parking 停车", "'=HYPERLINK(1)"]
    assert rows[1][1] == paid.number
    assert rows[1][6:9] == ["12.00", "12.00", "0.00"]
    assert halls.as_("manager").get(f"{PATH}.csv?from=2026-01-02&to=2026-01-01").status_code == 422


def test_the_pages_speak_chinese(halls: Halls, till: Till) -> None:
    intent = till.paid()
    manager = halls.as_("manager", language="zh-hans")
    assert "¥12.00" in text(manager.get(PATH))
    assert "发生" in text(manager.get(f"{PATH}/{intent.pk}")) or "支付" in text(
        manager.get(f"{PATH}/{intent.pk}")
    )
