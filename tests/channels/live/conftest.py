"""Halls and live programs for the tests of live push."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # Django is not ready yet when pytest reads this file
    from tests.channels.live.stage import Hall, Program


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    from tests.channels.live.stage import make_hall

    return make_hall(f"hall-{secrets.token_hex(4)}")


@pytest.fixture
def other_hall(transactional_db: None) -> Hall:
    from tests.channels.live.stage import make_hall

    return make_hall(f"other-{secrets.token_hex(4)}")


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def shared_live(django_db_setup: None, django_db_blocker: Any) -> Iterator[Program]:
    """One live program for all tests that do not hurt it."""
    from django.db import connection

    from tests.channels.live.stage import Program, cut_connections, own_backend

    with django_db_blocker.unblock():
        program = Program("live", _port())
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
    return shared_live


@pytest.fixture
def own_live(transactional_db: None, free_port: int) -> Iterator[Program]:
    """A live program that a test may kill."""
    from tests.channels.live.stage import Program

    program = Program("live", free_port)
    program.start()
    yield program
    program.stop()
