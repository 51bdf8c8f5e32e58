"""Everybody can use the kiosk: axe finds nothing, and sizes, distances and heights are what the norms ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.channels.kiosk.standing import Kiosk, Lobby
from tests.chromium import violations

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

MM = 1080 / 269
"""CSS pixels of a millimetre on the assumed screen (see look/frames/kiosk.css)."""


def home(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("document.getElementById('offline').hidden = true")
    if kiosk.screen != "home":
        kiosk.page.evaluate("document.getElementById('idle').close()")
        kiosk.touch("[data-reset], .kiosk-back")
        kiosk.wait("home")


def letters(kiosk: Kiosk) -> None:
    kiosk.touch("[data-find]")


def service(kiosk: Kiosk) -> None:
    kiosk.touch("[data-service=consult]")
    kiosk.wait("service")


def warned(kiosk: Kiosk) -> None:
    service(kiosk)
    kiosk.page.evaluate("document.getElementById('idle').showModal()")


def ticket(kiosk: Kiosk) -> None:
    kiosk.take()


def refused(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("document.querySelector('[data-service=consult]').href += '-gone'")
    kiosk.touch("[data-service=consult]")
    kiosk.wait("refused")


def cut(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("document.getElementById('offline').hidden = false")


SCREENS: dict[str, Callable[[Kiosk], None]] = {
    "home": home,
    "cut": cut,
    "warned": warned,
    "refused": refused,
    "ticket": ticket,
    "service": service,
    "letters": letters,
}
LOOKS = {
    "normal": [],
    "contrast": ["contrast"],
    "large": ["size"],
    "large-contrast-low": ["size", "contrast", "reach"],
}


@pytest.mark.parametrize(
    ("language", "look"),
    [
        ("en", "normal"),
        ("zh-Hans", "normal"),
        ("zh-Hans", "contrast"),
        ("zh-Hans", "large"),
        ("en", "large-contrast-low"),
    ],
)
def test_axe_finds_nothing_on_any_screen(lobby: Lobby, language: str, look: str) -> None:
    lobby.many_services(9)
    lobby.close("refund")
    found: dict[str, Any] = {}
    kiosk = lobby.stand(language=language)
    for name, reach in SCREENS.items():
        home(kiosk)
        for pref in LOOKS[look]:
            if kiosk.page.get_attribute(f"[data-pref={pref}]", "aria-pressed") == "false":
                kiosk.touch(f"[data-pref={pref}]")
        reach(kiosk)
        if wrong := violations(kiosk.page):
            found[name] = wrong
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


def go(kiosk: Kiosk, *names: str) -> Iterator[str]:
    """One screen after the other, always from the first."""
    for name in names:
        home(kiosk)
        SCREENS[name](kiosk)
        yield name


def test_what_is_touched_is_large_and_apart(lobby: Lobby) -> None:
    lobby.many_services(9)
    kiosk = lobby.stand(language="zh-Hans")
    parts = ", ".join(f"{part} :is({TOUCHED})" for part in (".kiosk-main", ".kiosk-actions", ".kiosk-foot"))
    for screen in go(kiosk, "home", "ticket", "service", "letters"):
        boxes = kiosk.page.evaluate(BOXES, parts)
        assert len(boxes) >= 5
        for left, top, right, bottom in boxes:
            assert right - left >= 15 * MM - 0.5, screen
            assert bottom - top >= 15 * MM - 0.5, screen
            assert left >= 0
            assert right <= 1080
            assert bottom <= 1920
        near = [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if apart(a, b) < 10 * MM - 1]
        assert near == [], screen


TEXTS = """() => [...document.querySelectorAll(".kiosk *")]
  .filter((e) => e.getClientRects().length && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((e) => !e.closest(".visually-hidden, .skip-link, .toasts, .slip"))
  .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.textContent.trim().slice(0, 40)])"""


@pytest.mark.parametrize(("large", "least"), [(False, 7.0), (True, 10.4)])
def test_no_text_is_smaller_than_the_norms_ask(lobby: Lobby, large: bool, least: float) -> None:
    """A capital I of 4.8 mm (Section 508, 402.4); in large type a capital H of 7.3 mm (EN 301 549, 5.1.4)."""
    kiosk = lobby.stand()
    for screen in go(kiosk, "home", "ticket", "service"):
        if large and kiosk.page.get_attribute("[data-pref=size]", "aria-pressed") == "false":
            kiosk.touch("[data-pref=size]")
        small = [(size, text) for size, text in kiosk.page.evaluate(TEXTS) if size < least * MM - 0.1]
        assert small == [], screen


def test_lowered_controls_are_in_the_lower_half(lobby: Lobby) -> None:
    """Of a screen of 478 mm that begins at 890 mm, touched below 1220 mm (EN 301 549, 8.3)."""
    lobby.many_services(9)
    kiosk = lobby.stand(language="zh-Hans")
    kiosk.touch("[data-pref=reach]")
    for screen in go(kiosk, "home", "service", "letters"):
        boxes = kiosk.page.evaluate(BOXES, f".kiosk :is({TOUCHED}):not(.skip-link)")
        assert min(top for _l, top, _r, _b in boxes) >= 1920 * 0.3, screen


@pytest.mark.parametrize(
    ("size", "language"),
    [((1080, 1920), "en"), ((1920, 1080), "en"), ((768, 1366), "zh-Hans"), ((1280, 800), "zh-Hans")],
)
def test_nothing_sticks_out_of_the_screen(lobby: Lobby, language: str, size: tuple[int, int]) -> None:
    lobby.many_services(9)
    kiosk = lobby.stand(language=language, size=size)
    for screen in go(kiosk, "home", "ticket", "service"):
        across, down, inside = kiosk.page.evaluate(
            """() => { const [d, m] = [document.documentElement, document.querySelector(".kiosk-main")];
              return [d.scrollWidth - innerWidth, d.scrollHeight - innerHeight, m.scrollHeight - m.clientHeight]; }"""
        )
        assert (across <= 0, down <= 0, inside <= 1) == (True, True, True), screen


def test_a_screen_reader_hears_the_number_and_starts_at_the_heading(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    number = kiosk.take()
    kiosk.until("(n) => document.getElementById('said').textContent.includes(n)", number)
    assert kiosk.page.evaluate("document.activeElement.tagName") == "H1"
    assert kiosk.page.title().startswith("Your ticket")
