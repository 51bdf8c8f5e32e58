"""Everybody can use the keyboard on the screen: axe finds nothing, keys are large, apart, in reach and named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.kiosk.test_access_in_a_browser import MM, apart
from tests.channels.look.kiosk_keys import Stand
from tests.chromium import violations

pytestmark = [pytest.mark.one_database, pytest.mark.browser]


@pytest.mark.parametrize("name", ["name", "phone", "mail", "latin", "address", "pin"])
@pytest.mark.parametrize(
    ("language", "look"),
    [("en", ""), ("zh-CN", ""), ("en", "?size=large"), ("zh-CN", "?contrast=more&size=large")],
)
def test_axe_finds_nothing(stand: Stand, language: str, look: str, name: str) -> None:
    keys = stand(language, look).into(name)
    if name in {"name", "address"}:
        keys.compose("yan")
    assert violations(keys.page) == []


KEYS = """() => [...document.querySelectorAll("[data-keyboard-panel] button")]
  .filter((e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden")
  .map((e) => { const r = e.getBoundingClientRect();
    const inside = e.scrollWidth <= e.clientWidth + 1;
    return [r.left, r.top, r.right, r.bottom, inside, e.textContent]; })"""


@pytest.mark.parametrize("look", ["", "?size=large&contrast=more"])
@pytest.mark.parametrize(
    ("name", "gap"), [("name", 2), ("mail", 2), ("address", 2), ("latin", 2), ("phone", 10), ("pin", 10)]
)
def test_keys_are_large_and_apart(stand: Stand, name: str, gap: float, look: str) -> None:
    keys = stand("zh-CN", look).into(name)
    if name == "address":
        keys.compose("shenfen")
    boxes: list[Any] = keys.page.evaluate(KEYS)
    assert len(boxes) >= 13
    for left, top, right, bottom, inside, text in boxes:
        assert right - left >= 15 * MM - 0.5, text
        assert bottom - top >= 15 * MM - 0.5, text
        assert inside, text
        assert (left >= 0, right <= 1080, bottom <= 1920, top >= 1920 * 0.3) == (True,) * 4, text
    near = [(a[5], b[5]) for n, a in enumerate(boxes) for b in boxes[n + 1 :] if apart(a, b) < gap * MM - 0.5]
    assert near == []


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (768, 1366), (1280, 800)])
def test_it_fits_screens_and_the_field_stays_in_sight(stand: Stand, size: tuple[int, int]) -> None:
    keys = stand(size=size)
    for name in ("name", "phone", "address"):
        keys.into(name)
        field = keys.field(name).bounding_box()
        panel = keys.panel.bounding_box()
        head = keys.page.locator(".kiosk-head").bounding_box()
        assert field
        assert panel
        assert head
        assert field["y"] >= head["y"] + head["height"]
        assert field["y"] + min(field["height"], 60) <= panel["y"]
        assert panel["y"] + panel["height"] <= size[1] + 1


def test_every_key_has_a_name_in_both_languages(stand: Stand) -> None:
    def names(language: str) -> set[str]:
        keys = stand(language).into("name")
        found = set(
            keys.panel.get_by_role("button").evaluate_all(
                "(all) => all.map((e) => e.getAttribute('aria-label') || e.textContent)"
            )
        )
        assert "" not in found
        return {name for name in found if len(name) > 1}

    assert {"Delete", "Capital letters", "Space", "Done", "More suggestions", "middle dot"} <= names("en")
    assert {"删除", "大写字母", "空格", "完成", "下一页候选", "间隔号"} <= names("zh-CN")
