"""A hall that calls the sample back office of its test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.rooms.connectors.sample import Line, Sample


@pytest.fixture
def line(sample: Sample, db: Any) -> Line:
    from tests.hall import make_hall
    from tests.rooms.connectors.sample import connect

    return connect(sample, make_hall("mall"))
