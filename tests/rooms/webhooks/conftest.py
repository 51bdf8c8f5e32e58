"""A receiver for the module, as at its start for every test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.rooms.webhooks.receiving import Receiver


@pytest.fixture(scope="module")
def running_receiver() -> Iterator[Receiver]:
    # This file is read before Django has its settings.
    from tests.rooms.webhooks.receiving import Receiver

    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def receiver(running_receiver: Receiver, settings: Settings) -> Receiver:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    running_receiver.anew()
    return running_receiver
