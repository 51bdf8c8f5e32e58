"""Between counters: transfer, undo, the next stage; and a service that a supervisor closes for today."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.cast import Cast

pytestmark = [pytest.mark.one_database, pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]


def test_a_customer_is_transferred_back_by_undo_and_transferred_with_a_note(cast: Cast) -> None:
    number = cast.program.issue("enquiries")["number"]
    sender, taker = cast.agent("mall-agent2", "3"), cast.agent("mall-agent1", "1")
    sender.serve(number)

    def transfer(note: str) -> None:
        dialog = sender.ask("t")
        dialog.locator("#to-service").select_option(label=membership)
        dialog.get_by_label("给下一位办理人员的备注").fill(note)
        dialog.locator("#ask-send").click()
        expect(sender.page.locator("#now.now-free")).to_be_visible()

    membership = sender.ask("t").locator("#to-service option", has_text="会员与积分").inner_text()
    sender.page.keyboard.press("Escape")
    transfer("先送到会员")
    taker.next_is(number)
    sender.press("u", then="serving")
    sender.has(number)
    assert cast.program.ticket(number)["service"]["slug"] == "enquiries"
    expect(taker.page.locator(".next-up-number")).to_have_count(0)

    transfer("补登积分，小票在手")
    taker.serve(number)
    taker.see("补登积分，小票在手")
    taker.press("f", then="free")
    served = cast.program.ticket(number)
    assert (served["state"], served["service"]["slug"]) == ("done", "membership")


def test_a_customer_goes_through_both_stages_with_one_number(cast: Cast) -> None:
    number = cast.program.issue("returns", language="en")["number"]
    phone = cast.phone(f"/t/{cast.program.ticket(number)['code']}", "en-US")
    phone.see("Step 1 of 2: Inspection")
    inspector, cashier = cast.agent("mall-agent3", "3"), cast.agent("mall-agent4", "4")
    inspector.serve(number)
    inspector.press("n", then="free")
    phone.see("Step 2 of 2: Refund cashier")
    cashier.serve(number)
    cashier.shows(".customer-stage strong", "Refund cashier")
    phone.see("You are being served")
    # Being done with the customer calls the next one; nobody waits, so the counter is free.
    cashier.press("Enter", then="free")
    phone.see("All done. Thank you for coming.")
    assert phone.is_unbroken is False  # forms around the rating differ: this one step loads the page
    assert cast.program.ticket(number)["state"] == "done"


def test_two_counters_press_call_next_and_never_get_the_same_customer(cast: Cast) -> None:
    numbers = {cast.program.issue("gift-cards")["number"] for _ in range(2)}
    first, second = cast.agent("mall-agent1", "1"), cast.agent("mall-agent2", "2")
    for agent in (first, second):
        agent.page.wait_for_timeout(500)
    # Both presses are on their way before either is answered.
    for agent in (first, second):
        agent.page.evaluate("document.getElementById('act-next').click()")
    called = {agent.page.locator(".customer-number").inner_text().split()[-1] for agent in (first, second)}
    assert called == numbers
    for agent in (first, second):
        agent.press("f", then="free")


def test_a_service_closed_for_today_is_shut_at_the_kiosk_at_once(cast: Cast) -> None:
    kiosk = cast.kiosk()
    kiosk.tickets()
    expect(kiosk.page.locator("a[data-service=parking]")).to_be_visible()
    supervisor = cast.signed_in("mall-supervisor", "/desk/mall/queue?tab=services")
    row = supervisor.get_by_role("row", name=re.compile("停车"))
    row.get_by_role("button", name=re.compile("今日停办")).click()
    supervisor.locator("#ask-send").click()
    expect(row.get_by_role("button", name=re.compile("恢复取号"))).to_be_visible()

    tile = kiosk.page.locator("[data-service=parking]")
    expect(tile).to_have_attribute("data-state", "closed")
    expect(tile).to_have_attribute("aria-disabled", "true")
    kiosk.tickets()
    kiosk.see("今日已停办")
    assert kiosk.is_unbroken
    phone = cast.phone("/s/mall", "en-US")
    expect(phone.page.locator(".service", has_text="Parking")).to_contain_text("Closed for today")
    refused = cast.program.client.post("/sites/mall/tickets", json={"service": "parking"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:servicehall:problem:service-closed")

    row.get_by_role("button", name=re.compile("恢复取号")).click()
    kiosk.tickets()
    expect(kiosk.page.locator("a[data-service=parking]")).to_be_visible()
