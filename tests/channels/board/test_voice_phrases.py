"""The words of a call, and how espeak-ng pronounces them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from servicehall.channels.board import phrases
from servicehall.channels.voice import pronunciation
from servicehall.channels.voice.engines import Espeak

pytestmark = pytest.mark.one_database


THREE = {"zh-Hans": "3 号窗口", "en": "counter 3"}


def test_a_call_in_chinese_reads_the_number_digit_by_digit() -> None:
    assert phrases.call("A012", THREE, "3", "zh-Hans") == "请 A 零 一 二 号，到 3 号窗口。"


def test_a_call_in_english_reads_the_number_digit_by_digit() -> None:
    assert phrases.call("A012", THREE, "3", "en") == "Ticket A, 0 1 2, please go to counter 3."


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        ("007", "零 零 七", "0 0 7"),
        ("VIP-1024", "V I P 一 零 二 四", "V, I, P, 1 0 2 4"),
        ("b9", "B 九", "B, 9"),
    ],
)
def test_every_sign_of_a_number_is_said(number: str, chinese: str, english: str) -> None:
    assert phrases.spelled(number, "zh-Hans") == chinese
    assert phrases.spelled(number, "en") == english


def test_a_counter_without_a_name_in_the_language_is_called_by_its_label() -> None:
    assert phrases.call("A1", {"en": "Information desk"}, "7", "zh-Hans") == "请 A 一 号，到 7 号窗口。"
    assert phrases.call("A1", {"zh-Hans": "咨询台"}, "7", "en") == "Ticket A, 1, please go to counter 7."


def test_words_with_several_readings_are_respelled_for_espeak_in_chinese_only() -> None:
    assert pronunciation.for_espeak("到银行窗口", "zh-Hans") == "到 yin2 hang2 窗口"
    assert pronunciation.for_espeak("到银行窗口", "en") == "到银行窗口"


def phonemes(text: str, language: str) -> str:
    voice, _ = Espeak.VOICES[language]
    words = pronunciation.for_espeak(text, language)
    done = subprocess.run(
        ["espeak-ng", "-q", "-x", "-v", voice, words], capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_espeak_speaks_chinese_as_chinese_and_the_letter_a_as_a_letter() -> None:
    said = phonemes(phrases.call("A012", THREE, "3", "zh-Hans"), "zh-Hans")
    assert "(en)" not in said, "Chinese characters were read as English letters"
    # qing3 ei1 ling2 yi1 er4 hao4, dao4 san1 hao4 chuang1 kou3
    for sound in (
        "tS;h'i21N",
        "'ei51",
        "l'i35N",
        "j'i55",
        "'@r51",
        "X'Au51",
        "t'Au51",
        "s'a55n",
        "ts.hw'A55N",
    ):
        assert sound in said
    assert "X'A35N" in phonemes("银行", "zh-Hans").replace("a", "A")
    assert "t'IkI2t 'eI z'i@roU w'Vn t'u:" in phonemes(phrases.call("A012", THREE, "3", "en"), "en")
