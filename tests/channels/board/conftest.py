"""Fixtures of the board's tests: the small hall, its pages, the live program, Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Playwright

if TYPE_CHECKING:  # Django is not ready yet when pytest reads this file
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from tests.channels.board.screen import Wall
    from tests.channels.board.small_hall import Hall
    from tests.channels.live.stage import Program

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
]
SPEAKING = "--autoplay-policy=no-user-gesture-required"


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    """The small hall, open for business (see small_hall.py)."""
    from tests.channels.board.small_hall import build_hall

    return build_hall()


@pytest.fixture(scope="session")
def speaking(play: Playwright) -> Iterator[Browser]:
    """Chromium as a hall's player starts it: sound needs no touch."""
    browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS, SPEAKING])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def silent(play: Playwright) -> Iterator[Browser]:
    """Chromium as anybody starts it: the first sound needs a touch."""
    browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def wall(live_server: LiveServer, live: Program, settings: Settings, speaking: Browser) -> Iterator[Wall]:
    """A place for boards: the pages' server with the live program beside it."""
    from tests.channels.board.screen import Wall

    # The same name as the pages have: the live program speaks to pages of its own host only.
    settings.LIVE_URL = f"http://{urlsplit(live_server.url).hostname}:{live.port}"
    place = Wall(live_server.url, speaking)
    yield place
    place.clear()
