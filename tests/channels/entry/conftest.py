"""Fixtures of the sign-in's tests: the desk's house and its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Django is not ready yet when pytest reads this file
    from tests.channels.desk.house import Desk, House
    from tests.hall import Hall


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
def hall(transactional_db: None) -> Hall:
    """The small hall, for servers in threads of their own."""
    from tests.hall import make_hall

    return make_hall()
