"""Everybody can do a service at the kiosk: the rules A1 to A20 of the table of accessibility in the field notes
(kiosk-and-fleet, 3), as far as software decides them. One way through a service is measured; each rule has its test.

A8 and A19 (time and wiping) are in test_player_in_a_browser.py, what the voice says (A10, A11) also in test_speech.py.
Not here: A12's loudness in dBA, A16's mounting and A17's tactile 5, which are the machine's.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest
from playwright.sync_api import Page

from servicehall.channels.board.chime import chime
from servicehall.channels.voice import wav
from servicehall.rooms.services import queries
from tests.channels.kiosk.standing import Kiosk, Lobby
from tests.channels.kiosk.test_access_in_a_browser import BOXES, MM, TOUCHED, apart
from tests.channels.kiosk.test_player_in_a_browser import GO_ON, begin, step, works
from tests.channels.kiosk.tour import TEXT, offer
from tests.chromium import SETTLED, violations
from tests.rooms.services.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

CAPITAL = 0.716
"""How much of a type's size its capital letters are high."""
DP = 25.4 / 160
"""Millimetres of one dp."""

# Every text that is seen: its size in px, its line's height by its size, its first family, what it is in, its words.
TEXTS = """() => [...document.querySelectorAll(".kiosk *")]
  .filter((e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden")
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => !e.closest(".visually-hidden, .skip-link, .toasts, .slip"))
  .map((e) => { const s = getComputedStyle(e); return {size: parseFloat(s.fontSize),
    line: parseFloat(s.lineHeight) / parseFloat(s.fontSize), family: s.fontFamily,
    on: e.closest("button, a, h1, h2, .kiosk-head") ? "control" : "text", words: e.textContent.trim().slice(0, 40)}; })"""
STATE = """() => {
  const main = document.getElementById("main");
  const moving = document.getAnimations().map((a) => a.effect.getComputedTiming()).filter((t) => t.iterations === Infinity);
  return {
    kind: main.dataset.kind,
    dialogs: document.querySelectorAll("dialog[open]").length,
    periods: moving.map((t) => t.duration),
    overflows: main.scrollHeight > main.clientHeight + 4,
    scrolls: !!document.querySelector("[data-scrolls]:not([hidden])"),
    sideways: document.documentElement.scrollWidth > innerWidth,
    wrong: [...document.querySelectorAll(".field-error")].map((e) => [!!e.querySelector(".icon"), e.innerText.trim()]),
    choosing: [...document.querySelectorAll("main :is(input, select)")].map((e) => [e.tagName, e.type, e.dataset.keyboard || ""]),
    heading: document.activeElement?.tagName,
  };
}"""
# What is touched, as far as it is not scrolled out of the middle.
SEEN = """(selector) => { const m = document.getElementById("main"), edge = m.getBoundingClientRect();
  return [...document.querySelectorAll(selector)].filter((e) => e.getClientRects().length).map((e) => {
    const r = e.getBoundingClientRect(), inside = m.contains(e);
    return [r.left, inside ? Math.max(r.top, edge.top) : r.top, r.right, inside ? Math.min(r.bottom, edge.bottom) : r.bottom];
  }).filter(([, top, , bottom]) => bottom - top > 2); }"""
CONTROLS = (".kiosk-main", ".kiosk-actions", ".kiosk-foot")
KEYS = "() => [...document.querySelectorAll('[data-keyboard-keys] .keyboard-key')].map((k) => k.dataset.text || k.dataset.act)"
_measured: dict[str, dict[str, Any]] = {}


def wear(page: Page, **prefs: str) -> None:
    """Put a dress on the page as its buttons do, and wait until it has settled."""
    page.evaluate(
        "(prefs) => { for (const [name, value] of Object.entries(prefs)) {"
        " if (value) document.documentElement.dataset[name] = value; else delete document.documentElement.dataset[name]; } }",
        prefs,
    )
    page.evaluate("document.dispatchEvent(new CustomEvent('look:prefs'))")
    page.evaluate(SETTLED, 2)


def touched(page: Page, how: str = BOXES) -> list[list[float]]:
    kinds = f"{TOUCHED}, label.check, input:not([type=hidden], [type=radio], [type=checkbox])"
    return list(page.evaluate(how, ", ".join(f"{part} :is({kinds})" for part in CONTROLS)))


