"""The hall in which these tests happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.hall import Hall


@pytest.fixture
def hall(db: None) -> Hall:
    """A small hall, open all day."""
    # This file is read before Django has its settings.
    from tests.hall import make_hall

    return make_hall()
