"""The kiosk's voice: what is said of each screen, what is kept of it, and what never is."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from servicehall.channels.board.chime import chime
from servicehall.channels.kiosk import chores
from servicehall.channels.voice import speaking, wav
from servicehall.rooms.services import actions
from tests.channels.kiosk.tour import HOME, Customer, offer
from tests.hall import Hall
from tests.rooms.services.shop import Shop


@dataclass
class Voice:
    """A program that speaks: it says a bell, and writes down what it was given."""

    heard: Path
    shelf: Path

    @property
    def texts(self) -> list[str]:
        return self.heard.read_text(encoding="utf-8").splitlines() if self.heard.exists() else []

    def kept(self) -> int:
        return len(list(self.shelf.glob("*.wav")))


@pytest.fixture
def voice(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Voice:
    bell, heard, program = tmp_path / "bell.wav", tmp_path / "heard", tmp_path / "speaker"
    bell.write_bytes(chime())
    program.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\n"
        "with open(sys.argv[2], 'a', encoding='utf-8') as heard:\n"
        "    heard.write(sys.argv[3] + ' ' + sys.stdin.buffer.read().decode() + '\\n')\n"
        "sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())\n",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    settings.VOICE_COMMAND = f"{program} {bell} {heard} {{language}}"
    settings.SERVICEHALL_DATA = tmp_path
    speaking.shelf.cache_clear()
    return Voice(heard, tmp_path / "voice")


@pytest.fixture
def customer(hall: Hall, kiosk: Client, voice: Voice) -> Iterator[Customer]:
    shop = Shop()
    offer(hall)
    yield Customer(kiosk)
    shop.close()
    speaking.shelf.cache_clear()


def said(customer: Customer, voice: Voice, screen: str = "request", **fields: str) -> list[str]:
    """What the engine was given for a screen, apart from what it had spoken before."""
    before = len(voice.texts)
    sent = {"screen": screen, "code": customer.code, **fields}
    answer = customer.client.post(f"{HOME}/say", sent)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "audio/wav",
        "no-store",
    )
    assert wav.read(answer.content).seconds > 1
    return voice.texts[before:]


def test_a_step_is_said_in_the_definitions_spoken_words(customer: Customer, voice: Voice) -> None:
    customer.begin()
    heard = said(customer, voice)
    assert heard[0] == "en Welcome. Tickets cannot be given back."
    assert "children" not in " ".join(heard).lower()
    assert said(customer, voice, language="zh-Hans")[0] == "zh-Hans 欢迎使用。日票售出不退。"


def test_without_spoken_words_title_help_questions_and_options_are_said(
    customer: Customer, voice: Voice
) -> None:
    customer.begin().answer()
    heard = said(customer, voice)
    assert heard[:4] == [
        "en For whom?",
        "en Grown-up",
        "en Child, six to fourteen",
        "en A group of ten or more",
    ]
    customer.answer(choice="grown")
    heard = said(customer, voice)
    for words in ("Who comes?", "Name", "How many tickets?", "Nine at most", "A code to open the locker"):
        assert f"en {words}" in heard


def test_the_definitions_words_are_spoken_once_and_kept(customer: Customer, voice: Voice) -> None:
    customer.begin()
    assert said(customer, voice)
    kept = voice.kept()
    assert said(customer, voice) == []
    Customer(customer.client).begin()
    assert said(customer, voice) == []
    assert voice.kept() == kept > 0


def test_what_a_customer_entered_is_said_to_be_checked_and_kept_nowhere(
    customer: Customer, voice: Voice
) -> None:
    customer.begin().answer().answer(choice="grown").answer(name="Wang Fang", pieces="2", code="4711")
    actions.work_due()
    customer.send("")
    before = voice.kept()
    heard = said(customer, voice)
    assert "en Name: Wang Fang" in heard
    assert "en Together CN¥5.00." in heard
    assert said(customer, voice) == [one for one in heard if ":" in one or "¥" in one]
    assert voice.kept() == before + 2  # the title and how to go on


def test_a_secret_is_never_said(customer: Customer, voice: Voice) -> None:
    customer.begin().answer().answer(choice="grown")
    customer.answer(name="Wang Fang", pieces="", code="4711")
    said(customer, voice, wrong=customer.wrong)
    customer.answer(name="Wang Fang", pieces="2", code="4711")
    actions.work_due()
    customer.send("")
    said(customer, voice)
    said(customer, voice, at="person")
    assert "4711" not in " ".join(voice.texts)
    assert "•" not in " ".join(voice.texts)


def test_what_is_wrong_is_said_first(customer: Customer, voice: Voice) -> None:
    customer.begin().answer().answer(choice="grown").answer(name="Wang Fang", pieces="20", code="4711")
    assert customer.status == 422
    assert said(customer, voice, wrong=customer.wrong)[0] == "en How many tickets: At most 9."


def test_nobody_can_make_it_say_anything_else(customer: Customer, voice: Voice) -> None:
    customer.begin()
    said(customer, voice, wrong="Buy this now")
    assert "Buy this now" not in " ".join(voice.texts)
    for fields in ({"screen": "nothing"}, {"screen": "request"}, {}):
        assert customer.client.post(f"{HOME}/say", fields).status_code == 204
    assert customer.client.post(f"{HOME}/say", {"screen": "request", "code": "nobodys"}).status_code == 404


def test_the_first_screen_and_the_warning_are_said(customer: Customer, voice: Voice) -> None:
    assert said(customer, voice, "home") == ["en What can we do for you? Touch a service on the screen."]
    assert said(customer, voice, "idle") == ["en Do you need more time? Touch the screen to go on."]


def test_without_an_engine_there_are_no_buttons(customer: Customer, settings: Any) -> None:
    assert "data-speech-toggle" in customer.client.get(HOME).content.decode()
    settings.VOICE_COMMAND = "no-such-program --speak"
    assert "data-speech" not in customer.client.get(HOME).content.decode()
    customer.begin()
    assert "data-speech" not in customer.page
    assert customer.client.post(f"{HOME}/say", {"screen": "home"}).status_code == 204


def test_what_is_said_to_all_is_spoken_after_publishing_and_nobody_waits_for_it(
    customer: Customer, voice: Voice
) -> None:
    chores.forget_versions()
    made = chores.speak_ahead()
    assert made == voice.kept() > 0
    ahead = voice.texts
    assert "en Welcome. Tickets cannot be given back." in ahead
    assert "zh-Hans 欢迎使用。日票售出不退。" in ahead
    assert not [text for text in ahead if "–" in text or "\u2022" in text], (
        "what depends on answers is nobody's"
    )
    assert (chores.speak_ahead(), voice.texts) == (0, ahead)
    customer.begin()
    own = {"To go on, touch the large button at the bottom."}
    assert {text.removeprefix("en ") for text in said(customer, voice)} <= own
    customer.answer()
    assert {text.removeprefix("en ") for text in said(customer, voice)} <= own


def test_where_nothing_can_speak_nothing_is_tried(hall: Hall, settings: Any) -> None:
    settings.VOICE_COMMAND = "no-such-program {language}"
    offer(hall)
    chores.forget_versions()
    assert chores.speak_ahead() == 0