def measure(kiosk: Kiosk, name: str) -> None:
    """The screen as it is, in large type, in high contrast and with lowered controls."""
    page = kiosk.page
    found: dict[str, Any] = {**page.evaluate(STATE), "texts": page.evaluate(TEXTS), "boxes": touched(page)}
    found["seen"] = touched(page, SEEN)
    found["axe"] = violations(page)
    wear(page, size="large")
    found["large"] = page.evaluate(TEXTS)
    found["large-state"] = page.evaluate(STATE)
    wear(page, size="", contrast="more")
    found["contrast"] = violations(page, colours_only=True)
    wear(page, contrast="", reach="low")
    found["low"] = touched(page, SEEN)
    wear(page, reach="")
    _measured[name] = found


def go_through(kiosk: Kiosk) -> None:
    """One customer's way, every kind of screen measured."""
    measure(kiosk, "home")
    begin(kiosk)
    measure(kiosk, "inform")
    step(kiosk, "choose")
    measure(kiosk, "choose")
    step(kiosk, "form", "[name=choice][value=grown]")
    measure(kiosk, "form")
    kiosk.touch(GO_ON)
    kiosk.until("!!document.querySelector('.field-error')")
    measure(kiosk, "wrong")
    kiosk.touch("#q-pieces")
    _measured["wrong"]["keys"] = kiosk.page.evaluate(KEYS)
    kiosk.touch("[data-keyboard-panel] [data-act=done]")
    for field, text in (("name", "Li"), ("pieces", "2"), ("code", "4711")):
        kiosk.page.locator(f"#q-{field}").fill(text)
    step(kiosk, "lookup")
    measure(kiosk, "working")
    works(kiosk, "confirm")
    measure(kiosk, "confirm")
    step(kiosk, "call")
    works(kiosk, "print")
    measure(kiosk, "print")
    kiosk.page.evaluate("window.print = () => {}")
    step(kiosk, "survey")
    measure(kiosk, "survey")
    step(kiosk, "end", "[name=score][value='5']")
    measure(kiosk, "end")
    listen(kiosk.page)


def listen(page: Page) -> None:
    """The voice: turned up, then everything as it was for the next customer."""
    page.locator("[data-speech-toggle]").tap()
    bar = page.locator("[data-speech]:visible button").count()
    page.locator("[data-speech-dark]").tap()
    dark = page.locator("[data-dark]").bounding_box()
    page.locator("[data-dark]").tap()
    usual = page.evaluate("document.querySelector('[data-speech-louder=\"1\"]').disabled")
    for _ in range(3):
        if page.locator('[data-speech-louder="1"]').is_enabled():
            page.locator('[data-speech-louder="1"]').tap()
    loudest = page.locator('[data-speech-louder="1"]').is_disabled()
    page.locator("[data-reset]:visible").first.tap()
    page.locator("main[data-screen=home]").wait_for()
    off = page.locator("[data-speech-toggle]").get_attribute("aria-pressed")
    page.locator("[data-speech-toggle]").tap()
    again = page.locator('[data-speech-louder="1"]').is_enabled()
    page.locator("[data-speech-toggle]").tap()
    _measured["voice"] = {
        "buttons": bar,
        "usual-is-loudest": usual,
        "loudest": loudest,
        "dark": dark,
        "light": page.locator("[data-dark]").is_hidden(),
        "off": off,
        "again": again,
    }


@pytest.fixture
def screens(request: pytest.FixtureRequest, transactional_db: None) -> dict[str, dict[str, Any]]:
    """What was measured, on one way through the service for all tests of this file."""
    if not _measured:
        # Some program that is there, on any machine; it says nothing.
        request.getfixturevalue("settings").VOICE_COMMAND = f"{sys.executable} -c ''"
        lobby: Lobby = request.getfixturevalue("lobby")
        shop = Shop()
        try:
            offer(lobby.hall)
            go_through(lobby.stand())
        finally:
            shop.close()
    return {name: found for name, found in _measured.items() if name != "voice"}


def smallest(found: list[dict[str, Any]]) -> tuple[float, str]:
    """The smallest text of a screen in millimetres."""
    return min((one["size"] / MM, one["words"]) for one in found)


def test_a1_no_text_is_smaller_than_14_points_of_the_real_screen(screens: dict[str, Any]) -> None:
    for name, found in screens.items():
        size, words = smallest(found["texts"])
        assert size >= 14 * 25.4 / 72, (name, words)
        assert size * CAPITAL >= 3.5, (name, words)


def test_a2_a_capital_i_is_4_8_mm_high_and_without_serifs(screens: dict[str, Any]) -> None:
    for name, found in screens.items():
        size, words = smallest(found["texts"])
        assert size * CAPITAL >= 4.8, (name, words)
        assert all("sans-serif" in one["family"] for one in found["texts"]), name


def test_a3_in_large_type_a_capital_h_is_seen_at_0_7_degrees_from_60_cm(screens: dict[str, Any]) -> None:
    for name, found in screens.items():
        size, words = smallest(found["large"])
        assert size * CAPITAL >= 7.3, (name, words)


