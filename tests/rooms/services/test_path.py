"""The path: what is answered where it leads, and that nothing of the way there can be told from it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehall.rooms.services import answering
from servicehall.rooms.services.language.definition import Choose, Confirm, Form
from servicehall.rooms.services.language.program import program
from servicehall.rooms.services.path import Answer, FlowFault, Path, derive

pytestmark = pytest.mark.one_database

TEXT = """
flow: trial
name: {en: T, zh-Hans: 试}
category: trials
channels: [phone]
purposes: [serve]
values: {total: "order.pieces * price.each"}
prices: {each: 250}
steps:
  - choose: kind
    title: {en: K, zh-Hans: 类}
    options:
      - {value: buy, label: {en: Buy, zh-Hans: 买}}
      - {value: ask, label: {en: Ask, zh-Hans: 问}}
    then:
      - {when: kind.value == "ask", go: question}
  - form: order
    title: {en: O, zh-Hans: 单}
    fields:
      - {id: pieces, type: whole, least: 1, most: 9, label: {en: N, zh-Hans: 数}}
      - {id: gift, type: yes, label: {en: G, zh-Hans: 礼}}
      - {id: words, type: text, when: order.gift, label: {en: W, zh-Hans: 语}}
  - lookup: stock
    connector: shop
    operation: stock
    with: {pieces: order.pieces}
    gives: {left: whole}
    failed: sold_out
  - form: extra
    when: stock.left < 3
    title: {en: E, zh-Hans: 补}
    fields:
      - {id: wait, type: choice, label: {en: W, zh-Hans: 等}, options: [{value: yes, label: {en: Y, zh-Hans: 是}}, {value: no, label: {en: N, zh-Hans: 否}}]}
    then:
      - {when: extra.wait == "no", go: left}
  - confirm: agree
    title: {en: "${value.total | money}", zh-Hans: "${value.total | money}"}
  - call: bought
    connector: shop
    operation: buy
    with: {pieces: order.pieces, total: value.total}
    gives: {receipt: text}
  - end: done
    title: {en: D, zh-Hans: 好}
  - form: question
    title: {en: Q, zh-Hans: 问}
    fields: [{id: text, type: long, label: {en: Q, zh-Hans: 问}}]
  - end: asked
    title: {en: A, zh-Hans: 收到}
  - end: sold_out
    title: {en: S, zh-Hans: 售完}
  - end: left
    title: {en: L, zh-Hans: 再见}
