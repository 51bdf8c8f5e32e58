"""Lists of names as people read them."""

from __future__ import annotations

import random

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from servicehall.kernel.natural_order import natural, natural_name


@pytest.mark.parametrize(
    "names",
    [
        ["Room 2", "room 9", "Room 10", "Room 10a", "Room 101"],
        ["1", "2", "10", "A1", "A2", "A10", "B1"],
        ["1 号窗口", "2 号窗口", "10 号窗口", "VIP 窗口"],
        ["第一窗口", "第二窗口", "第九窗口", "第十窗口", "第十二窗口", "第二十窗口", "第一百零三窗口"],
        ["贷款", "开户", "退货", "咨询"],  # dài, kāi, tuì, zī
        ["２ 号", "10 号"],  # full-width digits count, too
        ["", "2026 年", "二〇二七年"],
    ],
)
def test_numbers_by_value_letters_without_case_chinese_by_pinyin(names: list[str]) -> None:
    mixed = names[:]
    random.Random(7).shuffle(mixed)
    assert sorted(mixed, key=natural) == names


def test_names_are_sorted_as_the_reader_reads_them() -> None:
    names = [{"en": "B", "zh-Hans": "1 号"}, {"en": "A", "zh-Hans": "2 号"}]
    with translation.override("en"):
        assert sorted(names, key=natural_name) == names[::-1]
    with translation.override("zh-hans"):
        assert sorted(names, key=natural_name) == names
    assert natural_name(None) == ()


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    found = sorted(names, key=natural)
    assert sorted(found, key=natural) == found
    assert sorted(found) == sorted(names)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_smaller_numbers_stand_first(one: int, other: int) -> None:
    assert (natural(f"Counter {one}") < natural(f"Counter {other}")) == (one < other)
