"""A hall with a flow that is published, and a shop that its steps ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.hall import Hall
    from tests.rooms.services.shop import Shop


@pytest.fixture
def hall(db: None) -> Hall:
    """A small hall, open all day."""
    # This file is read before Django has its settings.
    from tests.hall import make_hall

    return make_hall()


@pytest.fixture
def shop() -> Iterator[Shop]:
    """What the other system is during a test."""
    from tests.rooms.services.shop import Shop

    found = Shop()
    yield found
    found.close()
