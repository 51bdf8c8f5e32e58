"""The kiosk as customers meet it: one after the other, in a hurry, with a bad line, and leaving it alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from servicehall.rooms.queueing.models import Service
from tests.channels.kiosk.standing import Kiosk, Lobby

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def texts(kiosk: Kiosk) -> str:
    return str(kiosk.page.evaluate("document.documentElement.outerHTML"))


def storages(kiosk: Kiosk) -> int:
    return int(kiosk.page.evaluate("localStorage.length + sessionStorage.length"))


def test_the_next_customer_finds_nothing_of_the_last_one(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    before = kiosk.page.evaluate("history.length")  # of this tab, which others had before
    kiosk.touch("[data-pref=contrast]")
    kiosk.touch("[data-pref=reach]")
    kiosk.touch(".language-switch [lang=zh-Hans]")
    kiosk.until("document.documentElement.lang === 'zh-Hans'")
    number = kiosk.take()
    kiosk.touch("[data-reset]")
    kiosk.wait("home")
    kiosk.until("document.documentElement.lang === 'en'")
    assert number not in texts(kiosk)
    assert kiosk.page.evaluate("Object.keys(document.documentElement.dataset).sort()") == [
        "frame",
        "live",
        "liveState",
        "prefsKeep",
        "theme",
    ]
    assert storages(kiosk) == 0
    assert kiosk.page.evaluate("history.length") == before
    names = {cookie.get("name") for cookie in kiosk.context.cookies()}
    assert names <= {"servicehall_csrf"}


@pytest.mark.parametrize("leave", ["history.back()", "history.forward()", "location.reload()"])
def test_no_way_leads_back_to_a_ticket(lobby: Lobby, leave: str) -> None:
    kiosk = lobby.stand()
    number = kiosk.take()
    address = kiosk.page.url
    kiosk.touch("[data-reset]")
    kiosk.wait("home")
    assert kiosk.page.url == address
    kiosk.page.evaluate(f"setTimeout(() => {leave})")
    kiosk.page.wait_for_timeout(900)
    assert number not in kiosk.page.content()


def test_two_quick_touches_take_one_ticket(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    kiosk.touch("[data-service=consult]")
    kiosk.wait("service")
    kiosk.page.evaluate(
        "() => { const b = document.querySelector('button[form=take]'); b.click(); b.click(); b.click(); }"
    )
    kiosk.wait("ticket")
    assert lobby.tickets() == 1


def test_the_ticket_can_be_read_in_the_other_language(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    number = kiosk.take()
    kiosk.touch(".language-switch [lang=zh-Hans]")
    kiosk.until("document.querySelector('h1').textContent.includes('取号成功')")
    assert number in kiosk.page.locator(".your-ticket").inner_text()
    assert lobby.tickets() == 1


def test_a_screen_left_alone_warns_and_begins_anew(lobby: Lobby) -> None:
    kiosk = lobby.stand(clocked=True)
    number = kiosk.take()
    kiosk.page.clock.run_for(24_000)
    assert not kiosk.page.locator("#idle").is_visible()
    kiosk.page.clock.run_for(2_000)
    assert kiosk.page.locator("#idle").is_visible()
    kiosk.page.clock.run_for(500)
    assert kiosk.page.locator("[data-idle-left]").inner_text() == "24"
    assert "Do you need more time?" in kiosk.page.locator("#said").inner_text()
    kiosk.page.clock.run_for(20_000)
    assert kiosk.screen == "ticket"
    kiosk.page.clock.run_for(6_000)
    kiosk.wait("home")
    assert number not in texts(kiosk)
    assert not kiosk.page.locator("#idle").is_visible()


@pytest.mark.parametrize("where", ["[data-idle-more]", "#idle-title", ".kiosk-head"])
def test_one_touch_gives_more_time(lobby: Lobby, where: str) -> None:
    kiosk = lobby.stand(clocked=True)
    kiosk.take()
    for _ in range(3):
        kiosk.page.clock.run_for(40_000)
        assert kiosk.page.locator("#idle").is_visible()
        kiosk.page.locator(where).dispatch_event("pointerdown")
        kiosk.page.clock.run_for(300)
        assert not kiosk.page.locator("#idle").is_visible()
    assert kiosk.screen == "ticket"


def test_the_first_screen_never_asks(lobby: Lobby) -> None:
    kiosk = lobby.stand(clocked=True)
    kiosk.touch("[data-pref=size]")
    kiosk.touch(".language-switch [lang=zh-Hans]")
    kiosk.until("document.documentElement.lang === 'zh-Hans'")
    kiosk.page.clock.run_for(59_000)
    assert kiosk.page.evaluate("document.documentElement.dataset.size") == "large"
    kiosk.page.clock.run_for(2_000)
    kiosk.until("document.documentElement.lang === 'en'")
    assert kiosk.page.evaluate("document.documentElement.dataset.size ?? ''") == ""
    assert not kiosk.page.locator("#idle").is_visible()


def test_a_cut_line_is_said_and_mended_and_takes_one_ticket(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    kiosk.touch("[data-service=consult]")
    kiosk.wait("service")
    kiosk.context.set_offline(True)
    kiosk.touch("button[form=take]")
    kiosk.page.locator("#offline").wait_for(state="visible")
    said = kiosk.page.locator("#offline").inner_text()
    assert "请稍候" in said
    assert "One moment, please" in said
    kiosk.page.wait_for_timeout(1500)
    kiosk.context.set_offline(False)
    kiosk.wait("ticket", within=15)
    assert not kiosk.page.locator("#offline").is_visible()
    assert lobby.tickets() == 1


def test_an_answer_that_was_lost_takes_no_second_ticket(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    kiosk.touch("[data-service=consult]")
    kiosk.wait("service")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append("the first answer")
        route.fetch()  # the server acts …
        route.abort()  # … and the kiosk never hears of it

    kiosk.page.route("**/take", lose)
    kiosk.touch("button[form=take]")
    kiosk.wait("ticket", within=15)
    assert lost
    assert lobby.tickets() == 1


def test_figures_follow_the_hall_without_a_touch(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    kiosk.page.evaluate("window.same = document.querySelector('[data-service=consult]')")
    lobby.issue()
    lobby.issue()
    kiosk.until("document.querySelector('[data-service=consult] strong')?.textContent === '2'", within=15)
    assert kiosk.page.evaluate("window.same.isConnected")
    lobby.close("loan")
    kiosk.until("document.querySelector('[data-service=loan]').dataset.state === 'closed'", within=15)
    assert "Closed for today" in kiosk.page.locator("[data-service=loan]").inner_text()


def test_a_service_that_closed_meanwhile_leads_back(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    kiosk.touch("[data-service=loan]")
    kiosk.wait("service")
    lobby.close("loan")
    kiosk.touch("button[form=take]")
    kiosk.wait("refused")
    assert "This service is closed for today" in kiosk.page.locator("#main").inner_text()
    kiosk.touch("[data-reset]")
    kiosk.wait("home")
    assert lobby.tickets() == 0


def test_many_services_come_in_pages_that_do_not_scroll(lobby: Lobby) -> None:
    lobby.many_services()
    kiosk = lobby.stand()
    seen: set[str] = set()
    while True:
        shown = kiosk.page.locator("[data-service]:visible")
        seen |= {str(tile.get_attribute("data-service")) for tile in shown.all()}
        area = kiosk.page.locator("[data-services]").bounding_box()
        last = shown.last.bounding_box()
        assert area is not None
        assert last is not None
        assert last["y"] + last["height"] <= area["y"] + area["height"] + 1
        more = kiosk.page.locator('[data-page="1"]')
        if more.is_disabled():
            break
        more.tap()
    assert len(seen) == 19
    assert kiosk.page.evaluate("document.querySelector('[data-services]').scrollTop") == 0


def test_one_very_long_name_leaves_room_for_the_other_services(lobby: Lobby) -> None:
    lobby.many_services()
    Service.objects.filter(slug="consult").update(names={"en": "A very long name 🙂 " * 12})
    kiosk = lobby.stand()
    tile = kiosk.page.locator("[data-service=consult]").bounding_box()
    assert tile is not None
    assert tile["height"] < 1920 / 5
    assert kiosk.page.locator("[data-service]:visible").count() >= 6


@pytest.mark.parametrize(
    ("language", "letters", "found"),
    [("en", "wheel", 2), ("en", "gw", 2), ("en", "lpbz", 0), ("zh-Hans", "lpbz", 2), ("zh-Hans", "fw", 4)],
)
def test_services_are_found_by_letters(lobby: Lobby, language: str, letters: str, found: int) -> None:
    lobby.many_services()
    kiosk = lobby.stand(language=language)
    kiosk.touch("[data-find]")
    for letter in letters:
        kiosk.touch(f"[data-letter={letter}]")
    assert kiosk.page.locator("[data-service]:visible").count() == found
    said = f"{found} services fit" if language == "en" else f"找到 {found} 项业务"
    assert said in kiosk.page.locator("[data-typed]").inner_text()
    kiosk.touch("[data-find-close]")
    assert kiosk.page.locator("[data-service]:visible").count() > 2


def test_the_slip_alone_is_printed(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    number = kiosk.take()
    kiosk.page.evaluate("window.print = () => { window.printed = true; }")
    kiosk.touch("[data-print]")
    assert kiosk.page.evaluate("window.printed")
    kiosk.page.emulate_media(media="print")
    assert kiosk.page.locator(".slip").is_visible()
    for other in (".kiosk-head", ".your-ticket", ".kiosk-foot", ".kiosk-actions", ".kiosk-title"):
        assert not kiosk.page.locator(other).is_visible()
    box = kiosk.page.locator(".slip").bounding_box()
    assert box is not None
    assert box["width"] < 80 * 96 / 25.4
    assert number in kiosk.page.locator(".slip").inner_text()


def test_the_ruler_changes_every_size(lobby: Lobby) -> None:
    kiosk = lobby.stand(path="/kiosk/mall-door/setup")
    bar = kiosk.page.locator("[data-bar]").bounding_box()
    assert bar is not None
    # On this screen the bar turns out to be 80 mm long, so a millimetre has more pixels than was thought.
    kiosk.page.fill("#id_measured", "80")
    kiosk.page.get_by_text("Save and start").tap()
    kiosk.wait("home")
    back = kiosk.page.locator(".display-switch .button-kiosk-s").first.bounding_box()
    assert back is not None
    assert back["height"] >= 15 * bar["width"] / 80 - 1


def test_a_kiosk_takes_over_a_new_version_between_two_customers(lobby: Lobby) -> None:
    kiosk = lobby.stand()
    kiosk.page.evaluate("window.old = true")
    kiosk.touch("[data-service=consult]")
    kiosk.wait("service")

    def newer(route: Route) -> None:
        """As if the hall had been given other styles while this page was open."""
        answer = route.fetch()
        body = answer.text().replace("</head>", '<link rel="stylesheet" href="/static/new.css"></head>')
        route.fulfill(response=answer, body=body)

    kiosk.page.route("**/kiosk/mall-door*", newer)
    kiosk.touch(".kiosk-back")
    kiosk.wait("home")
    assert kiosk.page.evaluate("window.old")
    lobby.issue()
    kiosk.until("window.old === undefined", within=15)
    kiosk.wait("home")
