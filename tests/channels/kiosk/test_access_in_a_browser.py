"""Everybody can use the kiosk: axe finds nothing, and sizes, distances and heights are what the norms ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.channels.kiosk.standing import Kiosk, Lobby
from tests.chromium import violations

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

MM = 1080 / 269
"""CSS pixels of a millimetre on the assumed screen (see look/frames/kiosk.css)."""


def service(kiosk: Kiosk) -> None:
    kiosk.touch("[data-service=consult]")
    kiosk.wait("service")


def ticket(kiosk: Kiosk) -> None:
    kiosk.take()


def refused(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("document.querySelector('[data-service=consult]').href += '-gone'")
    kiosk.touch("[data-service=consult]")
    kiosk.wait("refused")


def warned(kiosk: Kiosk) -> None:
    service(kiosk)
    kiosk.page.evaluate("document.getElementById('idle').showModal()")


def cut(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("document.getElementById('offline').hidden = false")


def letters(kiosk: Kiosk) -> None:
    kiosk.touch("[data-find]")


SCREENS: dict[str, Callable[[Kiosk], None]] = {
    "home": lambda _: None,
    "letters": letters,
    "service": service,
    "ticket": ticket,
    "refused": refused,
    "warned": warned,
    "cut": cut,
}
LOOKS = {
    "normal": [],
    "contrast": ["contrast"],
    "large": ["size"],
    "large-contrast-low": ["size", "contrast", "reach"],
}


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_screen(lobby: Lobby, language: str, look: str) -> None:
    lobby.many_services(9)
    lobby.close("refund")
    found: dict[str, Any] = {}
    for name, go in SCREENS.items():
        kiosk = lobby.stand(language=language)
        for pref in LOOKS[look]:
            kiosk.touch(f"[data-pref={pref}]")
        go(kiosk)
        if wrong := violations(kiosk.page):
            found[name] = wrong
        kiosk.context.close()
    assert found == {}


BOXES = """(selector) => [...document.querySelectorAll(selector)]
  .filter((e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden")
  .map((e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; })"""
TOUCHED = "button, a[href], label.choice"


def apart(a: list[float], b: list[float]) -> float:
    """The distance between two boxes."""
    across = max(a[0] - b[2], b[0] - a[2], 0)
    down = max(a[1] - b[3], b[1] - a[3], 0)
    return float((across**2 + down**2) ** 0.5)


@pytest.mark.parametrize("screen", ["home", "letters", "service", "ticket"])
def test_what_is_touched_is_large_and_apart(lobby: Lobby, screen: str) -> None:
    lobby.many_services(9)
    kiosk = lobby.stand(language="zh-Hans")
    SCREENS[screen](kiosk)
    boxes = kiosk.page.evaluate(
        BOXES, f".kiosk-main :is({TOUCHED}), .kiosk-actions :is({TOUCHED}), .kiosk-foot :is({TOUCHED})"
    )
    assert len(boxes) >= 5
    for left, top, right, bottom in boxes:
        assert right - left >= 15 * MM - 0.5
        assert bottom - top >= 15 * MM - 0.5
        assert left >= 0
        assert right <= 1080
        assert bottom <= 1920
    near = [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if apart(a, b) < 10 * MM - 1]
    assert near == []


TEXTS = """() => [...document.querySelectorAll(".kiosk *")]
  .filter((e) => e.getClientRects().length && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => !e.closest(".visually-hidden, .skip-link, .toasts, .slip"))
  .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.textContent.trim().slice(0, 40)])"""


@pytest.mark.parametrize(("large", "least"), [(False, 7.0), (True, 10.4)])
@pytest.mark.parametrize("screen", ["home", "service", "ticket"])
def test_no_text_is_smaller_than_the_norms_ask(lobby: Lobby, screen: str, large: bool, least: float) -> None:
    """A capital I of 4.8 mm (Section 508, 402.4); in large type a capital H of 7.3 mm (EN 301 549, 5.1.4)."""
    kiosk = lobby.stand()
    if large:
        kiosk.touch("[data-pref=size]")
    SCREENS[screen](kiosk)
    small = [(size, text) for size, text in kiosk.page.evaluate(TEXTS) if size < least * MM - 0.1]
    assert small == []


@pytest.mark.parametrize("screen", ["home", "letters", "service"])
def test_lowered_controls_are_in_the_lower_half(lobby: Lobby, screen: str) -> None:
    lobby.many_services(9)
    kiosk = lobby.stand(language="zh-Hans")
    kiosk.touch("[data-pref=reach]")
    SCREENS[screen](kiosk)
    tops = [top for _l, top, _r, _b in kiosk.page.evaluate(BOXES, f".kiosk :is({TOUCHED}):not(.skip-link)")]
    assert min(tops) >= 1920 * 0.3  # of a screen of 478 mm: below 1220 mm when its lower edge is at 890 mm


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (768, 1366), (1280, 800)])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_nothing_sticks_out_of_the_screen(lobby: Lobby, language: str, size: tuple[int, int]) -> None:
    lobby.many_services(9)
    for name in ("home", "service", "ticket"):
        kiosk = lobby.stand(language=language, size=size)
        SCREENS[name](kiosk)
        out = kiosk.page.evaluate(
            """() => ["scrollWidth > innerWidth", "scrollHeight > innerHeight"].filter((_, n) =>
              n ? document.documentElement.scrollHeight > innerHeight : document.documentElement.scrollWidth > innerWidth)"""
        )
        assert out == [], name
        scrolls = kiosk.page.evaluate(
            "() => { const m = document.querySelector('.kiosk-main'); return m.scrollHeight - m.clientHeight; }"
        )
        assert scrolls <= 1, name
        kiosk.context.close()


def test_a_screen_reader_hears_the_number_and_starts_at_the_heading(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    number = kiosk.take()
    kiosk.until("(n) => document.getElementById('said').textContent.includes(n)", number)
    assert kiosk.page.evaluate("document.activeElement.tagName") == "H1"
    assert kiosk.page.title().startswith("Your ticket")
