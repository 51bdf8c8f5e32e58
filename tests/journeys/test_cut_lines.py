"""Programs that die in the middle of a story: the pages recover and nothing is lost or done twice."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.cast import Cast
from tests.processes.running import until

pytestmark = [pytest.mark.one_database, pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def whole_again(cast: Cast) -> Iterator[None]:
    """What the browser says of a cut line is expected here; each story ends with the hall open."""
    cast.allowed = re.compile(r"net::ERR_|Failed to load resource|htmx:(afterRequest|sendError)")
    yield
    until(cast.hall.is_open, seconds=30, what="the hall is open again")


def kill(cast: Cast, role: str) -> None:
    os.kill(cast.hall.roles()[role], signal.SIGKILL)


def test_a_call_made_while_the_live_program_is_down_arrives_when_it_is_back(cast: Cast) -> None:
    ticket = cast.program.issue("complaints", language="en")
    phone, board = cast.phone(f"/t/{ticket['code']}", "en-US"), cast.board("/board/mall/private")
    phone.page.wait_for_selector("html[data-live-state=online]", state="attached")
    cast.program.post("/counters/mall:5/sign-in")

    kill(cast, "live")
    phone.page.wait_for_selector("html:not([data-live-state=online])", state="attached")
    called = cast.program.post("/counters/mall:5/next")
    assert called["number"] == ticket["number"]

    phone.is_called_to("Counter 5", ticket["number"])
    board.calls(ticket["number"])
    board.has_spoken(1)
    assert phone.is_unbroken
    assert board.is_unbroken
    # And it goes on: the next thing that happens comes over the same pages.
    cast.program.post(f"/tickets/{ticket['id']}/start")
    phone.see("You are being served")
    cast.program.post(f"/tickets/{ticket['id']}/finish")


def made(cast: Cast, service: str) -> list[str]:
    """The numbers of a service that the kiosk has issued."""
    return [
        t["number"]
        for t in cast.program.tickets()
        if t["service"]["slug"] == service and t["channel"] == "kiosk"
    ]


def test_a_ticket_asked_for_while_the_web_program_dies_is_made_once(cast: Cast) -> None:
    kiosk = cast.kiosk("en-US")
    before = made(cast, "lost-and-found")
    kiosk.choose("lost-and-found")
    kill(cast, "web")
    kiosk.take()
    expect(kiosk.page.locator("#offline")).to_be_visible()
    number = kiosk.number()
    expect(kiosk.page.locator("#offline")).to_be_hidden()
    assert kiosk.is_unbroken
    until(cast.hall.is_open, what="the web program is back")
    assert made(cast, "lost-and-found") == [*before, number]


def test_a_ticket_whose_answer_was_lost_is_made_once(cast: Cast) -> None:
    kiosk = cast.kiosk("en-US")
    before = made(cast, "lost-and-found")
    kiosk.choose("lost-and-found")
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())  # the hall has acted, and nobody hears of it
        route.abort("connectionreset")

    kiosk.page.route("**/kiosk/mall-door/take", lose_the_first_answer)
    kiosk.take()
    number = kiosk.number()
    assert len(lost) == 1
    assert number in lost[0]
    assert made(cast, "lost-and-found") == [*before, number]


def test_a_desk_that_loses_the_web_program_says_so_and_goes_on(cast: Cast) -> None:
    number = cast.program.issue("parking")["number"]
    agent = cast.agent("mall-agent3", "7")
    agent.next_is(number)
    kill(cast, "web")
    agent.page.wait_for_timeout(500)
    agent.page.keyboard.press("Enter")
    expect(agent.page.locator(".toast").first).to_be_visible()
    until(cast.hall.is_open, seconds=30, what="the web program is back")
    if agent.page.locator("#now.now-free").count():
        agent.press("Enter", then="called")
    agent.has(number)
    assert cast.program.ticket(number)["calls"] == 1
    agent.press("f", then="free")
