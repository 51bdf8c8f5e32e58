"""The pages' modules pass their own tests, which node runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.one_database
@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the pages' modules")
@pytest.mark.parametrize("module", sorted(path.name for path in HERE.glob("*.test.mjs")))
def test_the_modules_pass_their_own_tests(module: str) -> None:
    done = subprocess.run(["node", "--test", str(HERE / module)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
