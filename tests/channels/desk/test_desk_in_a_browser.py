"""The desk in Chromium: a day by keyboard alone, live changes, nothing lost, nothing done twice."""

from __future__ import annotations

import re

import pytest
from django.db.models import F
from playwright.sync_api import Route, expect

from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing.models import QueueRules, Ticket
from tests.channels.desk.house import PASSWORD, House
from tests.channels.desk.window import Windows, mode, press, wait_for_mode
from tests.channels.live.stage import Program

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
def house(big_house: House) -> House:
    return big_house


def states() -> dict[str, str]:
    return dict(Ticket.objects.order_by("number").values_list("number", "state"))


def test_a_working_day_by_keyboard_alone(house: House, windows: Windows) -> None:
    for _n in range(4):
        house.issue(ago=60)
    page = windows.open(path="/desk")
    page.locator("#username").focus()
    page.keyboard.type("anna")
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.locator(".seat-tile").first).to_be_focused()
    press(page, "Enter")
    wait_for_mode(page, "free")
    expect(page.locator(".next-up-number")).to_have_text("A001")
    assert house.seat("1") == "open"

    press(page, "Enter")
    wait_for_mode(page, "called")
    press(page, "r")
    expect(page.locator(".customer-marks")).to_contain_text("called 2 times")
    page.wait_for_timeout(500)
    press(page, "Enter")
    wait_for_mode(page, "serving")
    press(page, "3")
    press(page, "Enter")  # finished with that outcome, and the next one is called
    expect(page.locator(".customer-number")).to_contain_text("A002")
    wait_for_mode(page, "called")
    assert Ticket.objects.get(number="A001").outcome == "follow-up"

    press(page, "u")
    wait_for_mode(page, "serving")
    expect(page.locator(".customer-number")).to_contain_text("A001")
    press(page, "f")
    wait_for_mode(page, "free")
    press(page, "Enter")
    wait_for_mode(page, "called")
    press(page, "x")
    wait_for_mode(page, "free")
    assert states()["A002"] == "no_show"

    press(page, "Enter")
    wait_for_mode(page, "called")
    press(page, "h")
    expect(page.locator("#ask-title")).to_have_text(re.compile("Put on hold A003"))
    press(page, "ArrowRight", "Enter")
    wait_for_mode(page, "free")
    assert Ticket.objects.get(number="A003").reason == "Filling in a form"

    press(page, "p")
    expect(page.locator("#ask-title")).to_have_text("Pause the counter")
    press(page, "Enter")
    wait_for_mode(page, "paused")
    press(page, "Enter")
    wait_for_mode(page, "free")

    press(page, "l")  # to the lists; the arrow goes from tab to tab
    for _step in range(3):
        press(page, "ArrowRight")
    expect(page.locator("#tab-held")).to_have_attribute("aria-current", "true")
    expect(page.locator(".row-number")).to_have_text("A003")
    press(page, "ArrowDown", "Tab", "Enter")  # into the row, on to its button
    wait_for_mode(page, "serving")
    press(page, "b")
    expect(page.locator("#ask-title")).to_have_text(re.compile("Back into the queue"))
    press(page, "ArrowDown", "Enter")
    wait_for_mode(page, "free")
    assert states()["A003"] == "waiting"

    press(page, "/")
    page.keyboard.type("a2")
    press(page, "Enter")
    expect(page.locator("#ask-title")).to_have_text(re.compile("A002"))
    press(page, "Escape")
    expect(page.locator("#ask")).not_to_be_visible()

    press(page, "w")
    expect(page.locator("#ask-title")).to_have_text("Why this one?")
    press(page, "Enter")  # its button closes it
    press(page, "?")
    expect(page.locator("#keys-help")).to_be_visible()
    press(page, "Escape")

    press(page, "i")
    expect(page.locator("#ask-title")).to_have_text("Issue a ticket")
    press(page, "ArrowDown", "Enter")
    expect(page.locator("#ask-title")).to_have_text("Ticket issued")
    expect(page.locator("#ask .ticket-number")).to_contain_text("A005")
    press(page, "Escape")

    press(page, "q")
    expect(page.locator("#ask-title")).to_have_text("Leave the counter?")
    page.locator("#ask-send").focus()
    press(page, "Enter")
    expect(page.locator(".seat-tile").first).to_be_focused()
    assert house.seat("1") == "closed"
    assert windows.complaints == []


