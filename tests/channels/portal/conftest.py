"""A small hall on a Tuesday morning, and a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.hall import Hall


@pytest.fixture
def hall(db: None) -> Iterator[Hall]:
    """The small hall, with the clock held at ten in the morning."""
    # This file is read before Django has its settings.
    from servicehall.kernel import clock
    from tests.hall import MORNING, make_hall

    with clock.at(MORNING):
        yield make_hall()


@pytest.fixture
def phone(hall: Hall, client: Client) -> Client:
    """A customer's browser, in English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