def test_a4_lines_of_text_have_room(screens: dict[str, Any]) -> None:
    for name, found in screens.items():
        assert smallest(found["large"])[0] >= 30 * DP, name
        assert [one for one in found["texts"] if one["on"] == "text" and one["line"] < 1.25] == [], name


def test_a5_contrast_is_enough_in_both_dresses(screens: dict[str, Any]) -> None:
    assert {name: found["axe"] for name, found in screens.items() if found["axe"]} == {}
    assert {name: found["contrast"] for name, found in screens.items() if found["contrast"]} == {}


def test_a6_what_is_touched_is_15_mm_in_both_directions(screens: dict[str, Any]) -> None:
    for name, found in screens.items():
        assert len(found["boxes"]) >= 5
        small = [box for box in found["boxes"] if min(box[2] - box[0], box[3] - box[1]) < 15 * MM - 0.5]
        assert small == [], name
        assert 60 * DP < 15


def test_a7_what_is_touched_stands_a_centimetre_apart(screens: dict[str, Any]) -> None:
    for name, found in screens.items():
        boxes = found["seen"]
        near = [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if apart(a, b) < 10 * MM - 1]
        assert near == [], name


def test_a9_nothing_opens_by_itself(screens: dict[str, Any]) -> None:
    assert {name: found["dialogs"] for name, found in screens.items() if found["dialogs"]} == {}


def test_a10_the_voice_can_be_stopped_repeated_and_turned_off(screens: dict[str, Any]) -> None:
    """What it says is in test_speech.py; of a step every prompt, check, error and receipt."""
    assert _measured["voice"]["buttons"] == 5


def test_a11_masked_fields_are_masked_and_have_keys_that_say_nothing(screens: dict[str, Any]) -> None:
    """That their values are never said is in test_speech.py."""
    masked = [one for one in screens["form"]["choosing"] if one[1] == "password"]
    assert masked == [["INPUT", "password", "pin"]]


def test_a12_the_voice_goes_back_to_its_usual_loudness_and_no_sound_is_long(screens: dict[str, Any]) -> None:
    voice = _measured["voice"]
    assert (voice["usual-is-loudest"], voice["loudest"]) == (False, True)
    assert (voice["off"], voice["again"]) == ("false", True)
    assert wav.read(chime()).seconds <= 3


def test_a13_the_screen_can_be_dark_while_the_voice_is_on(screens: dict[str, Any]) -> None:
    assert _measured["voice"]["dark"] == {"x": 0, "y": 0, "width": 1080, "height": 1920}
    assert _measured["voice"]["light"]


def test_a14_nothing_is_told_by_colour_alone_and_nothing_flashes(screens: dict[str, Any]) -> None:
    wrong = screens["wrong"]["wrong"]
    assert len(wrong) == 3
    assert all(sign and words for sign, words in wrong)
    for name, found in screens.items():
        assert [period for period in found["periods"] if period < 500] == [], name


def test_a15_one_finger_is_enough(screens: dict[str, Any]) -> None:
    """What does not fit is reached by buttons: nobody has to drag."""
    for name, found in screens.items():
        assert not found["sideways"], name
        for state in (found, found["large-state"]):
            assert not state["overflows"] or state["scrolls"] or name == "home", name


def test_a17_digits_have_twelve_keys_as_on_a_telephone(screens: dict[str, Any]) -> None:
    keys = screens["wrong"]["keys"]
    assert keys[:12] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "clear", "0", "back"]


def test_a18_more_than_five_steps_need_a_reason() -> None:
    found = [
        one.code for one in queries.findings(TEXT.replace("longer: It shows a step of every kind.\n", ""))
    ]
    assert "too-many-steps" not in found
    extra = "".join(f"  - inform: more{n}\n    title: {{en: More, zh-Hans: 更多}}\n" for n in range(3))
    text = TEXT.replace("longer: It shows a step of every kind.\n", "").replace(
        "  - inform: hello\n", f"{extra}  - inform: hello\n"
    )
    assert "too-many-steps" in [one.code for one in queries.findings(text)]


def test_a16_and_a20_lowered_controls_are_in_reach(screens: dict[str, Any]) -> None:
    """Of a screen of 478 mm that begins at 890 mm, touched below 1220 mm (EN 301 549, 8.3)."""
    for name, found in screens.items():
        assert min(top for _l, top, _r, _b in found["low"]) >= 1920 * 0.3, name


def test_every_step_begins_at_its_heading(screens: dict[str, Any]) -> None:
    headings = {name: found["heading"] for name, found in screens.items() if name not in {"home", "wrong"}}
    assert set(headings.values()) == {"H1"}
