"""A small hall on a Tuesday morning, and its kiosk: as a client of Django, or in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Django is not ready yet when pytest reads this file
    from django.test import Client
    from playwright.sync_api import Browser
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from tests.channels.kiosk.standing import Lobby
    from tests.channels.live.stage import Program
    from tests.hall import Hall


@pytest.fixture
def hall(db: None) -> Iterator[Hall]:
    """The small hall, with the clock held at ten in the morning."""
    from servicehall.kernel import clock
    from tests.hall import MORNING, make_hall

    with clock.at(MORNING):
        yield make_hall()


@pytest.fixture
def kiosk(hall: Hall, client: Client) -> Client:
    """The kiosk at the door, in English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def lobby(live_server: LiveServer, live: Program, settings: Settings, chromium: Browser) -> Iterator[Lobby]:
    """A hall that is open now, with the pages' server and the live program beside it."""
    from tests.channels.kiosk.standing import Lobby
    from tests.hall import make_hall

    settings.LIVE_URL = f"http://127.0.0.1:{live.port}"
    lobby = Lobby(live_server.url.replace("localhost", "127.0.0.1"), make_hall(), chromium)
    yield lobby
    lobby.clear()
    assert lobby.faults == []
