"""A data folder that was prepared once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.processes.running import COMMAND, environment


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as the first start leaves it; to be copied."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    subprocess.run([COMMAND, "prepare", "--data", str(data)], env=environment(data), check=True, timeout=120)
    return data
