"""Fixtures of the board's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.channels.board.small_hall import Hall


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    """The small hall, open for business (see small_hall.py)."""
    from tests.channels.board.small_hall import build_hall

    return build_hall()
