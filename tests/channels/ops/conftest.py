"""Two halls on a Tuesday morning, and people who watch them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from tests.channels.live.stage import Program
    from tests.channels.ops.watching import Halls, Screens


@pytest.fixture
def halls(db: None) -> Iterator[Halls]:
    """A mall with a morning behind it and a bank where nothing happened; it is a quarter past ten."""
    # This file is read before Django has its settings.
    from servicehall.kernel import clock
    from tests.channels.ops.watching import make_halls
    from tests.hall import minutes

    with clock.at(minutes(15)):
        yield make_halls()


@pytest.fixture
def screens(
    live_server: LiveServer, live: Program, settings: Settings, transactional_db: None, chromium: Browser
) -> Iterator[Screens]:
    """Browser windows with the live program beside the pages; the hall's morning is now."""
    from tests.channels.ops.watching import Screens

    settings.LIVE_URL = f"http://localhost:{live.port}"
    opened = Screens(live_server.url, chromium)
    yield opened
    opened.close()
