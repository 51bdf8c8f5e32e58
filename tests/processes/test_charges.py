"""Money is taken once: twelve customers pay while a process dies at each of the twelve points of the ledger.

``bench charges`` does the same with a thousand of each.
"""

from __future__ import annotations

import pytest

from bench import charges
from bench.dying import POINTS

pytestmark = [pytest.mark.processes, pytest.mark.one_database]


@pytest.mark.timeout(500)
def test_a_death_at_each_point_of_the_ledger_charges_nobody_twice() -> None:
    found = charges.measure("sqlite", instances=12, crashes=len(POINTS), seconds=400)
    assert found.faults == []
    assert found.crashes == dict.fromkeys(POINTS, 1)
