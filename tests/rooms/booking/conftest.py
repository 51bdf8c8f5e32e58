"""The hall in which these tests happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .desk import Desk


@pytest.fixture
def desk(db: None) -> Desk:
    """A small hall with two advisers who can be booked."""
    # This file is read before Django has its settings.
    from tests.hall import make_hall

    from .desk import make_desk

    return make_desk(make_hall())
