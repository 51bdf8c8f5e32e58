"""Two halls and a rehearsal with tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .speaking import Place, World


def place(slug: str, *, is_rehearsal: bool = False) -> Place:
    """A hall with a token of each role."""
    from servicehall.kernel.rights import SYSTEM, TOKEN_ROLES
    from servicehall.rooms.people import actions as people
    from tests.channels.api.speaking import Place
    from tests.hall import make_hall

    hall = make_hall(slug, is_rehearsal=is_rehearsal)
    tokens = {
        role: people.create_token(role=role, site_id=hall.id, name=role, by=SYSTEM)[1] for role in TOKEN_ROLES
    }
    return Place(hall, tokens)


@pytest.fixture
def mall(db: None) -> Iterator[Place]:
    from servicehall.rooms.queueing import configuration

    yield place("mall")
    configuration.forget()


@pytest.fixture
def world(mall: Place) -> World:
    """The mall, a bank, a rehearsal and a token for every site."""
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.people import actions as people
    from tests.channels.api.speaking import World

    everywhere = people.create_token(role="integration", site_id=None, name="all", by=SYSTEM)[1]
    return World(mall, place("bank"), place("trial", is_rehearsal=True), everywhere)


@pytest.fixture(autouse=True)
def _only_the_api(settings: Any) -> None:
    """The API's own addresses, as the web program serves them; one test tries all of the product's."""
    settings.ROOT_URLCONF = "tests.channels.api.addresses"