def test_a_transfer_by_keyboard(house: House, windows: Windows) -> None:
    house.issue()
    page = windows.at_counter()
    press(page, "Enter")
    wait_for_mode(page, "called")
    press(page, "t")
    expect(page.locator("#to-service")).to_be_visible()
    press(page, "ArrowRight")
    expect(page.locator("#to-service")).not_to_be_visible()
    expect(page.locator("#to-counter")).to_be_visible()
    press(page, "Tab", "Tab")  # past the counters, of which 2 is the first
    expect(page.locator("#ask [name=note]")).to_be_focused()
    page.keyboard.type("Speaks Italian")
    page.locator("#ask-send").focus()
    press(page, "Enter")
    wait_for_mode(page, "free")
    ticket = Ticket.objects.get()
    assert (ticket.for_counter_id, ticket.note) == (house.counters["2"], "Speaks Italian")


def test_new_tickets_appear_by_themselves(house: House, windows: Windows) -> None:
    page = windows.at_counter()
    expect(page.locator("html")).to_have_attribute("data-live-state", "online")
    expect(page.locator(".next-up")).to_contain_text("Nobody is waiting")
    house.issue()
    expect(page.locator(".next-up-number")).to_have_text("A001")
    expect(page.locator(".row-number")).to_have_text(["A001"])
    house.issue()
    expect(page.locator(".row-number")).to_have_text(["A001", "A002"])
    assert windows.complaints == []


def test_what_is_typed_survives_what_others_do(house: House, windows: Windows) -> None:
    house.issue(ago=90)
    page = windows.at_counter()
    press(page, "Enter")
    wait_for_mode(page, "called")
    press(page, "Enter")
    wait_for_mode(page, "serving")
    page.locator("#finish-note").focus()
    page.keyboard.type("Needs a copy of")
    press(page, "Tab")
    page.locator("#finish-note").focus()
    # Her own part changes under her hands: somebody pauses the counter; and the lists change.
    actions.pause(
        site_id=house.site_id, counter_id=house.counters["1"], by=house.actor("sue"), reason="Meeting"
    )
    house.issue()
    expect(page.locator("#now")).to_contain_text("After this customer nobody is called.")
    expect(page.locator(".row-number")).to_have_text(["A002"])
    expect(page.locator("#finish-note")).to_have_value("Needs a copy of")
    expect(page.locator("#finish-note")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" the contract")
    press(page, "Enter")
    wait_for_mode(page, "paused")
    assert Ticket.objects.get(number="A001").note == "Needs a copy of the contract"


def test_keys_work_on_when_the_asking_button_was_renewed_meanwhile(house: House, windows: Windows) -> None:
    house.issue(ago=90)
    page = windows.at_counter()
    press(page, "Enter")
    wait_for_mode(page, "called")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/hold*", hold)
    press(page, "h")
    # While the question is on its way, her own part is put in place anew, and with it the button that asked.
    actions.pause(
        site_id=house.site_id, counter_id=house.counters["1"], by=house.actor("sue"), reason="Meeting"
    )
    expect(page.locator("#now")).to_contain_text("After this customer nobody is called.")
    held[0].continue_()
    expect(page.locator("#ask-title")).to_have_text(re.compile("Put on hold A001"))
    press(page, "Escape")
    expect(page.locator("#ask")).not_to_be_visible()
    press(page, "/")
    expect(page.locator("#find")).to_be_focused()


