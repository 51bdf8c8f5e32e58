"""Fixtures of the desk's tests: the house, desks in it, browser windows with a live program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Django is not ready yet when pytest reads this file
    from playwright.sync_api import Browser
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from tests.channels.desk.house import Desk, House
    from tests.channels.desk.window import Windows
    from tests.channels.live.stage import Program


@pytest.fixture
def house(db: None) -> House:
    from tests.channels.desk.house import build_house

    return build_house()


@pytest.fixture
def desk(house: House) -> Desk:
    """Anna (an agent) at counter 1."""
    from tests.channels.desk.house import Desk

    return Desk.open(house)


@pytest.fixture
def seat(house: House) -> Callable[..., Desk]:
    """Sits somebody down: ``seat("ben", "2")``."""
    from tests.channels.desk.house import Desk

    return lambda *args, **kwargs: Desk.open(house, *args, **kwargs)


@pytest.fixture
def big_house(transactional_db: None) -> House:
    """The house where a server in another thread sees it."""
    from tests.channels.desk.house import build_house

    return build_house()


@pytest.fixture
def windows(
    live_server: LiveServer, live: Program, settings: Settings, big_house: House, chromium: Browser
) -> Iterator[Windows]:
    """Browser windows of staff, with the live program beside the pages."""
    from tests.channels.desk.window import Windows

    host = live_server.url.rpartition(":")[0]  # the same name, or the browser keeps its cookies back
    settings.LIVE_URL = f"{host}:{live.port}"
    place = Windows(big_house, live_server.url, chromium)
    yield place
    place.close()
