"""One visit from the door to the rating, seen on every screen, on both databases."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.cast import Cast

pytestmark = [pytest.mark.one_database, pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]


def an_elderly_customer_is_served(cast: Cast) -> None:
    """Kiosk → phone → desk → board → rating → operations; nothing is loaded again by hand."""
    board, operations = cast.board(), cast.operations()
    served = int(operations.figure("已办结").inner_text())
    before = cast.program.get("/sites/mall/queue")["seq"]
    ordinary = cast.program.issue("membership")
    pregnant = cast.program.issue("membership", priority="disabled")

    kiosk = cast.kiosk()
    kiosk.choose("membership")
    kiosk.belongs_to("elderly")
    kiosk.take()
    number = kiosk.number()
    kiosk.see("65 岁以上长者")
    ticket = cast.program.ticket(number)
    assert ticket["channel"] == "kiosk"
    address = f"{cast.hall.url}/t/{ticket['code']}"
    assert kiosk.code_leads_to(address)

    phone = cast.phone(address)
    assert phone.number() == number
    phone.shows(".ahead-count", re.compile(r"^前面还有 1 位$"))

    agent = cast.agent("mall-agent1", "1")
    agent.serve(pregnant["number"])
    phone.shows(".ahead-count", "下一位就是您")
    agent.press("f", then="free")
    # Age counts for more than having come a moment earlier.
    agent.next_is(number)
    assert [t["number"] for t in cast.program.get("/sites/mall/queue")["waiting"]] == [
        number,
        ordinary["number"],
    ]

    agent.press("Enter", then="called")
    board.calls(number)
    phone.is_called_to("1 号窗口", number)
    assert "一层" in phone.page.locator(".turn-where").inner_text()
    board.has_spoken(2)
    call = cast.program.events("ticket.called", after=before)[-1]["seq"]
    spoken = board.heard()[board.heard().index(f"/board/mall/speech/{call}/zh-Hans.wav") - 1 :]
    assert spoken[:3] == [
        "/board/sounds/chime.wav",
        f"/board/mall/speech/{call}/zh-Hans.wav",
        f"/board/mall/speech/{call}/en.wav",
    ]

    agent.press("Enter", then="serving")
    phone.shows(".ahead-count", "正在为您办理")
    assert phone.is_unbroken
    agent.press("f", then="free")

    phone.see("您对本次服务满意吗")
    phone.press("很满意")
    phone.page.locator("label.chip").first.click()
    phone.press("提交")
    phone.see("感谢评价")
    expect(operations.figure("已办结")).to_have_text(str(served + 2))
    assert all(screen.is_unbroken for screen in (board, operations, agent))

    rated = cast.program.events("visit.rated", after=call)
    assert rated[-1]["data"]["score"] == 5
    assert len(rated[-1]["data"]["reasons"]) == 1


def test_an_elderly_customer_is_served(cast: Cast) -> None:
    an_elderly_customer_is_served(cast)


def test_an_elderly_customer_is_served_on_postgresql(cast_on_postgresql: Cast) -> None:
    an_elderly_customer_is_served(cast_on_postgresql)