def test_a_customer_taken_away_is_told_at_once(house: House, windows: Windows) -> None:
    ticket = house.issue()
    page = windows.at_counter()
    press(page, "Enter")
    wait_for_mode(page, "called")
    actions.transfer(ticket_id=ticket.pk, by=house.actor("sue"), counter_id=house.counters["2"])
    wait_for_mode(page, "free")
    expect(page.locator(".toast-text")).to_have_text("Sue Wang changed A001. It is now: Waiting.")


def test_a_conflict_shows_the_present_state_and_says_why(
    house: House, windows: Windows, live: Program
) -> None:
    live.stop()  # so that the page does not hear of it before the press
    ticket = house.issue()
    page = windows.at_counter()
    press(page, "Enter")
    wait_for_mode(page, "called")
    press(page, "h")
    expect(page.locator("#ask")).to_be_visible()
    actions.requeue(ticket_id=ticket.pk, by=house.actor("sue"))
    press(page, "Enter")
    wait_for_mode(page, "free")
    expect(page.locator("#ask")).not_to_be_visible()
    expect(page.locator(".toast-bad")).to_contain_text("not in the right state")


def test_a_double_click_acts_once(house: House, windows: Windows) -> None:
    for _n in range(3):
        house.issue()
    page = windows.at_counter()
    page.locator("#act-next").dblclick()
    wait_for_mode(page, "called")
    assert states() == {"A001": "called", "A002": "waiting", "A003": "waiting"}
    press(page, "Enter")
    wait_for_mode(page, "serving")
    page.locator("#act-finish-next").dblclick()
    wait_for_mode(page, "called")
    page.wait_for_timeout(300)
    assert states() == {"A001": "done", "A002": "called", "A003": "waiting"}


def test_a_key_pressed_twice_in_haste_acts_once(house: House, windows: Windows) -> None:
    house.issue()
    page = windows.at_counter()
    press(page, "Enter", "Enter")
    page.locator("#now.now-called").wait_for()
    press(page, "Enter")  # within half a second of the answer
    page.wait_for_timeout(700)
    assert mode(page) == "called"
    assert states() == {"A001": "called"}


def test_the_offer_to_undo_counts_down_and_goes(house: House, windows: Windows) -> None:
    QueueRules.objects.update_or_create(site_id=house.site_id, defaults={"undo_seconds": 3})
    type(house.site()).objects.filter(pk=house.site_id).update(setup_version=F("setup_version") + 1)
    house.issue()
    page = windows.at_counter()
    press(page, "Enter")
    expect(page.locator(".undo time")).to_have_text(re.compile(r"0:0[23]"))
    spot = page.locator("#act-start").bounding_box()
    expect(page.locator(".undo")).to_have_count(0, timeout=6000)
    assert page.locator("#act-start").bounding_box() == spot  # nothing moved


def test_a_cut_line_is_shown_and_work_goes_on(house: House, windows: Windows, live: Program) -> None:
    page = windows.at_counter()
    expect(page.locator("html")).to_have_attribute("data-live-state", "online")
    live.stop()
    expect(page.locator('[data-live-when="offline"]')).to_be_visible(timeout=30_000)
    house.issue()
    press(page, "Enter")
    wait_for_mode(page, "called")
    live.start()
    expect(page.locator("html")).to_have_attribute("data-live-state", "online", timeout=40_000)


def test_without_a_network_an_act_is_refused_in_words_and_may_be_repeated(
    house: House, windows: Windows
) -> None:
    house.issue()
    page = windows.at_counter()
    page.context.set_offline(True)
    press(page, "Enter")
    expect(page.locator(".toast-bad .toast-text")).to_have_text(
        "That did not work. Check the connection and try again."
    )
    page.context.set_offline(False)
    press(page, "Enter")
    wait_for_mode(page, "called")
    assert house.events("ticket.called") == 1


