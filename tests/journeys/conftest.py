"""A demo hall in processes of its own, shared by all stories, and Chromium to walk around in it.

Each story begins in a hall where nobody waits and nobody is at a counter, and leaves it so.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.chromium import SPEAKING, launch
from tests.journeys.cast import Cast, Program
from tests.prepared import demo as prepared_demo
from tests.prepared import once
from tests.processes.running import Hall, hall


def a_port() -> int:
    """A port such that nobody listens on it or on the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="session")
def prepared() -> Path:
    """A data folder with the demo in it, made once: halls are started on copies."""
    return once("demo", prepared_demo)


@pytest.fixture(scope="session")
def demo(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The demo, open, on SQLite."""
    folder = tmp_path_factory.mktemp("hall") / "data"
    shutil.copytree(prepared, folder)
    with hall(folder, a_port(), "--demo") as running:
        running.wait_open()
        yield running


@pytest.fixture(scope="session")
def chromium(play: Playwright) -> Iterator[Browser]:
    expect.set_options(timeout=20_000)  # two cores may have much else to do
    with launch(play, SPEAKING) as browser:
        yield browser


@pytest.fixture
def cast_on_postgresql(
    prepared: Path, tmp_path: Path, postgresql_tables_url: str, chromium: Browser
) -> Iterator[Cast]:
    """The people and screens of one story, in a demo on a PostgreSQL database with empty tables."""
    folder = tmp_path / "data"
    shutil.copytree(prepared, folder, ignore=shutil.ignore_patterns("*.sqlite3*"))
    with hall(folder, a_port(), "--demo", DATABASE_URL=postgresql_tables_url) as running:
        running.wait_open()
        with (
            Program(running, DATABASE_URL=postgresql_tables_url) as program,
            Cast(running, chromium, program) as people,
        ):
            yield people


@pytest.fixture(scope="session")
def program(demo: Hall) -> Iterator[Program]:
    """The hall's own bookkeeping, and its other customers."""
    with Program(demo) as running:
        yield running


@pytest.fixture
def cast(demo: Hall, chromium: Browser, program: Program) -> Iterator[Cast]:
    """The people and screens of one story; after it everybody goes home."""
    with Cast(demo, chromium, program) as people:
        yield people
    program.clear_the_hall()
