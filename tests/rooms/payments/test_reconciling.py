"""A day is compared with the provider's statement: what is missing on either side, what has another amount."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.money import Money
from servicehall.rooms.alerts.models import Alert
from servicehall.rooms.payments import actions, statement
from servicehall.rooms.payments.accounts import way_of
from servicehall.rooms.payments.actions.reconciling import ZONE
from servicehall.rooms.payments.models import Reconciliation
from servicehall.rooms.payments.providers.interface import BillLine
from tests.hall import catch_up, make_hall

from .till import Till

BOTH = pytest.mark.parametrize("provider", ["wechat", "alipay"])


def today() -> date:
    return clock.local(clock.now(), ZONE).date()


def compared(till: Till, provider: str, lines: list[BillLine] | None = None) -> Reconciliation:
    return actions.reconcile(
        site_id=till.hall.id, account_id=till.accounts[provider].pk, day=today(),
        by=till.hall.actors["manager"], lines=lines, at=clock.now() + timedelta(days=1),
    )  # fmt: skip


def problems(found: Reconciliation) -> list[tuple[str, str]]:
    return sorted((one["problem"], one["kind"]) for one in found.differences)


@BOTH
def test_an_even_day_is_even_by_the_providers_own_file(till: Till, provider: str) -> None:
    whole, part = till.paid(provider), till.paid(provider, 880)
    till.offered(provider)
    till.refund(whole, 1200)
    till.refund(part, 80)
    found = compared(till, provider)
    assert (found.matched, found.differences) == (4, [])
    catch_up()
    assert not Alert.objects.exists()


@BOTH
def test_what_was_tampered_with_is_listed(till: Till, provider: str) -> None:
    kept, lost, other = till.paid(provider), till.paid(provider), till.paid(provider, 500)
    lines = way_of(till.accounts[provider]).bill(today())
    by_number = {line.number: line for line in lines}
    changed = [
        by_number[kept.number],
        replace(by_number[other.number], money=Money(501, "CNY")),
        BillLine("payment", uuid4().hex, Money(100, "CNY"), "unknown"),
    ]
    found = compared(till, provider, changed)
    assert problems(found) == [
        ("amount", "payment"),
        ("missing-here", "payment"),
        ("missing-there", "payment"),
    ]
    amounts = {one["problem"]: (one["ours"], one["theirs"]) for one in found.differences}
    assert amounts == {"amount": (500, 501), "missing-here": (None, 100), "missing-there": (1200, None)}
    assert {one["number"] for one in found.differences} >= {lost.number, other.number}
    catch_up()
    assert list(Alert.objects.values_list("about", flat=True)) == ["payment-differences"]


def test_a_line_that_stands_there_twice_is_a_difference(till: Till) -> None:
    till.paid()
    lines = way_of(till.accounts["wechat"]).bill(today())
    assert problems(compared(till, "wechat", lines * 2)) == [("missing-here", "payment")]


def test_what_the_provider_counts_to_another_day_is_not_missing_here() -> None:
    line = BillLine("payment", "a", Money(5, "CNY"), "t")
    assert statement.compare([line], of_day=[], known={statement.key(line): line}) == (1, [])
    refund = BillLine("refund", "r", Money(5, "CNY"), "theirs")
    ours = BillLine("refund", "r", Money(5, "CNY"))
    assert statement.compare([refund], of_day=[ours], known={statement.key(ours): ours}) == (1, [])


def test_who_may_compare_and_which_days(till: Till) -> None:
    given: dict[str, Any] = {
        "site_id": till.hall.id,
        "account_id": till.accounts["wechat"].pk,
        "day": today(),
    }
    with pytest.raises(NotAllowed):
        actions.reconcile(**given, by=till.hall.actors["agent"])
    with pytest.raises(BadInput):
        actions.reconcile(**given, by=till.hall.actors["manager"])  # the day goes on
    other = make_hall("bank")
    with pytest.raises(NotFound):
        actions.reconcile(**{**given, "site_id": other.id}, by=other.actors["manager"])
    till.provider.mode = "lost"
    with pytest.raises(actions.NoStatement):
        compared(till, "wechat")
    assert not Reconciliation.objects.exists()
