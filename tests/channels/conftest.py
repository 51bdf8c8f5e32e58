"""What browser tests of several channels share: one Chromium, one live program."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # Django is not ready yet when pytest reads this file
    from playwright.sync_api import Browser, Playwright
    from pytest_django.live_server_helper import LiveServer

    from tests.channels.live.stage import Program


@pytest.fixture(autouse=True)
def nobody_was_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests come from one address, and many use one hall: what others took does not count."""
    from servicehall.channels import flooding

    for name in ("_taken", "_guessed"):
        monkeypatch.setattr(flooding, name, {})


@pytest.fixture(scope="session")
def chromium(play: Playwright) -> Iterator[Browser]:
    """Chromium as anybody starts it."""
    from tests.chromium import launch

    with launch(play) as browser:
        yield browser


@pytest.fixture(scope="session")
def live_server(live_server: LiveServer) -> LiveServer:
    """The pages' server, whose scripts and styles a browser asks for once, as in a hall."""
    httpd = live_server.thread.httpd
    pages = httpd.get_app()
    assert pages is not None

    def kept(environ: dict[str, Any], start: Any) -> Any:
        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if environ["PATH_INFO"].startswith("/static/"):
                headers = [*headers, ("Cache-Control", "max-age=86400, immutable")]
            return start(status, headers, *more)

        return pages(environ, begin)

    httpd.set_app(kept)
    return live_server


@pytest.fixture(scope="session")
def shared_live(django_db_setup: None, django_db_blocker: Any) -> Iterator[Program]:
    """One live program for all tests of the process: to start one takes seconds."""
    from django.db import connection

    from tests.channels.live.stage import Program, cut_connections, own_backend

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with django_db_blocker.unblock():
        program = Program("live", port)
        program.start()
    yield program
    program.stop()
    if connection.vendor == "postgresql":
        # The thread that wakes readers of the log keeps a connection, and a database that somebody is
        # connected to cannot be dropped.
        with django_db_blocker.unblock():
            cut_connections(but=own_backend())


@pytest.fixture
def live(shared_live: Program, transactional_db: None) -> Program:
    """The live program, which a test may stop and start."""
    if not shared_live.answers():
        shared_live.start()
    return shared_live
