"""axe finds nothing on any page of the desk in every look; languages take turns, for axe sees the same in both."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from servicehall.rooms.queueing import actions
from tests.channels.desk.house import House, tablet_of
from tests.channels.desk.window import TABLET, Windows
from tests.chromium import dress, violations

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

LOOKS = {
    "dark": {"theme": "dark"},
    "high contrast": {"contrast": "more"},
    "dark high contrast": {"theme": "dark", "contrast": "more"},
}
LANGUAGES = ("en", "zh-Hans")


@pytest.fixture
def house(big_house: House) -> House:
    return big_house


def in_turns(*things: str) -> list[tuple[str, str]]:
    """Each with one of the languages."""
    return list(zip(things, itertools.cycle(LANGUAGES), strict=False))


def looked_at(page: Page) -> dict[str, Any]:
    """What axe finds on the page, and in the other looks."""
    found = {"as it is": violations(page)}
    for name, look in LOOKS.items():
        dress(page, **look)
        found[name] = violations(page, colours_only=True)
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize(
    ("path", "language"),
    in_turns("/sign-in", "/desk", "/desk/mall/counters?zone=main", "/account", "/desk/halls"),
)
def test_pages_around_the_desk(house: House, windows: Windows, path: str, language: str) -> None:
    house.sit("ben", "2")
    username = "" if path == "/sign-in" else "mira" if path == "/desk/halls" else "anna"
    assert looked_at(windows.open(username, path, language=language)) == {}


def test_a_sign_in_that_failed(house: House, windows: Windows) -> None:
    page = windows.open(path="/sign-in")
    page.locator("#username").fill("anna")
    page.locator("#password").fill("wrong")
    page.locator("form[action='/sign-in'] button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert violations(page) == []


@pytest.mark.parametrize(
    ("state", "language"), in_turns("empty", "free", "called", "serving", "paused", "taken", "closed")
)
def test_the_screen_in_every_state(house: House, windows: Windows, state: str, language: str) -> None:
    if state != "empty":
        for service in ("enquiries", "returns", "complaints", "enquiries"):
            house.issue(service, ago=700, priority="elderly", note="灯 light", language="zh-Hans")
    if state in {"called", "serving"}:
        house.call("anna", "1", start=state == "serving")
    elif state not in {"taken", "closed"}:
        house.sit("anna", "1")
    if state == "paused":
        actions.pause(
            site_id=house.site_id, counter_id=house.counters["1"], by=house.actor("anna"), reason="Meal"
        )
    if state == "taken":
        house.sit("ben", "1")
    path = f"/desk/{house.counters['1']}"
    assert looked_at(windows.open("anna", path, language=language)) == {}


@pytest.mark.parametrize(("tab", "language"), in_turns("services", "mine", "held", "missed"))
def test_every_list(house: House, windows: Windows, tab: str, language: str) -> None:
    house.sit("anna", "1")
    for _n in range(3):
        house.issue(ago=900)
    held = house.call("anna", "1")
    actions.hold(ticket_id=held.pk, by=house.actor("anna"), reason="Filling in a form")
    missed = house.call("anna", "1")
    actions.no_show(ticket_id=missed.pk, by=house.actor("anna"))
    path = f"/desk/{house.counters['1']}?tab={tab}"
    assert looked_at(windows.open("anna", path, language=language)) == {}


@pytest.mark.parametrize(("key", "language"), in_turns("h", "t", "b", "i", "w", "d", "p", "q", "?"))
def test_every_dialog(house: House, windows: Windows, key: str, language: str) -> None:
    for service in ("enquiries", "returns", "enquiries"):
        house.issue(service, ago=600)
    house.call("sue", "1", start=True)
    page = windows.open("sue", f"/desk/{house.counters['1']}", language=language)
    page.keyboard.press(key)
    page.locator("dialog[open] .dialog-title").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_the_ticket_that_was_issued(house: House, windows: Windows) -> None:
    page = windows.at_counter()
    page.keyboard.press("i")
    page.locator("#ask-send").click()
    page.locator("#ask .ticket-number").wait_for()
    assert violations(page) == []


def test_the_supervisors_page_and_sheet(house: House, windows: Windows) -> None:
    for service in ("enquiries", "returns", "complaints"):
        house.issue(service, ago=900)
    house.call("anna", "1", start=True)
    house.sit("ben", "2")

    def show(language: str) -> Page:
        return windows.open("sue", "/desk/mall/queue", language=language)

    assert looked_at(show("en")) == {}
    windows.close()
    page = show("zh-Hans")
    for opener in (".row-open >> nth=0", "[id^=close-] >> nth=0"):
        page.locator(opener).click()
        page.locator("dialog[open] .dialog-title").wait_for()
        assert violations(page) == []
        page.keyboard.press("Escape")
    page.locator("#tab-services").click()
    page.locator(".services").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize(("step", "language"), in_turns("idle", "ask", "more", "thanks"))
def test_the_rating_tablet(house: House, windows: Windows, step: str, language: str) -> None:
    if step != "idle":
        house.issue()
        ticket = house.call("anna", "1", start=True)
        actions.finish(ticket_id=ticket.pk, by=house.actor("anna"))

    def show(language: str) -> Page:
        path = f"{tablet_of(house, '1')}?lang={language}"
        page = windows.open(path=path, size=TABLET)
        if step in {"more", "thanks"}:
            page.locator(".face").first.click()
            page.locator(".rate-answers").wait_for()
        if step == "thanks":
            page.locator(".rate-answers button[type=submit]").click()
            page.locator(".rate-thanks").wait_for()
        return page

    assert looked_at(show(language)) == {}
