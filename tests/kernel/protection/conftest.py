"""Root keys of its own for each test that changes or spoils them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """Nothing is remembered from the test before."""
    from servicehall.kernel.protection import alarm, root_keys

    alarm.forget()
    root_keys.forget()
    yield
    root_keys.forget()


@pytest.fixture
def root_file(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    """A place for the file of root keys, with nothing there yet."""
    from servicehall.kernel.protection import keys, root_keys

    place = tmp_path / "root.keys"
    settings.PROTECTION_ROOT_KEY_FILE = str(place)
    root_keys.forget()
    keys.forget()
    yield place
    keys.forget()
