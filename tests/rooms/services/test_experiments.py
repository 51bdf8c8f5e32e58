"""Variants of a flow: who gets which, what they read and are asked, and what is told of them."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from servicehall.kernel import events
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.experiments import variant_of
from servicehall.rooms.services.language.definition import Experiment
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall
from tests.rooms.services.shop import Shop
from tests.rooms.services.way import GUEST, TEXT, Way, published

EXPERIMENT = "experiment: {name: shorter, variants: {plain: 3, warm: 1}}\n"
TRIAL = TEXT.replace("values:", EXPERIMENT + "values:").replace(
    "  - choose: kind\n    title: {en: K, zh-Hans: 类}\n",
    "  - choose: kind\n    title: {en: K, zh-Hans: 类}\n"
    "    variants: {warm: {title: {en: How may we help?, zh-Hans: 需要什么？}}}\n",
)
SKIPS = TRIAL.replace(
    "  - form: question\n", "  - inform: hello\n    when: given.variant == 'warm'\n    title: {en: Hi, zh-Hans: 好}\n  - form: question\n"
).replace("go: question", "go: hello")  # fmt: skip


def test_everybody_keeps_the_variant_that_the_shares_give() -> None:
    experiment = Experiment("shorter", {"plain": 3, "warm": 1, "none": 0})
    ids = [uuid4() for _ in range(4000)]
    got = Counter(variant_of(experiment, one) for one in ids)
    assert set(got) == {"plain", "warm"}
    assert 2850 < got["plain"] < 3150
    assert [variant_of(experiment, one) for one in ids[:50]] == [
        variant_of(experiment, one) for one in ids[:50]
    ]
    other = Experiment("other", {"plain": 3, "warm": 1})
    both = sum(variant_of(other, one) == "warm" for one in ids if variant_of(experiment, one) == "warm")
    assert 150 < both < 350, "another experiment deals anew"
    assert variant_of(None, ids[0]) == ""


def one_of_each(hall: Hall) -> dict[str, Way]:
    found: dict[str, Way] = {}
    while len(found) < 2:
        way = Way(hall)
        found.setdefault(str(events.about(way.id)[0].data["variant"]), way)
    return found


def test_a_variant_has_its_own_words_and_steps_and_is_told_of(hall: Hall, shop: Shop) -> None:
    published(hall, SKIPS)
    ways = one_of_each(hall)
    assert {name: screen(way.row)["title"] for name, way in ways.items()} == {
        "plain": "K",
        "warm": "How may we help?",
    }
    for way in ways.values():
        way.answer("kind", "ask")
    assert {name: way.step for name, way in ways.items()} == {"plain": "question", "warm": "hello"}
    ways["plain"].answer("question", {"text": "?"})
    actions.leave(instance_id=ways["warm"].id, by=GUEST, at=MORNING)
    told = {name: events.about(way.id)[-1] for name, way in ways.items()}
    assert [(told[name].kind, told[name].data["variant"]) for name in ("plain", "warm")] == [
        ("request.ended", "plain"),
        ("request.left", "warm"),
    ]


def test_operations_see_how_the_variants_do(hall: Hall, shop: Shop) -> None:
    flow = published(hall, TRIAL)
    for way in [Way(hall) for _ in range(12)]:
        way.answer("kind", "ask").answer("question", {"text": "?"})
    found = queries.trial(flow)
    assert found is not None
    assert [(one.name, one.share) for one in found.variants] == [("plain", 75), ("warm", 25)]
    assert sum(one.begun for one in found.variants) == sum(one.ended for one in found.variants) == 12
    assert queries.trial(published(hall, TEXT.replace("flow: trial", "flow: other"), "other")) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TRIAL.replace("{plain: 3, warm: 1}", "{plain: 0, warm: 0}"), "no-shares"),
        (TRIAL.replace("variants: {warm:", "variants: {cold:"), "unknown-variant"),
        (SKIPS.replace("== 'warm'", "== 'cold'"), "unknown-variant"),
        (TRIAL.replace(EXPERIMENT, ""), "no-experiment"),
        (TRIAL.replace(", zh-Hans: 需要什么？", ""), "language-missing"),
        (TRIAL.replace("How may we help?", '"${nothing.here}"'), "unknown-in-expression"),
        (TRIAL.replace("{plain: 3, warm: 1}", "{plain: 3}"), "schema-minproperties"),
    ],
)
def test_what_is_wrong_with_an_experiment_is_said_before_it_is_published(text: str, code: str) -> None:
    assert code in [one.code for one in queries.findings(text)]


def test_a_fitting_experiment_is_fine() -> None:
    assert queries.findings(TRIAL) == []
    assert queries.findings(SKIPS) == []
