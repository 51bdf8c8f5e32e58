"""A called customer's request at the desk in Chromium: by keyboard alone, with the customer's phone beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from servicehall.rooms.services.models import Instance
from tests.channels.desk.house import House
from tests.channels.desk.test_requests import START, TASKS, of_customer
from tests.channels.desk.window import Windows, press, wait_for_mode
from tests.chromium import violations
from tests.rooms.services.help import publish_help

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
PHONE = (390, 844)


@pytest.fixture
def house(big_house: House) -> House:
    publish_help(big_house.site().region.organisation_id, "enquiries")
    return big_house


def clean(page: Page) -> None:
    """Axe finds nothing there."""
    assert violations(page) == []


def test_a_request_goes_from_phone_to_desk_and_back(house: House, windows: Windows) -> None:
    begun = of_customer(house, "person")
    phone = windows.open(path=f"/r/{begun.code}", size=PHONE)
    expect(phone.locator("#flow .banner")).to_contain_text("Your number in the queue: A001")
    page = windows.at_counter()
    press(page, "Enter")
    wait_for_mode(page, "called")
    clean(page)
    press(page, "e")
    expect(page.locator(".now-wait-title")).to_have_text("It waits for a person")
    clean(page)
    press(page, "Enter")  # takes it over
    expect(page.locator("#q-town")).to_be_focused()
    expect(phone.locator("#flow .banner")).to_contain_text("Our staff go on with this for you now")
    clean(page)
    page.keyboard.type("Xi'an")
    press(page, "Escape", "b")  # out of the field, one step back
    expect(page.locator("#q-phone")).to_be_focused()
    expect(page.locator("#q-phone")).to_have_value("")
    press(page, "Tab", "End")
    page.keyboard.type(" for my mother")
    press(page, "Enter")
    expect(page.locator("#q-town")).to_be_focused()
    page.keyboard.type("Xi'an")
    press(page, "Enter")
    expect(page.locator("button[form=flow]")).to_be_focused()
    expect(page.locator(".flow-answers")).to_contain_text(
        re.compile("138\\*{4}5678.*A letter for my mother", re.DOTALL)
    )
    press(page, "h")  # hands it back
    expect(page.locator(".now-wait-title")).to_have_text("The customer goes on with this request")
    expect(phone.locator(".flow-answers")).to_contain_text("13812345678")
    phone.click("button[form=flow]")
    expect(phone.locator(".flow-slip")).to_be_visible()
    press(page, "Escape")
    expect(page.locator(".customer-number")).to_contain_text("A001")
    assert windows.complaints == []


def test_a_service_is_begun_by_keyboard_and_goes_to_a_phone(house: House, windows: Windows) -> None:
    page = windows.open("anna", START)
    clean(page)
    expect(page.locator("[data-service-search]")).to_be_focused()
    page.keyboard.type("nothing like it")
    expect(page.locator("[data-service-none]")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("form")
    press(page, "ArrowDown", "Enter")
    expect(page.locator(".flow-options button").first).to_be_focused()
    clean(page)
    press(page, "1")
    expect(page.locator("#q-phone")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    clean(page)
    press(page, "h")
    expect(page.locator(".request-link svg")).to_be_visible()
    clean(page)
    assert Instance.objects.get().held_by is None
    press(page, "x")
    expect(page.locator("#request-end")).to_be_visible()
    page.locator("#request-end .button-primary").focus()
    press(page, "Enter")
    expect(page.locator(".request-end")).to_have_text("It was settled by staff")
    of_customer(house, "person")
    page.goto(windows.address + TASKS)
    clean(page)
    page.locator("tbody th a").focus()
    press(page, "Enter")
    expect(page.locator("#t-do")).to_contain_text("A person goes on")
    clean(page)
    assert windows.complaints == []
