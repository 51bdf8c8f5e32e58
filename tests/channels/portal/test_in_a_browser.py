"""The phone's pages in a browser: live, heard and felt, in all looks, and without JavaScript too."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.kernel import clock
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries as bookings
from servicehall.rooms.feedback import queries as feedback
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.queueing.models import Ticket
from tests.channels.portal import states
from tests.channels.portal.pocket import Phone, Pocket
from tests.chromium import violations
from tests.hall import CUSTOMER
from tests.rooms.booking.desk import make_desk

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def state(ticket: Any) -> str:
    return queueing.ticket_by_code(ticket.code)["state"]


def test_a_visit_is_followed_live_and_rated_by_one_touch(pocket: Pocket) -> None:
    hall = pocket.hall
    ticket = states.waiting(hall)
    phone = pocket.follow(ticket)
    phone.sees("people ahead of you")
    for _ in range(3):
        served = states.call(hall)
        queue.finish(ticket_id=served.pk, by=hall.actors["agent"])
    phone.sees("It is almost your turn")
    states.call(hall)
    phone.sees("It is your turn")
    phone.sees("Counter 1")
    phone.sees("Ground · Main")
    queue.start(ticket_id=ticket.pk, by=hall.actors["agent"])
    phone.sees("You are being served")
    queue.finish(ticket_id=ticket.pk, by=hall.actors["agent"])
    phone.sees("How was your visit?")
    phone.page.locator(".face-5").tap()
    phone.sees("Thank you. Your rating is saved")
    rating = feedback.rating_of(ticket.pk)
    assert rating is not None
    assert rating.score == 5
    phone.page.get_by_text("Friendly staff").tap()
    phone.page.fill("#comment", "Quick and kind")
    phone.page.get_by_role("button", name="Send").tap()
    phone.sees("Save changes")
    rating = feedback.rating_of(ticket.pk)
    assert rating is not None
    assert (rating.reasons, rating.comment) == (["friendly"], "Quick and kind")


def test_a_call_is_felt_heard_and_in_the_title(pocket: Pocket) -> None:
    ticket = states.waiting(pocket.hall)
    phone = pocket.follow(ticket)
    phone.page.locator("[data-alerts-on]").tap()
    phone.sees("This page rings and vibrates when it is your turn.")
    assert not phone.page.locator("[data-alerts-on]").is_visible()
    counter = pocket.hall.open()
    queue.call_ticket(ticket_id=ticket.pk, counter_id=counter, by=pocket.hall.actors["supervisor"])
    phone.sees("It is your turn")
    phone.until("window.felt.length === 1")
    phone.until("document.title.includes('It is your turn')")
    phone.until("document.getElementById('said').textContent.includes('please go to Counter 1')")
    queue.recall(ticket_id=ticket.pk, by=pocket.hall.actors["supervisor"])
    phone.until("window.felt.length === 2")
    phone.sees("called 2 times")


def test_that_the_turn_is_near_is_felt_once(pocket: Pocket) -> None:
    first = states.issue(pocket.hall, minutes_ago=9)
    ticket = states.waiting(pocket.hall)
    phone = pocket.follow(ticket)
    phone.sees("No counter is open for you now")
    pocket.hall.open(at=clock.now())
    for _ in range(2):
        queue.cancel(ticket_id=first.pk, by=CUSTOMER)
        first = Ticket.objects.filter(state="waiting").order_by("order_key")[0]
    phone.sees("It is almost your turn")
    queue.cancel(ticket_id=first.pk, by=CUSTOMER)
    phone.sees("1 person ahead of you")
    assert phone.page.evaluate("window.felt.length") == 1


def test_leaving_by_the_dialog(pocket: Pocket) -> None:
    ticket = states.waiting(pocket.hall)
    phone = pocket.follow(ticket)
    phone.page.get_by_text("Leave the queue").first.tap()
    phone.page.get_by_role("button", name="Stay in the queue").tap()
    assert state(ticket) == "waiting"
    phone.page.get_by_text("Leave the queue").first.tap()
    phone.page.get_by_role("dialog").get_by_role("button", name="Leave the queue").tap()
    phone.sees("You have left the queue")
    assert state(ticket) == "cancelled"


def test_a_call_ends_the_question_who_goes_first(pocket: Pocket) -> None:
    ticket = states.waiting(pocket.hall)
    phone = pocket.open(f"/t/{ticket.code}/later")
    phone.until("document.documentElement.dataset.liveState === 'online'")
    counter = pocket.hall.open()
    queue.call_ticket(ticket_id=ticket.pk, counter_id=counter, by=pocket.hall.actors["supervisor"])
    phone.sees("It is your turn")


def test_a_cut_line_is_said_and_what_was_missed_is_shown(pocket: Pocket) -> None:
    ticket = states.waiting(pocket.hall)
    phone = pocket.follow(ticket)
    phone.context.set_offline(True)
    phone.page.evaluate("dispatchEvent(new Event('offline'))")
    counter = pocket.hall.open()
    queue.call_ticket(ticket_id=ticket.pk, counter_id=counter, by=pocket.hall.actors["supervisor"])
    phone.page.wait_for_timeout(1000)
    phone.context.set_offline(False)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.sees("It is your turn", within=30)


def test_a_look_that_failed_is_taken_again_while_the_stream_lives_on(pocket: Pocket) -> None:
    ticket = states.waiting(pocket.hall)
    phone = pocket.follow(ticket)
    phone.until("document.documentElement.dataset.liveState === 'online'")
    with phone.page.expect_event("requestfailed"):
        phone.page.route("**/now", lambda route: route.abort())
        counter = pocket.hall.open()
        queue.call_ticket(ticket_id=ticket.pk, counter_id=counter, by=pocket.hall.actors["supervisor"])
    phone.page.unroute("**/now")
    phone.sees("It is your turn")


def test_everything_works_without_javascript(pocket: Pocket) -> None:
    phone = pocket.open("/", scripts=False)
    phone.page.get_by_text("Mall hall").tap()
    phone.page.get_by_text("Consult").tap()
    phone.page.get_by_role("button", name="Take a ticket").tap()
    phone.sees("You are next")
    assert not phone.page.locator("[data-alerts-on]").is_visible()
    phone.page.get_by_text("Let others go first").tap()
    phone.page.locator("label.place", has_text="5").tap()
    phone.page.get_by_role("button", name="Let them go first").tap()
    phone.sees("You are next")
    phone.page.get_by_role("link", name="Leave the queue").tap()
    phone.page.get_by_role("button", name="Leave the queue").tap()
    phone.sees("You have left the queue")
    phone.page.get_by_text("Take a new ticket").tap()
    phone.sees("What can we do for you?")


LOOKS: dict[str, list[str]] = {"normal": [], "contrast": ["contrast"], "both": ["contrast", "size"]}


@pytest.mark.parametrize(
    ("language", "look"), [("en", "normal"), ("zh-Hans", "normal"), ("en", "contrast"), ("zh-Hans", "both")]
)
def test_axe_finds_nothing_and_nothing_is_too_wide(pocket: Pocket, language: str, look: str) -> None:
    paths = {name: f"/t/{how(pocket.hall).code}" for name, (how, *_words) in fresh_states().items()}
    waiting = paths["waiting"]
    paths |= {
        "home": "/",
        "site": "/s/mall",
        "take": "/s/mall/take/consult",
        "leave": f"{waiting}/leave",
        "later": f"{waiting}/later",
        "unknown": "/t/unknown",
        "refused": "/s/mall/take/unknown",
    }
    phone = pocket.open("/", language=language, size=(360, 740))
    for pref in LOOKS[look]:
        phone.page.locator(f"[data-pref={pref}]").first.tap()
    found: dict[str, Any] = {}
    for name, path in paths.items():
        phone.page.goto(pocket.url + path)
        if wrong := violations(phone.page):
            found[name] = wrong
        if wide := wider(phone):
            found[f"{name} is too wide"] = wide
    assert found == {}


def fresh_states() -> dict[str, Any]:
    """The states that one hall can have at the same time, the two that need a free counter first."""
    order = ["no_show", "done", "held", "cancelled", "merged", "waiting", "near", "called"]
    return {name: states.STATES[name] for name in order}


def wider(phone: Phone) -> int:
    return int(phone.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_how_long_a_service_takes_stands_beside_its_sign(pocket: Pocket) -> None:
    page = pocket.open("/s/mall", size=(360, 740)).page
    page.locator(".service-wait > span").first.evaluate(
        "(one) => { one.textContent = 'Nobody waiting · ' + 'about 1–9 min '.repeat(6); }"
    )
    sign = page.locator(".service-wait .icon").first.bounding_box()
    words = page.locator(".service-wait > span").first.bounding_box()
    assert sign is not None
    assert words is not None
    assert words["y"] <= sign["y"] <= words["y"] + words["height"]
    assert sign["x"] + sign["width"] <= words["x"]


def test_a_bookings_page_renews_itself_when_the_hall_moves_or_cancels_it(pocket: Pocket) -> None:
    desk = make_desk(pocket.hall)
    free = bookings.next_times(pocket.hall.id, desk.offer.pk, limit=4)
    row = desk.book(free[1], at=clock.now())
    phone = pocket.open(f"/b/{row.code}")
    phone.until("document.documentElement.dataset.liveState === 'online'")
    phone.sees("Your booking")
    by = pocket.hall.actors["supervisor"]
    moved = booking.reschedule(code=row.code, starts_at=free[3], by=by)
    phone.sees(f"{clock.local(moved.starts_at, 'Asia/Shanghai'):%H:%M}–")
    booking.cancel(code=row.code, by=by, reason="Flood")
    phone.sees("This booking is cancelled")
    phone.sees("Flood")
    assert violations(phone.page) == []
