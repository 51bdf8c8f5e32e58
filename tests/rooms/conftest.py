"""What halls deal with in tests of more than one room: the sample back office, and providers of payment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.rooms.connectors.sample import Sample
    from tests.rooms.payments.till import Till


@pytest.fixture
def sample(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sample]:
    # This file is read before Django has its settings.
    from servicehall.rooms.connectors import breaker, calling
    from tests.rooms.connectors.sample import SECRET, Sample

    settings.CONNECTOR_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setenv("SERVICEHALL_CONNECTOR_SECRET_MALL_GROUP__BACK_OFFICE", SECRET)
    monkeypatch.setattr(calling, "PAUSE", 0.02)
    breaker.forget()
    # One of its own: what a slow request of the test before still does there is nobody's business here.
    found = Sample()
    yield found
    found.close()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys, made once: they take a while."""
    return tmp_path_factory.mktemp("payment-keys")


@pytest.fixture
def till(db: None, keys: Path, settings: Any) -> Iterator[Till]:
    """A hall that takes money."""
    # Django is not ready when this file is read.
    from tests.hall import make_hall
    from tests.rooms.payments.till import make_till, simulated

    with simulated(keys, settings) as provider:
        yield make_till(make_hall(), provider)
