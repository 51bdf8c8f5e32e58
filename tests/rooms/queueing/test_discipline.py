"""The disciplines: who goes first, and that every view of the order agrees with every other."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehall.rooms.queueing.discipline import (
    DISCIPLINES,
    MINUTE,
    Candidate,
    ClassRule,
    key_for_score,
    ranked,
    thresholds,
)

pytestmark = pytest.mark.one_database
STAGE = UUID(int=9)
WALK_IN = ClassRule(UUID(int=1), "walk-in", 1.0, 0.0, 50)
ELDERLY = ClassRule(UUID(int=2), "elderly", 2.0, 10.0, 10)
STAFF = ClassRule(UUID(int=3), "staff", 0.0, 5.0, 90)
RULES = {rule.id: rule for rule in (WALK_IN, ELDERLY, STAFF)}
NOW = 1_800_000_000_000_000


def head(rule: ClassRule, waited_minutes: float) -> Candidate:
    """The head of a class that has waited so long."""
    return Candidate(STAGE, rule.id, NOW - int(waited_minutes * MINUTE))


def order(name: str, *heads: Candidate) -> list[str]:
    """The keys of the classes in calling order."""
    return [RULES[c.priority].key for _score, c in ranked(DISCIPLINES[name], RULES, heads, NOW)]


def test_with_accumulating_priority_a_class_goes_first_until_others_have_waited_long_enough() -> None:
    # 2 points a minute and 10 on arrival: an elderly customer of 5 minutes has 20 points.
    assert order("accumulating", head(WALK_IN, 19), head(ELDERLY, 5)) == ["elderly", "walk-in"]
    assert order("accumulating", head(WALK_IN, 21), head(ELDERLY, 5)) == ["walk-in", "elderly"]


def test_strict_classes_go_by_rank_however_long_others_wait() -> None:
    assert order("strict", head(WALK_IN, 600), head(ELDERLY, 0), head(STAFF, 999)) == [
        "elderly",
        "walk-in",
        "staff",
    ]


def test_first_come_first_served_knows_no_classes() -> None:
    assert order("fifo", head(ELDERLY, 1), head(WALK_IN, 2), head(STAFF, 3)) == [
        "staff",
        "walk-in",
        "elderly",
    ]


waits = st.lists(
    st.tuples(st.sampled_from(list(RULES.values())), st.integers(0, 400 * MINUTE)), min_size=1, max_size=25
)


@given(waits, st.sampled_from(sorted(DISCIPLINES)))
def test_counting_by_thresholds_agrees_with_sorting_by_score(
    line: list[tuple[ClassRule, int]], name: str
) -> None:
    discipline = DISCIPLINES[name]
    tickets = [Candidate(STAGE, rule.id, NOW - wait) for rule, wait in line]
    scores = [discipline.score(RULES[t.priority], t.order_key, NOW) for t in tickets]
    for ticket, score in zip(tickets, scores, strict=True):
        limits = thresholds(discipline, RULES, ticket.priority, ticket.order_key, NOW)
        counted = {id(t) for t in tickets if t.order_key < limits[t.priority]}
        clearly = {id(t) for t, s in zip(tickets, scores, strict=True) if s > score + 1e-4}
        perhaps = {id(t) for t, s in zip(tickets, scores, strict=True) if s >= score - 1e-4}
        assert clearly <= counted <= perhaps


@given(waits, st.sampled_from([WALK_IN, ELDERLY]), st.sampled_from(sorted(DISCIPLINES)))
def test_a_place_just_behind_another_is_behind_it(
    line: list[tuple[ClassRule, int]], own: ClassRule, name: str
) -> None:
    if name == "strict":
        # Ranks cannot be passed: a place behind another exists within one's own class only.
        line = [(own, wait) for _rule, wait in line]
    discipline = DISCIPLINES[name]
    for rule, wait in line:
        key = key_for_score(discipline, own, rule, NOW - wait, NOW)
        behind = discipline.score(own, key, NOW)
        before = discipline.score(rule, NOW - wait, NOW)
        assert behind <= before + 1e-6
