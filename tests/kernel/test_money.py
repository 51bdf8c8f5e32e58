"""Money: whole minor units, ISO 4217 currencies, exact in and out, said in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from servicehall.kernel.money import Money, UnfitAmount

pytestmark = pytest.mark.one_database


def test_money_is_said_as_people_write_it() -> None:
    assert Money(1234567, "CNY").words("en") == "CN¥12,345.67"
    assert Money(1234567, "CNY").words("zh-hans") == "¥12,345.67"
    assert Money(-5, "CNY").words("zh-hans") == "-¥0.05"
    assert Money(500, "JPY").words("en") == "¥500"
    assert Money(1234, "KWD").words("en").endswith("1.234")
    assert Money(199, "USD").words("en") == "$1.99"
    with translation.override("zh-hans"):
        assert str(Money(100, "CNY")) == "¥1.00"


def test_decimal_texts_are_read_exactly_or_not_at_all() -> None:
    for text, minor in (("12", 1200), ("12.3", 1230), ("0.01", 1), (" 7.50 ", 750), ("-1", -100)):
        found = Money.of(text, "CNY")
        assert found.minor == minor
        assert Money.of(found.decimal, "CNY") == found
    assert Money.of("500", "JPY").decimal == "500"
    for text in (
        "",
        "1.001",
        "x",
        "1,5",
        "NaN",
        "Infinity",
        "1e9999",
        "9" * 21,
        "99999999999999",
        "１.５5５",
    ):
        with pytest.raises(UnfitAmount):
            Money.of(text, "CNY")
    for currency in ("", "cny", "CN", "ABCD", "XYZ", "人民币"):
        with pytest.raises(UnfitAmount):
            Money(1, currency)
    wrong: list[Any] = [1.5, True, None, "1", 10**14]
    for minor in wrong:
        with pytest.raises(UnfitAmount):
            Money(minor, "CNY")


def test_money_adds_up_within_one_currency() -> None:
    assert Money(100, "CNY") + Money(1, "CNY") - Money(50, "CNY") == Money(51, "CNY")
    with pytest.raises(UnfitAmount):
        Money(1, "CNY") + Money(1, "USD")
