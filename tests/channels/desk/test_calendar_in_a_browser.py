"""One story at the calendar: a card is dragged, put back, and moved by keyboard; axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from servicehall.rooms.booking.models import Appointment
from tests.channels.desk.booked import book, something_to_book, today_at
from tests.channels.desk.house import House
from tests.channels.desk.window import Windows
from tests.chromium import violations
from tests.processes.running import until

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def test_a_card_is_dragged_put_back_and_moved_by_keyboard(big_house: House, windows: Windows) -> None:
    rooms, _offer = something_to_book(big_house)
    starts = today_at(big_house, 10, days=1)
    mine = book(big_house, starts, resource=rooms[0].pk)
    page = windows.open("sue", f"/desk/mall/calendar?day={mine.day:%Y-%m-%d}", language="zh-Hans")
    page.wait_for_selector("html[data-live-state=online]", state="attached")
    card = page.locator(".cal-card")
    strips = page.locator(".cal-strip .cal-body")
    box, other = card.bounding_box(), strips.nth(1).bounding_box()
    assert box is not None
    assert other is not None
    scale = box["height"] / 30
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(other["x"] + 30, box["y"] + 40, steps=4)
    page.mouse.move(other["x"] + 30, box["y"] + 8 + 60 * scale, steps=4)
    expect(page.locator(".cal-ghost")).to_have_text("11:00")
    page.mouse.up()
    expect(strips.nth(1).locator(".cal-card .cal-time")).to_have_text("11:00")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert Appointment.objects.get(pk=mine.pk).assignments.get().resource_id == rooms[1].pk
    page.click("#undo")
    expect(strips.nth(0).locator(".cal-card .cal-time")).to_have_text("10:00")

    # A low window, so that the sheet is scrolled: it stays where it is while dialogs open and cards move.
    page.set_viewport_size({"width": 1440, "height": 560})
    frame = "document.getElementById('cal-frame')"
    until(lambda: bool(page.evaluate(f"{frame}.clientHeight < {frame}.scrollHeight")))
    scrolled = f"{frame}.scrollTop"
    page.evaluate(f"{scrolled} = 60")
    page.locator(".cal-card").focus()
    page.keyboard.press("Enter")
    page.locator("#ask-move").click()
    page.locator("#move-on").wait_for()
    assert page.evaluate(scrolled) == 60
    assert violations(page) == []
    page.locator(".cal-times .chip", has_text="15:00").click()
    page.locator("#ask-send").click()
    expect(page.locator(".cal-card .cal-time")).to_have_text("15:00")
    assert page.evaluate(scrolled) == 60
    assert violations(page) == []
    assert windows.complaints == []
