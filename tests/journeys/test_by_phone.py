"""A visit by phone in English: let others go first, miss the call, come back, be served."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.cast import Cast

pytestmark = [pytest.mark.one_database, pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]


def test_who_postponed_and_missed_the_call_is_served_in_the_end(cast: Cast) -> None:
    phone = cast.phone("/s/mall", "en-US")
    phone.press("Parking and invoices")
    expect(phone.page.get_by_role("heading", name="Parking and invoices")).to_be_visible()
    phone.press("Take a ticket")
    phone.page.wait_for_url(re.compile("/t/"))
    number = phone.number()
    phone.shows(".ahead-count", "You are next")
    others = [cast.program.issue("parking")["number"] for _ in range(2)]

    phone.press("Let others go first")
    phone.page.locator("label.place", has_text=re.compile(r"^2$")).click()
    phone.press("Let them go first")
    phone.page.wait_for_url(re.compile(r"/t/[\w-]+$"))
    phone.shows(".ahead-count", "2 people ahead of you")
    phone.page.evaluate("window.unbroken = true")

    agent = cast.agent("mall-agent3", "7")
    for other in others:
        agent.serve(other)
        agent.press("f", then="free")
    phone.shows(".ahead-count", "You are next")
    agent.next_is(number)
    agent.press("Enter", then="called")
    phone.is_called_to("Counter 7", number)
    agent.press("x", then="free")
    assert cast.program.ticket(number)["state"] == "no_show"

    phone.see("You missed your call")
    phone.press("I am here – rejoin the queue")
    phone.shows(".ahead-count", "You are next")
    agent.serve(number)
    phone.shows(".ahead-count", "You are being served")
    agent.press("f", then="free")
    phone.see("All done. Thank you for coming.")
    phone.see("How was your visit?")
    # The hall's page remembers no ticket that is over.
    phone.page.goto(f"{cast.hall.url}/s/mall")
    expect(phone.page.locator(".own-ticket")).to_have_count(0)

    done = cast.program.ticket(number)
    assert (done["state"], done["channel"], done["calls"]) == ("done", "phone", 2)


def test_who_leaves_the_queue_is_not_called(cast: Cast) -> None:
    phone = cast.phone("/", "en-US")
    phone.press("Harmony Plaza Service Hall")
    phone.press("Lost and found")
    phone.press("Take a ticket")
    phone.page.wait_for_url(re.compile("/t/"))
    number = phone.number()
    phone.press("Leave the queue")
    dialog = phone.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Leave the queue").click()
    phone.see("You have left the queue")
    assert cast.program.ticket(number)["state"] == "cancelled"
    assert number not in [t["number"] for t in cast.program.get("/sites/mall/queue")["waiting"]]