"""
GIVEN = {"channel": "phone", "language": "en", "date": "2026-11-26", "site": "mall", "level": "guest"}


def path(answers: dict[str, Answer]) -> Path:
    return derive(program(TEXT), GIVEN, answers)


def machine(found: Path) -> Answer:
    """What the shop would say: everything is a function of what it is asked."""
    assert found.step is not None
    pieces = found.inputs["pieces"]
    if found.step.id == "stock":
        value: dict[str, Any] = {"refused": "none"} if pieces == 9 else {"left": 9 - pieces}
        return Answer(value, found.basis)
    return Answer({"receipt": f"R{pieces}"}, found.basis, settled=True)


def test_the_sample_leads_where_its_answers_say() -> None:
    assert path({}).step.id == "kind"  # type: ignore[union-attr]
    answers = {"kind": Answer("ask")}
    assert path(answers).step.id == "question"  # type: ignore[union-attr]
    answers["question"] = Answer({"text": "When?"})
    assert path(answers).end.id == "asked"  # type: ignore[union-attr]
    assert path({**answers, "kind": Answer("buy")}).names == ["kind"]


def test_an_answer_off_the_path_is_kept_and_not_seen() -> None:
    answers = {"kind": Answer("buy"), "order": Answer({"pieces": 7, "gift": True, "words": "hi"})}
    answers["stock"] = machine(path(answers))
    assert path(answers).step.id == "extra"  # type: ignore[union-attr]
    answers["extra"] = Answer({"wait": "yes"})
    assert path(answers).step.id == "agree"  # type: ignore[union-attr]
    answers["order"] = Answer({"pieces": 2, "gift": False, "words": "hi"})
    found = path(answers)
    assert found.step.id == "stock"  # type: ignore[union-attr]
    answers["stock"] = machine(found)
    found = path(answers)
    assert (found.step.id, found.values["seen.extra"]) == ("agree", False)  # type: ignore[union-attr]
    assert "extra.wait" not in found.values
    assert found.values["order.words"] == ""


def test_what_was_agreed_to_is_agreed_to_anew_when_it_changes() -> None:
    answers = {"kind": Answer("buy"), "order": Answer({"pieces": 2, "gift": False})}
    answers["stock"] = machine(path(answers))
    answers["agree"] = Answer(True, path(answers).basis)
    assert path(answers).step.id == "bought"  # type: ignore[union-attr]
    answers["order"] = Answer({"pieces": 3, "gift": False})
    answers["stock"] = machine(path({**answers, "stock": Answer({}, "old")}))
    assert path(answers).step.id == "agree"  # type: ignore[union-attr]


def test_what_is_done_once_locks_what_led_to_it() -> None:
    answers = {"kind": Answer("buy"), "order": Answer({"pieces": 2, "gift": False})}
    for _turn in range(2):
        answers["stock"] = machine(path({k: v for k, v in answers.items() if k != "stock"}))
        answers["agree"] = Answer(True, path({k: v for k, v in answers.items() if k != "agree"}).basis)
    answers["bought"] = machine(path(answers))
    found = path(answers)
    assert found.end is not None
    assert not any(found.can_change(name) for name in found.names)


def test_a_refusal_of_the_other_system_has_its_own_way() -> None:
    answers = {"kind": Answer("buy"), "order": Answer({"pieces": 9, "gift": False})}
    answers["stock"] = machine(path(answers))
    assert path(answers).end.id == "sold_out"  # type: ignore[union-attr]


def test_an_expression_without_a_result_is_a_fault_and_no_guess() -> None:
    text = TEXT.replace("when: stock.left < 3", "when: 10 / (stock.left - 8) > 3")
    answers = {"kind": Answer("buy"), "order": Answer({"pieces": 1, "gift": False})}
    found = derive(program(text), GIVEN, answers)
    answers["stock"] = machine(found)
    with pytest.raises(FlowFault):
        derive(program(text), GIVEN, answers)


def answer_to(found: Path, choice: int) -> Answer:
    """One of the possible answers to the step that waits."""
    step = found.step
    match step:
        case Choose():
            shown = answering.options(program(TEXT), step, found.values)
            return Answer(shown[choice % len(shown)].value)
        case Confirm():
            return Answer(True, found.basis)
        case Form(id="order"):
            words = {"words": f"w{choice}"} if choice % 3 == 0 else {}
            return Answer({"pieces": choice % 9 + 1, "gift": choice % 3 == 0, **words})
        case Form(id="extra"):
            return Answer({"wait": ("yes", "no")[choice % 2]})
        case Form():
            return Answer({"text": f"q{choice}"})
    return machine(found)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["on", "on", "on", "back"]), st.integers(0, 17)), max_size=30))
def test_no_walk_leads_where_its_answers_alone_would_not(walk: list[tuple[str, int]]) -> None:
    """However one went back and forth: a fresh run with the answers on the path ends at the same step with the same values."""
    answers: dict[str, Answer] = {}
    for move, choice in walk:
        found = path(answers)
        if move == "back":
            changeable = [name for name in found.names if found.can_change(name)]
            if not changeable:
                continue
            name = changeable[choice % len(changeable)]
            before = {v.step.id: v.answer for v in found.visits[: found.names.index(name)]}
            answers[name] = answer_to(path(before), choice + 1)
        elif found.step is not None:
            answers[found.step.id] = answer_to(found, choice)
    walked = path(answers)
    fresh: dict[str, Answer] = {}
    while (now := path(fresh)).step is not None and now.step.id in walked.names:
        fresh[now.step.id] = walked.visits[walked.names.index(now.step.id)].answer
    fresh_path = path(fresh)
    assert fresh_path.names == walked.names
    assert fresh_path.step == walked.step
    assert fresh_path.values == walked.values
