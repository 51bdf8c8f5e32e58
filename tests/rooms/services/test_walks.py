"""Random walks through the samples and through flows made by chance; ``bench walks`` does ten thousand of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehall.rooms.services import queries
from servicehall.rooms.services.language.program import program
from tests.rooms.services.walks import Walker, generated

pytestmark = pytest.mark.one_database
SAMPLES = sorted(queries.samples())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 100_000))
def test_no_walk_through_a_sample_leads_where_its_answers_alone_would_not(name: str, seed: int) -> None:
    one = Walker(program(queries.samples()[name]), seed)
    one.walk(25)
    assert one.differs() == ""


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(0, 100_000))
def test_no_walk_through_a_made_flow_does(flow: int, seed: int) -> None:
    one = Walker(program(generated(flow)), seed)
    one.walk(25)
    assert one.differs() == ""


def test_made_flows_may_be_published() -> None:
    for number in range(12):
        assert [one for one in queries.findings(generated(number)) if one.level == "fault"] == []


def test_a_walk_that_remembered_where_it_was_would_be_found_out() -> None:
    """The check itself: an answer that counts although nobody would come to it makes a difference."""
    one = Walker(program(queries.samples()["report-loss"]), 1)
    one.walk(12)
    honest = one.path

    def remembers(answers: object = None) -> object:
        found = honest(answers)  # type: ignore[arg-type]
        if answers is None:
            object.__setattr__(found, "values", {**found.values, "kept.before": 1})
        return found

    one.path = remembers  # type: ignore[method-assign,assignment]
    assert one.differs() != ""
