"""Services are found by the letters of their names: English words, pinyin initials."""

from __future__ import annotations

import pytest

from servicehall.channels.kiosk import finding

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("综合咨询", "z h z x"),
        ("退换货与维修", "t h h y w x"),
        ("贷款与按揭", "d k y a j"),
        ("银行卡", "y xh k"),
        ("会员与积分", "hk y y j f"),
        ("VIP 理财", "l c"),
        ("龘", "?"),
        ("Only Latin", ""),
    ],
)
def test_pinyin_initials_of_a_name(name: str, initials: str) -> None:
    assert finding.initials(name) == initials


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Lost and found", "lost and found laf"),
        ("Parking", "parking"),
        ("Over-the-counter 24h", "over the counter 24h otc2"),
        ("", ""),
    ],
)
def test_words_of_a_latin_name(name: str, words: str) -> None:
    assert finding.words(name) == words


def test_every_syllable_of_the_table_begins_with_its_letter() -> None:
    first = {"啊": "a", "八": "b", "擦": "c", "搭": "d", "峨": "e", "发": "f", "该": "g", "哈": "h", "机": "j", "卡": "k",
             "拉": "l", "妈": "m", "拿": "n", "哦": "o", "趴": "p", "期": "q", "然": "r", "撒": "s", "他": "t", "挖": "w",
             "西": "x", "压": "y", "匝": "z"}  # fmt: skip
    assert {character: finding.initials(character) for character in first} == first


def test_a_name_is_searched_as_the_customer_reads_it() -> None:
    assert finding.keys("Gift cards") == {"words": "gift cards gc", "initials": ""}
    assert finding.keys("VIP 理财") == {"words": "vip", "initials": "l c"}
