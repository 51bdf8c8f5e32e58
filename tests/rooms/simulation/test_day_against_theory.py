"""The simulated day agrees with theory where there is a formula, and the formulas with each other."""

from __future__ import annotations

import math

import pytest

from servicehall.rooms.simulation.day.check import CASES, against_theory
from servicehall.rooms.simulation.day.theory import erlang_a, erlang_c


def test_erlang_c_has_the_values_of_the_tables() -> None:
    # Two counters, load 1.5: 9/14 have to wait (Gross et al., section 2.3); one counter: the load itself.
    assert erlang_c(1.5, 1, 2).waits == pytest.approx(9 / 14)
    assert erlang_c(6, 10, 1).waits == pytest.approx(0.6)
    assert erlang_c(6, 10, 1).time_in_queue == pytest.approx(0.6 / 4)


def test_a_queue_that_would_grow_for_ever_has_no_delay_formula() -> None:
    with pytest.raises(ValueError, match="load"):
        erlang_c(20, 10, 2)


def test_with_patience_as_long_as_service_the_people_in_the_hall_are_poisson() -> None:
    # Everybody goes at the same rate, waiting or served: M/M/∞.
    load, counters = 4.0, 5
    weights = [math.exp(-load) * load**n / math.factorial(n) for n in range(60)]
    found = erlang_a(4, 1, counters, 1)
    assert found.waits == pytest.approx(sum(weights[counters:]))
    assert found.time_in_queue == pytest.approx(sum((n - 5) * w for n, w in enumerate(weights) if n > 5) / 4)


def test_with_endless_patience_erlang_a_is_erlang_c() -> None:
    patient, endless = erlang_a(80, 20, 5, 1e-7), erlang_c(80, 20, 5)
    assert patient.time_in_queue == pytest.approx(endless.time_in_queue, rel=1e-4)
    assert patient.use == pytest.approx(endless.use, rel=1e-4)


def test_theory_lies_in_the_intervals_of_the_simulated_days() -> None:
    found = [one for case in (CASES[0], CASES[1], CASES[3]) for one in against_theory(case, days=30, seed=1)]
    # Of nine 95 % intervals one may miss by chance, and none by far; 500 days show no bias (docs/simulation.md).
    assert len(found) == 9
    assert len([one for one in found if not one.agrees]) <= 1
    for one in found:
        width = one.simulated["high"] - one.simulated["low"]
        assert abs(one.simulated["mean"] - one.theory) < width, one
