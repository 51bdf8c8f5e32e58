"""A data folder that was prepared once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prepared import copied, first_start, once


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as the first start leaves it; to be copied."""
    return copied(once("first-start", first_start), tmp_path_factory.mktemp("prepared") / "data")
