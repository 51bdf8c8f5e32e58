"""Halls and live programs for the tests of live push."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

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


@pytest.fixture
def own_live(transactional_db: None, free_port: int) -> Iterator[Program]:
    """A live program that a test may kill."""
    from tests.channels.live.stage import Program

    program = Program("live", free_port)
    program.start()
    yield program
    program.stop()
