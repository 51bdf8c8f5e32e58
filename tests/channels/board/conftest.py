"""Fixtures of the board's tests: the small hall, its pages, the live program, Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Playwright

from tests.chromium import SPEAKING, launch

if TYPE_CHECKING:  # Django is not ready yet when pytest reads this file
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from tests.channels.board.screen import Wall
    from tests.channels.board.small_hall import Hall
    from tests.channels.live.stage import Program


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    """The small hall, open for business (see small_hall.py)."""
    from tests.channels.board.small_hall import build_hall

    return build_hall()


@pytest.fixture(scope="session")
def speaking(play: Playwright) -> Iterator[Browser]:
    """Chromium as a hall's player starts it: sound needs no touch."""
    with launch(play, SPEAKING) as browser:
        yield browser


@pytest.fixture
def wall(live_server: LiveServer, live: Program, settings: Settings, speaking: Browser) -> Iterator[Wall]:
    """A place for boards: the pages' server with the live program beside it."""
    from tests.channels.board.screen import Wall

    # The same name as the pages have: the live program speaks to pages of its own host only.
    settings.LIVE_URL = f"http://{urlsplit(live_server.url).hostname}:{live.port}"
    place = Wall(live_server.url, speaking)
    yield place
    place.clear()
