"""Two customers at one kiosk: the first one fills a service in and walks away, the second one finds nothing of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Request, Route

from servicehall.rooms.services import actions
from servicehall.rooms.services.models import Instance
from tests.channels.kiosk.standing import Kiosk, Lobby
from tests.channels.kiosk.test_keyboard import LEFT
from tests.channels.kiosk.tour import offer
from tests.rooms.services.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

GO_ON = "button[form=flow].kiosk-main-action"
COUNT_PRINTS = """() => { window.printed = []; window.print = () => {
  const slip = document.querySelector(".slip");
  window.printed.push([!slip.querySelector(".slip-copy").hidden, slip.textContent.includes("DAY TICKET R3")]);
}; }"""
ON_PAPER = "() => [...document.querySelectorAll('body *')].map((e) => e.innerText || '').join()"


@pytest.fixture
def shop() -> Iterator[Shop]:
    found = Shop()
    yield found
    found.close()


def step(kiosk: Kiosk, kind: str, touched: str = GO_ON) -> None:
    """Touch something, until a step of that kind is shown."""
    kiosk.touch(touched)
    kiosk.until("(kind) => document.getElementById('main').dataset.kind === kind", kind)


def works(kiosk: Kiosk, kind: str) -> None:
    """The worker asks; the screen goes on by itself."""
    actions.work_due()
    kiosk.until("(kind) => document.getElementById('main').dataset.kind === kind", kind)


def begin(kiosk: Kiosk) -> None:
    kiosk.touch('[data-service="do.tour"]')
    kiosk.wait("request")


def filled(kiosk: Kiosk, name: str) -> None:
    """Up to the form, and its questions answered on the keys of the screen."""
    step(kiosk, "choose")
    step(kiosk, "form", "[name=choice][value=grown]")
    for field, text in (("name", name), ("pieces", "2"), ("phone", "13812345678"), ("code", "4711")):
        kiosk.touch(f"#q-{field}")
        for key in text:
            kiosk.touch(f'[data-keyboard-panel] [data-text="{key}"]')
    kiosk.touch("[data-keyboard-panel] [data-act=done]")


def test_a8_and_a19_time_is_given_and_the_second_customer_finds_nothing_of_the_first(
    lobby: Lobby, shop: Shop
) -> None:
    offer(lobby.hall)
    kiosk = lobby.stand(clocked=True)
    page, sent = kiosk.page, []

    def hear(request: Request) -> None:
        sent.append((request.url, request.post_data or ""))

    page.on("request", hear)
    page.evaluate(COUNT_PRINTS)
    home, entries = page.url, page.evaluate("history.length")

    # The first one is slow: the screen asks, and each touch gives all the time again, as often as needed.
    begin(kiosk)
    filled(kiosk, "wangfang")
    for _ in range(10):
        page.clock.run_for(61_000)
        assert page.locator("#idle").is_visible()
        assert "Do you need more time?" in page.locator("#said").inner_text()
        page.locator("[data-idle-more]").dispatch_event("pointerdown")
        page.clock.run_for(300)
        assert not page.locator("#idle").is_visible()
    assert page.input_value("#q-name") == "wangfang"

    # An answer that is lost is sent again by the page and counts once.
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        route.fetch()
        return route.abort()

    page.route("**/request/answer", lose)
    step(kiosk, "lookup")
    page.unroute("**/request/answer")
    first = Instance.objects.get()
    assert (len(lost), first.revision) == (1, 3)
    works(kiosk, "confirm")
    assert "wangfang" in page.locator(".flow-answers").inner_text()

    # What was answered is looked at again in another language, and in it nothing is lost.
    step(kiosk, "form", ".flow-answers [name=at][value=person]")
    kiosk.touch("#q-name")
    kiosk.touch('[data-keyboard-panel] [data-text="x"]')
    kiosk.touch(".language-switch [lang=zh-Hans]")
    kiosk.until("document.documentElement.lang === 'zh-Hans'")
    kiosk.until("document.querySelector('#q-name')?.value === 'wangfangx'")
    step(kiosk, "confirm")
    assert page.url == home

    # They walk away. After the warning the screen begins anew, and the request is left.
    page.clock.run_for(61_000)
    assert page.locator("#idle").is_visible()
    page.clock.run_for(20_000)
    assert kiosk.screen == "request", "at least twenty seconds to answer"
    page.clock.run_for(6_000)
    kiosk.wait("home")
    kiosk.until("document.documentElement.lang === 'en'")
    until_left(kiosk, first)
    codes = {code for _url, data in sent for code in fields(data, "code") if code}
    (code,) = codes
    assert code not in "".join(url for url, _data in sent)

    def finds_nothing() -> None:
        found = page.evaluate(LEFT) + page.evaluate(ON_PAPER)
        for trace in ("wangfang", "13812345678", "4711", code):
            assert trace not in found
        assert page.evaluate("history.length") == entries
        assert page.url == home

    finds_nothing()
    page.emulate_media(media="print")
    assert not page.locator(".slip").count()
    page.emulate_media(media="screen")

    # The second one begins the same service, finds it empty, and does all of it.
    sent.clear()
    begin(kiosk)
    finds_nothing()
    step(kiosk, "choose")
    assert page.locator(".flow-options [aria-current]").count() == 0
    step(kiosk, "form", "[name=choice][value=child]")
    assert (
        page.evaluate(
            "[...document.querySelectorAll('[name^=\"q.\"]')].map((e) => e.checked || (e.type !== 'checkbox' && e.value)).filter(Boolean)"
        )
        == []
    )
    finds_nothing()
    for name, text in (("name", "li"), ("pieces", "3"), ("code", "0815")):
        page.locator(f"#q-{name}").fill(text)
    step(kiosk, "lookup")
    works(kiosk, "confirm")
    step(kiosk, "call")
    works(kiosk, "print")
    assert page.evaluate("window.printed.length") == 0
    step(kiosk, "survey")
    step(kiosk, "end", "[name=score][value='5']")
    kiosk.touch("[data-print]")
    assert page.evaluate("window.printed") == [[False, True], [True, True]], "what is printed again is a copy"
    assert all(code not in data for _url, data in sent)
    kiosk.touch("[data-reset]")
    kiosk.wait("home")
    assert "DAY TICKET" not in page.evaluate(LEFT)
    assert list(shop.sold.values()) == [3]
    assert {one.state for one in Instance.objects.all()} == {"left", "ended"}


def fields(data: str, name: str) -> list[str]:
    return [part.removeprefix(f"{name}=") for part in data.split("&") if part.startswith(f"{name}=")]


def until_left(kiosk: Kiosk, instance: Instance) -> None:
    """The page says in the background that its customer has gone."""
    for _ in range(300):
        instance.refresh_from_db()
        if instance.state == "left":
            return
        kiosk.until("true")
        kiosk.page.wait_for_timeout(20)
    pytest.fail("the request was not left")
