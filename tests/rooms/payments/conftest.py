"""The till and its simulated providers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .till import Till


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys, made once: they take a while."""
    return tmp_path_factory.mktemp("payment-keys")


@pytest.fixture
def till(db: None, keys: Path, settings: Any) -> Iterator[Till]:
    """A hall that takes money."""
    # Django is not ready when this file is read.
    from tests.hall import make_hall

    from .till import make_till, simulated

    with simulated(keys, settings) as provider:
        yield make_till(make_hall(), provider)
