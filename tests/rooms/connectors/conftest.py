"""A sample back office for every test, and a hall that calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.rooms.connectors.sample import Line, Sample


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


@pytest.fixture
def line(sample: Sample, db: Any) -> Line:
    from tests.hall import make_hall
    from tests.rooms.connectors.sample import connect

    return connect(sample, make_hall("mall"))
