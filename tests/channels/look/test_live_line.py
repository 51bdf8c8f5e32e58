"""live.js against a small server of events that the test commands: resume, cuts, fallback, refresh."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from tests.channels.look.conftest import Screen

pytestmark = [pytest.mark.one_database, pytest.mark.browser]

CUT = b""


class Programme:
    """A live program: answers streams, remembers what was asked, says what the test puts into `says`."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.status = 200
        self.says: queue.Queue[bytes] = queue.Queue()
        programme = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                programme.answer(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        after = parse_qs(urlsplit(request.path).query).get("after")
        self.asked.append(after[0] if after else None)
        request.send_response(self.status)
        request.send_header("Access-Control-Allow-Origin", request.headers.get("Origin", "*"))
        request.send_header("Access-Control-Allow-Credentials", "true")
        request.send_header("Content-Type", "text/event-stream")
        request.end_headers()
        if self.status != 200:
            return
        request.wfile.write(b"retry: 20\n\n: here\n\n")
        request.wfile.flush()
        while piece := self.says.get():
            request.wfile.write(piece)
            request.wfile.flush()

    def say(self, kind: str, seq: int, **facts: Any) -> None:
        data = json.dumps({"seq": seq, "kind": kind, **facts})
        self.says.put(f"id: {seq}\nevent: {kind}\ndata: {data}\n\n".encode())

    def cut(self) -> None:
        self.says.put(CUT)

    def stop(self) -> None:
        self.cut()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def programme(settings: Settings) -> Iterator[Programme]:
    programme = Programme()
    settings.LIVE_URL = programme.address
    yield programme
    programme.stop()


LISTEN = """(after) => { window.heard = []; window.states = []; window.resets = 0;
  return import('/static/look/live.js').then(({subscribe}) => { window.line = subscribe('/live/sites/mall', {after,
    onEvent: (kind, data) => heard.push([kind, data.seq]), onState: (state) => states.push(state),
    onReset: () => { resets += 1; } }); }); }"""


def listen(page: Page, after: int | None = None) -> None:
    page.evaluate(LISTEN, after)
    page.wait_for_function("() => line.state() === 'online'")


def heard(page: Page, count: int) -> list[list[Any]]:
    page.wait_for_function("(count) => heard.length >= count", arg=count)
    return list(page.evaluate("heard"))


def test_events_of_any_name_arrive_in_order(programme: Programme, screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    listen(page, after=7)
    programme.say("ticket.called", 8)
    programme.say("a.kind.of.tomorrow", 9)
    assert heard(page, 2) == [["ticket.called", 8], ["a.kind.of.tomorrow", 9]]
    assert programme.asked == ["7"]


def test_a_piece_may_end_anywhere(programme: Programme, screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    listen(page)
    for piece in (
        "id: 1\r",
        "\neve",
        'nt: ticket.called\r\ndata: {"seq": 1, "name": "',
        "陈",
        '"}\r\n\r',
        "\n",
    ):
        programme.says.put(piece.encode())
    assert heard(page, 1) == [["ticket.called", 1]]


def test_after_a_cut_it_resumes_behind_the_last_event(programme: Programme, screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    listen(page)
    programme.say("ticket.called", 41)
    heard(page, 1)
    programme.cut()
    programme.say("ticket.finished", 42)
    assert heard(page, 2)[1] == ["ticket.finished", 42]
    assert programme.asked == [None, "41"]


def test_a_reset_asks_for_a_fresh_snapshot(programme: Programme, screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    listen(page, after=1)
    programme.says.put(b'event: reset\ndata: {"seq": 900}\n\n')
    page.wait_for_function("() => resets === 1")
    assert page.evaluate("line.after()") == 900
    assert page.evaluate("heard") == []


def test_a_server_that_is_gone_is_said_and_comes_back(programme: Programme, screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    strip = page.locator('[data-live-when="offline"]')
    expect(strip).to_be_hidden()
    listen(page)
    programme.status = 503
    programme.cut()
    expect(strip).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.liveState") == "offline"
    programme.status = 200
    page.wait_for_function("() => line.state() === 'online'")
    expect(strip).to_be_hidden()
    screen.complaints.clear()  # The browser reports each 503 itself.


def test_silence_is_noticed(programme: Programme, screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    page.clock.install()
    listen(page)
    page.clock.run_for(27_000)
    page.wait_for_function("() => states.includes('stale')")
    page.clock.run_for(5_000)
    page.wait_for_function("() => line.state() === 'online'")
    assert len(programme.asked) == 2
    page.context.close()  # nobody else is to have its clock


def test_a_refusal_is_final(programme: Programme, screen: Screen) -> None:
    programme.status = 401
    page = screen.open("/gallery/phone")
    page.evaluate(LISTEN, None)
    page.wait_for_function("() => line.state() === 'refused'")
    page.wait_for_timeout(300)
    assert len(programme.asked) == 1
    screen.complaints.clear()


def test_where_the_live_port_is_walled_off_the_pages_own_address_is_used(
    screen: Screen, settings: Settings, free_port: int
) -> None:
    settings.LIVE_URL = f"http://127.0.0.1:{free_port}"
    page = screen.open("/gallery/phone")
    event = 'id: 5\nevent: ticket.called\ndata: {"seq": 5}\n\n'
    page.route(
        f"{screen.pages}/live/**",
        lambda route: route.fulfill(status=200, content_type="text/event-stream", body=event),
    )
    page.evaluate(LISTEN, None)
    assert heard(page, 1)[0] == ["ticket.called", 5]
    screen.complaints.clear()


def test_two_listeners_share_a_line_that_ends_with_the_last(programme: Programme, screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    listen(page)
    page.evaluate(
        "import('/static/look/live.js').then(({subscribe}) => { window.other = subscribe('/live/sites/mall', {}); })"
    )
    page.evaluate("line.close()")
    assert page.evaluate("document.documentElement.dataset.liveState") == "online"
    page.evaluate("other.close()")
    assert page.evaluate("document.documentElement.dataset.liveState") == ""
    assert len(programme.asked) == 1


PART = """() => { const main = document.getElementById('main');
  main.insertAdjacentHTML('afterbegin', `<section id="part" hx-get="/part" hx-trigger="live" hx-swap="outerHTML"
    data-live-path="/live/sites/mall" data-live-after="7" data-live-refresh="ticket.called,ticket.finished">old</section>`);
  htmx.process(main); document.body.dispatchEvent(new CustomEvent('htmx:load', {bubbles: true, detail: {elt: main}})); }"""


def test_an_element_refreshes_itself_once_for_a_burst_of_events(programme: Programme, screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    fetched: list[str] = []

    def answer(route: Route) -> None:
        fetched.append(route.request.url)
        route.fulfill(body='<section id="part">new</section>', content_type="text/html")

    page.route("**/part", answer)
    page.evaluate(PART)
    page.wait_for_function("() => document.documentElement.dataset.liveState === 'online'")
    programme.say("ticket.issued", 8)
    page.wait_for_timeout(900)
    assert fetched == []
    for seq in (9, 10, 11):
        programme.say("ticket.called", seq)
    expect(page.locator("#part")).to_have_text("new")
    page.wait_for_timeout(500)
    assert len(fetched) == 1
    assert programme.asked == ["7"]
    # The new part listens to nothing: the line is closed.
    assert page.evaluate("document.documentElement.dataset.liveState") == ""