def test_the_list_keeps_its_place_and_the_focus(house: House, windows: Windows) -> None:
    for n in range(40):
        house.issue(ago=600 - n)
    page = windows.at_counter()
    page.locator(".row-open").nth(25).focus()
    before = page.evaluate("[document.activeElement.id, document.getElementById('lists-body').scrollTop]")
    assert before[1] > 0
    house.issue(ago=0)
    expect(page.locator(".lists-title")).to_have_text("Waiting 41")
    after = page.evaluate("[document.activeElement.id, document.getElementById('lists-body').scrollTop]")
    assert after == before


def test_the_whole_screen_fits_a_desk_and_a_tablet(house: House, windows: Windows) -> None:
    ticket = house.issue("returns", priority="elderly", language="zh-Hans", note="A rather long note " * 4)
    house.call("anna", "1", start=True)
    for size in ((1440, 900), (1024, 768)):
        for language in ("en", "zh-Hans"):
            page = windows.open("anna", f"/desk/{house.counters['1']}", size=size, language=language)
            page.wait_for_load_state()
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            tall = page.evaluate(
                "(now => now.scrollHeight - now.clientHeight)(document.getElementById('now'))"
            )
            assert (wide, tall) == (0, 0), (size, language)
    assert house.state(ticket) == "serving"


def test_a_supervisor_calls_a_ticket_to_a_counter_and_the_agent_sees_it(
    house: House, windows: Windows
) -> None:
    house.issue(ago=500)
    house.issue(ago=100)
    agent = windows.at_counter()
    page = windows.open("sue", "/desk/mall/queue")
    page.locator(".row-open", has_text="A002").click()
    expect(page.locator("#ask-title")).to_have_text(re.compile("A002"))
    page.locator("#sheet-counter").select_option(label="Counter 1 · Anna Meyer")
    page.locator("form[action$='/call'] button").click()
    expect(page.locator("#ask")).not_to_be_visible()
    expect(page.locator(".desk-ticket")).to_contain_text("A002")
    wait_for_mode(agent, "called")
    expect(agent.locator(".customer-number")).to_contain_text("A002")
    assert windows.complaints == []


def test_the_ticket_that_was_issued_is_printed_alone(house: House, windows: Windows) -> None:
    page = windows.at_counter()
    page.evaluate("window.print = () => { window.printed = true; }")
    press(page, "i")
    expect(page.locator("#ask-title")).to_have_text("Issue a ticket")
    press(page, "Enter")
    expect(page.locator("#ask .ticket-number")).to_contain_text("001")
    page.locator("[data-print]").click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    assert page.locator("#now").is_hidden()
    assert page.locator(".staff-bar").is_hidden()
    assert page.locator("#ask .ticket-number").is_visible()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (820, 1180)])
def test_a_notice_covers_neither_the_undo_nor_the_acts(
    house: House, windows: Windows, size: tuple[int, int]
) -> None:
    house.issue(ago=60)
    page = windows.at_counter(size=size)
    press(page, "Enter")
    wait_for_mode(page, "called")
    expect(page.locator("#undo")).to_be_visible()
    page.evaluate(
        "() => document.dispatchEvent(new CustomEvent('said', {detail: {text: 'Too early', tone: 'bad'}}))"
    )
    notice = page.locator(".toast-bad")
    expect(notice).to_be_visible()
    page.wait_for_timeout(400)  # it slides in
    covered = page.evaluate(
        """() => {
          const notice = document.querySelector(".toast-bad").getBoundingClientRect();
          const apart = (a) => a.right <= notice.left || a.left >= notice.right
            || a.bottom <= notice.top || a.top >= notice.bottom;
          return [...document.querySelectorAll(".undo, #now .button-l, .acts-other .button")]
            .filter((one) => one.offsetParent && !apart(one.getBoundingClientRect()))
            .map((one) => one.textContent);
        }"""
    )
    assert covered == []
