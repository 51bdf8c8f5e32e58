"""The gallery in Chromium: axe finds nothing, nothing sticks out, sizes on kiosk and board are physical."""

from __future__ import annotations

import pytest

from tests.channels.look.conftest import Screen
from tests.chromium import violations

pytestmark = [pytest.mark.one_database, pytest.mark.browser]

PHONE, DESK, KIOSK, BOARD = (390, 844), (1440, 900), (1080, 1920), (1920, 1080)
LOOKS = {
    "light": "theme=light",
    "dark": "theme=dark",
    "high contrast": "theme=light&contrast=more",
    "dark high contrast": "theme=dark&contrast=more",
}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_in_the_gallery(screen: Screen, size: tuple[int, int], look: str) -> None:
    assert violations(screen.open(f"/gallery?{LOOKS[look]}", size=size)) == []


@pytest.mark.parametrize(
    ("frame", "size"),
    [
        ("phone", PHONE),
        ("plain", PHONE),
        ("plain", DESK),
        ("staff", DESK),
        ("staff", PHONE),
        ("kiosk", KIOSK),
        ("kiosk-ticket", KIOSK),
        ("board", BOARD),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_axe_finds_nothing_in_a_frame(
    screen: Screen, frame: str, size: tuple[int, int], language: str
) -> None:
    assert violations(screen.open(f"/gallery/{frame}", size=size, language=language)) == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("address", ["/gallery", "/gallery/phone", "/gallery/staff", "/gallery/plain"])
def test_nothing_sticks_out_sideways(screen: Screen, address: str, language: str) -> None:
    page = screen.open(address, size=PHONE, language=language)
    assert page.evaluate(WIDER) == 0
    page.set_viewport_size({"width": 320, "height": 640})  # WCAG 1.4.10
    assert page.evaluate(WIDER) == 0
    # A measuring error of one pixel apart, large type does not break the page either.
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.evaluate("document.documentElement.dataset.size = 'largest'")
    assert page.evaluate(WIDER) <= 1


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("frame", ["kiosk", "kiosk-ticket"])
def test_a_kiosk_page_fits_its_screen(screen: Screen, frame: str, language: str) -> None:
    page = screen.open(f"/gallery/{frame}?mm=4.016", size=KIOSK, language=language)
    fits = page.evaluate(
        "[...document.querySelectorAll('body, main')].map(e => e.scrollHeight <= e.clientHeight)"
    )
    assert fits == [True, True]
    assert page.evaluate(WIDER) == 0


KIOSK_SIZES = """() => {
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--mm'));
  const targets = [...document.querySelectorAll('button, a[href], input, select')]
    .filter((e) => e.getClientRects().length && !e.closest('.skip-link, .toasts'));
  const boxes = targets.map((e) => e.getBoundingClientRect());
  const gap = (a, b) => Math.max(b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom);
  const gaps = boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => gap(a, b)));
  const type = [...document.querySelectorAll('body *')].filter((e) =>
    e.getClientRects().length && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
    && !e.closest('.visually-hidden, .skip-link, .toasts')).map((e) => parseFloat(getComputedStyle(e).fontSize));
  return {mm, height: Math.min(...boxes.map((b) => b.height)) / mm, gap: Math.min(...gaps) / mm,
    type: Math.min(...type) / mm};
}"""
CAPITALS = 0.668 * 1.04  # of the font size: Atkinson Hyperlegible Next, enlarged in fonts.css


@pytest.mark.parametrize("mm", [3.2, 4.016])
def test_sizes_on_a_kiosk_are_those_of_the_standards(screen: Screen, mm: float) -> None:
    page = screen.open(f"/gallery/kiosk?mm={mm}", size=KIOSK)
    sizes = page.evaluate(KIOSK_SIZES)
    assert sizes["mm"] == mm
    assert sizes["height"] >= 15 - 0.1
    assert sizes["gap"] >= 10 - 0.1
    assert sizes["type"] * CAPITALS >= 4.8  # Section 508, 402.4
    page.get_by_role("button", name="Large type").click()
    assert page.evaluate(KIOSK_SIZES)["type"] * CAPITALS >= 7.2  # EN 301 549, 5.1.4, at 60 cm


def test_a_chart_is_drawn_and_follows_the_theme(screen: Screen) -> None:
    page = screen.open("/gallery")
    plot = page.locator(".chart-plot svg").first
    plot.wait_for()
    light = plot.inner_html()
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function("(old) => document.querySelector('.chart-plot svg').innerHTML !== old", arg=light)
