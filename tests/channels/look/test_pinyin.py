"""What the keyboard looks up: node runs the tests of it, and it is small enough to be fetched."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.one_database


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the pages' modules")
def test_letters_become_chinese() -> None:
    test = Path(__file__).parent / "pinyin.test.mjs"
    done = subprocess.run(["node", "--test", str(test)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


def test_the_lexicon_is_at_most_a_megabyte_and_a_half_over_the_wire() -> None:
    place = finders.find("vendor/pinyin/lexicon.txt")
    assert place is not None, "setup makes it: scripts/bootstrap.py"
    assert 300_000 < len(gzip.compress(Path(place).read_bytes())) < 1_500_000
