"""A kiosk and a phone in two browsers: a request goes along, comes back, and is on both."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import tabs
from tests.channels.kiosk.standing import Kiosk, Lobby
from tests.channels.kiosk.tour import offer
from tests.chromium import violations

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
WITHIN = 20_000


@pytest.fixture
def phone(lobby: Lobby) -> Iterator[Page]:
    """A phone in a browser beside the kiosk's."""
    offer(lobby.hall)
    page = tabs.lend(lobby.browser, lobby._hear, size=(390, 844), locale="en-GB", has_touch=True)
    yield page
    tabs.give_back(page)


def at_second_step(kiosk: Kiosk) -> None:
    kiosk.touch("[data-flow=tour], button[form=begin]")
    kiosk.wait("request")
    kiosk.touch("button[form=flow]")
    sees(kiosk.page, "For whom?")


def sees(page: Page, words: str) -> None:
    expect(page.locator("h1")).to_have_text(words, timeout=WITHIN)


def address(kiosk: Kiosk) -> str:
    kiosk.wait("move", within=20)
    return str(kiosk.page.get_attribute(".move-code", "data-address"))


def test_a_request_goes_along_comes_back_and_is_on_both(lobby: Lobby, phone: Page) -> None:
    kiosk = lobby.stand()
    at_second_step(kiosk)
    # Along: scanned, the phone has it where it was, and the kiosk clears itself.
    kiosk.touch("button[form=move]")
    code = address(kiosk)
    assert violations(kiosk.page) == []
    phone.goto(code)
    sees(phone, "For whom?")
    sees(kiosk.page, "Your phone has it now")
    assert "For whom?" not in kiosk.page.content()
    kiosk.wait("home", within=30)
    # Back: the phone's short code, as a scanner types it; the phone confirms.
    phone.get_by_text("Go on at a kiosk").click()
    phone.get_by_role("button", name="Show the code").click()
    digits = re.sub(r"\D", "", phone.locator(".pickup-code").inner_text())
    assert violations(phone) == []
    kiosk.page.keyboard.type(digits)
    kiosk.page.keyboard.press("Enter")
    sees(kiosk.page, "Choose this number on your phone")
    assert violations(kiosk.page) == []
    sees(phone, "Which number does the kiosk show?")
    assert violations(phone) == []
    phone.get_by_role("button", name=kiosk.page.locator(".move-digits").inner_text(), exact=True).click()
    sees(kiosk.page, "For whom?")
    sees(phone, "This continues on another screen now")
    # On both: what either answers, the other shows.
    kiosk.touch("button[form=move]")
    kiosk.wait("move")
    kiosk.touch("button[value=mirror]")
    sees(kiosk.page, "Your phone as remote control")
    phone.goto(address(kiosk))
    sees(kiosk.page, "Choose this number on your phone")
    phone.get_by_role("button", name=kiosk.page.locator(".move-digits").inner_text(), exact=True).click()
    sees(phone, "For whom?")
    sees(kiosk.page, "For whom?")
    phone.locator("button[name=choice]").first.click()
    sees(kiosk.page, "Who comes?")
    assert violations(kiosk.page) == []
    assert violations(phone) == []
    kiosk.touch("button[form=show]")
    sees(kiosk.page, "For whom?")
    kiosk.touch("button[value=child]")
    sees(kiosk.page, "Who comes?")
    kiosk.touch("button[form=unmirror]")
    sees(phone, "The connection with the kiosk has ended")
    sees(kiosk.page, "Who comes?")
    # On with a person.
    kiosk.touch("button[form=person]")
    sees(kiosk.page, "Who can help you?")
    kiosk.touch("button[name=service]")
    sees(kiosk.page, "This is your number")
    assert violations(kiosk.page) == []
