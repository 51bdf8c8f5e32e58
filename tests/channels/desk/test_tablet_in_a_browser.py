"""The rating tablet in Chromium: asks after a visit, and starts over when it was left."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from servicehall.kernel import clock
from servicehall.rooms.queueing import actions
from tests.channels.desk.house import House, tablet_of
from tests.channels.desk.window import Windows

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
def house(big_house: House) -> House:
    return big_house


def test_the_rating_tablet_asks_after_a_visit_and_starts_over(house: House, windows: Windows) -> None:
    house.issue()
    ticket = house.call("anna", "1", start=True)
    tablet = windows.open(path=tablet_of(house, "1"), size=(1024, 768))
    expect(tablet.locator("#rate")).to_have_attribute("data-step", "idle")
    actions.finish(ticket_id=ticket.pk, by=house.actor("anna"), at=clock.now())
    expect(tablet.locator("#rate")).to_have_attribute("data-step", "ask", timeout=10_000)
    tablet.locator(".face").nth(4).click()
    expect(tablet.locator("#rate")).to_have_attribute("data-step", "more")
    tablet.locator(".rate-chip").first.click()
    tablet.locator(".rate-answers button[type=submit]").click()
    expect(tablet.locator("#rate")).to_have_attribute("data-step", "thanks")
    expect(tablet.locator("#rate")).to_have_attribute("data-step", "idle", timeout=10_000)
    assert windows.complaints == []


def test_a_tablet_that_was_left_warns_before_it_starts_over(house: House, windows: Windows) -> None:
    house.issue()
    ticket = house.call("anna", "1", start=True)
    actions.finish(ticket_id=ticket.pk, by=house.actor("anna"))
    tablet = windows.open(path=tablet_of(house, "1"), size=(1024, 768))
    tablet.clock.install()
    tablet.reload()
    tablet.locator(".face").first.click()
    expect(tablet.locator("#rate")).to_have_attribute("data-step", "more")
    tablet.clock.run_for(21_000)
    expect(tablet.locator("#still-there")).to_be_visible()
    tablet.clock.run_for(10_000)
    expect(tablet.locator("[data-countdown]")).to_have_text(re.compile(r"^(9|1\d)$"))
    tablet.locator("[data-go-on]").click()
    expect(tablet.locator("#still-there")).not_to_be_visible()
    expect(tablet.locator("#rate")).to_have_attribute("data-step", "more")
    tablet.clock.run_for(21_000)
    tablet.clock.run_for(21_000)
    expect(tablet.locator("#rate")).to_have_attribute("data-step", "idle")
    tablet.context.close()  # nobody else is to have its clock
