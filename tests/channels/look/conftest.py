"""A server of the pages that needs no table, and Chromium, for tests of the shared look."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from tests import tabs
from tests.channels.look.kiosk_keys import KIOSK, Keys, Stand


@pytest.fixture(autouse=True)
def the_look_alone(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.channels.look.addresses"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # a page asks for forty files at once


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the standard library
        pass


@pytest.fixture(scope="session")
def pages() -> Iterator[str]:
    """The address of the product's pages. The gallery reads no table, so no database is asked for."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Screen:
    """Opens pages at a size in a language; fails when a page complains in its console."""

    def __init__(self, chromium: Browser, pages: str) -> None:
        self.chromium, self.pages = chromium, pages
        self.opened: list[Page] = []
        self.complaints: list[str] = []

    def open(
        self,
        path: str,
        *,
        size: tuple[int, int] = (1440, 900),
        language: str = "en",
        has_touch: bool = False,
        **media: Any,
    ) -> Page:
        page = tabs.lend(
            self.chromium,
            lambda _kind, words: self.complaints.append(f"{path}: {words}"),
            size=size,
            media=media,
            locale=language,
            has_touch=has_touch,
        )
        self.opened.append(page)
        page.goto(self.pages + path)
        return page


@pytest.fixture
def screen(chromium: Browser, pages: str) -> Iterator[Screen]:
    screen = Screen(chromium, pages)
    yield screen
    for page in screen.opened:
        tabs.give_back(page)
    assert screen.complaints == []


@pytest.fixture
def stand(screen: Screen) -> Stand:
    def stand(language: str = "en", look: str = "", size: tuple[int, int] = KIOSK) -> Keys:
        return Keys(
            screen.open(f"/gallery/kiosk-keyboard{look}", size=size, language=language, has_touch=True)
        )

    return stand
