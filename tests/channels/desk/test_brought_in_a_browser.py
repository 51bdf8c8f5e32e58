"""A code, a photo and a signature at the desk in Chromium, for a customer who stands there; then a time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, expect

from tests.channels.desk.house import House
from tests.channels.desk.test_brought import of_customer
from tests.channels.desk.test_requests import START, as_one, begin
from tests.channels.desk.window import Windows
from tests.chromium import violations
from tests.pictures import picture
from tests.rooms.services.repair import work, workshop

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
def house(big_house: House) -> Iterator[House]:
    with workshop(big_house.site().region.organisation_id):
        yield big_house


@pytest.mark.parametrize(("who", "photos", "go_on"), [("anna", "Photos", "Continue")])
def test_all_is_brought_at_the_desk(
    house: House, windows: Windows, who: str, photos: str, go_on: str
) -> None:
    page = windows.open(who, begin(as_one(who), flow="repair"))
    expect(page.locator("#q-code")).to_be_focused()
    expect(page.locator("[data-awake]")).to_have_count(4)
    page.keyboard.type("M-1")
    group = page.get_by_role("group", name=photos)
    group.locator("input[type=file]").set_input_files(
        FilePayload(name="a.png", mimeType="image/png", buffer=picture())
    )
    expect(group.locator("[data-chosen] img")).to_be_visible()
    page.locator("[data-pad] > svg").scroll_into_view_if_needed()
    box = page.locator("[data-pad] > svg").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    for part, high in ((0.3, 0.2), (0.4, 0.8), (0.5, 0.3), (0.6, 0.8), (0.7, 0.4)):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] * high)
    page.mouse.up()
    assert violations(page) == []
    page.get_by_role("button", name=go_on).click()
    expect(page.locator("[data-look-again], .flow-working").first).to_be_visible()
    work()
    page.reload()
    expect(page.locator(".flow-times button").first).to_be_visible()
    expect(page.locator(".request-answers img.flow-thumb")).to_be_visible()
    assert page.evaluate("document.querySelector('.request-answers img.flow-thumb').naturalWidth") == 40
    assert violations(page) == []
    page.locator(".flow-times button").first.click()
    work()
    page.reload()
    expect(page.locator(".flow-answers .flow-signed")).to_be_visible()
    assert violations(page) == []


def test_of_what_is_personal_the_page_says_only_that_it_is_there(house: House, windows: Windows) -> None:
    row, _machine, _card = of_customer(house)
    page = windows.open("anna", f"{START}/{row.pk}")
    entered = page.locator(".request-answers")
    expect(entered.locator("img.flow-thumb")).to_have_count(1)
    expect(entered).to_contain_text("1 photo")
    assert violations(page) == []
