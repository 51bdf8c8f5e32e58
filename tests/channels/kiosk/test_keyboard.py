"""The keyboard on a kiosk: one customer after another, lowered controls, another language, and nothing of before."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.channels.kiosk.standing import Kiosk, Lobby

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

ASK = """() => {
  document.getElementById("main").insertAdjacentHTML("beforeend", `<form class="stack" id="asked">
    <label>Name<input name="name" id="name" data-keyboard="pinyin name"></label>
    <label>Phone<input name="phone" id="phone" data-keyboard="phone"></label></form>`);
}"""
LEFT = """async () => JSON.stringify([document.documentElement.outerHTML,
  [...document.querySelectorAll("input, textarea")].map((e) => e.value),
  {...localStorage}, {...sessionStorage}, document.cookie, history.state,
  (await indexedDB.databases()).map((one) => one.name), "caches" in window ? await caches.keys() : []])"""


def ask(kiosk: Kiosk) -> None:
    """Two questions on the screen of a service, as a flow asks them."""
    kiosk.touch("[data-service=consult]")
    kiosk.wait("service")
    kiosk.page.evaluate(ASK)


def press(kiosk: Kiosk, text: str) -> None:
    for key in text:
        kiosk.touch(f'[data-keyboard-panel] [data-text="{key}"]')


def compose(kiosk: Kiosk, letters: str) -> list[str]:
    kiosk.touch("#name")
    kiosk.until("document.querySelector('[data-keyboard-note]').textContent === ''")
    press(kiosk, letters)
    texts = kiosk.page.locator("[data-choice]").all_inner_texts()
    return [re.sub(r"[\d\s]", "", text) for text in texts]


def test_the_next_customer_finds_nothing_of_the_one_before(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    ask(kiosk)
    first = compose(kiosk, "zhangsan")
    kiosk.touch("[data-choice] >> nth=4")  # not what is offered first
    kiosk.touch("[data-choice] >> nth=5")
    written = kiosk.page.input_value("#name")
    assert len(written) == 2
    kiosk.touch("#phone")
    press(kiosk, "13812345678")
    kiosk.touch("#name")
    compose(kiosk, "liu")
    kiosk.page.evaluate("document.getElementById('idle').showModal()")
    kiosk.touch("[data-reset]")
    kiosk.wait("home")
    left = kiosk.page.evaluate(LEFT)
    for text in (written, "13812345678", "zhangsan", ">liu<"):
        assert text not in left
    expect(kiosk.page.locator("[data-keyboard-panel]")).to_be_hidden()
    assert kiosk.page.locator("[data-choice], [data-keyboard-keys] *").count() == 0

    ask(kiosk)
    assert compose(kiosk, "zhangsan") == first
    assert kiosk.page.input_value("#name") == ""
    assert kiosk.page.input_value("#phone") == ""


def test_what_was_typed_goes_at_once_also_without_a_line(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    ask(kiosk)
    kiosk.touch("#phone")
    press(kiosk, "138")
    kiosk.context.set_offline(True)
    kiosk.page.evaluate("document.querySelector('[data-reset]').click()")
    assert "138" not in kiosk.page.evaluate("[...document.querySelectorAll('input')].map((e) => e.value)")
    kiosk.context.set_offline(False)
    kiosk.wait("home")


def test_another_language_changes_the_keys(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    ask(kiosk)
    kiosk.touch("#phone")
    expect(kiosk.page.locator("[data-act=done]").filter(visible=True)).to_have_text("Done")
    kiosk.touch(".language-switch [lang=zh-Hans]")
    kiosk.until("document.documentElement.lang === 'zh-Hans'")
    kiosk.page.evaluate(ASK)
    kiosk.touch("#phone")
    expect(kiosk.page.locator("[data-act=done]").filter(visible=True)).to_have_text("完成")
    expect(kiosk.page.locator("[data-keyboard-panel]")).to_have_attribute("aria-label", "屏幕键盘")


def test_lowered_controls_and_keys_are_in_reach_together(lobby: Lobby) -> None:
    kiosk = lobby.stand(language="zh-Hans")
    kiosk.touch("[data-pref=reach]")
    ask(kiosk)
    for name in ("#name", "#phone"):
        kiosk.touch(name)
        tops = kiosk.page.evaluate(
            """() => [...document.querySelectorAll("[data-keyboard-panel] button, #asked input")]
            .filter((e) => e.getClientRects().length).map((e) => e.getBoundingClientRect().top)"""
        )
        assert len(tops) > 13
        assert min(tops) >= 1920 * 0.3
        across, down = kiosk.page.evaluate(
            "(({scrollWidth, scrollHeight}) => [scrollWidth - innerWidth, scrollHeight - innerHeight])(document.documentElement)"
        )
        assert (across <= 0, down <= 0) == (True, True)


def test_typing_keeps_the_customer_from_being_left_alone(lobby: Lobby) -> None:
    kiosk = lobby.stand(clocked=True)
    ask(kiosk)
    kiosk.touch("#phone")
    for _ in range(4):
        kiosk.page.clock.run_for(15_000)
        press(kiosk, "1")
    assert kiosk.screen == "service"
    assert not kiosk.page.evaluate("document.getElementById('idle').open")
