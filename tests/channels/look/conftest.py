"""A server of the pages that needs no table, and Chromium, for tests of the shared look."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings

from tests.channels.look.kiosk_keys import KIOSK, Keys, Stand

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(
        self, path: str, *, size: tuple[int, int] = (1440, 900), language: str = "en", **options: Any
    ) -> Page:
        context = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=language, **options
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{path}: {error}"))
        page.on(
            "console",
            lambda said: self.complaints.append(f"{path}: {said.text}") if said.type == "error" else None,
        )
        page.goto(self.pages + path)
        return page


@pytest.fixture
def screen(chromium: Browser, pages: str) -> Iterator[Screen]:
    screen = Screen(chromium, pages)
    yield screen
    for context in screen.contexts:
        context.close()
    assert screen.complaints == []


@pytest.fixture
def stand(screen: Screen) -> Stand:
    def stand(language: str = "en", look: str = "", size: tuple[int, int] = KIOSK) -> Keys:
        return Keys(
            screen.open(f"/gallery/kiosk-keyboard{look}", size=size, language=language, has_touch=True)
        )

    return stand
