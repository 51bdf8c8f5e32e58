"""What stands in a form and was not sent goes along when a request goes to another device or to a person."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.rooms.services import actions
from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall
from tests.rooms.services.way import Way, published

TEXT = """
flow: tell
name: {en: Tell us, zh-Hans: 告诉我们}
category: help
channels: [kiosk, phone, desk]
steps:
  - form: about
    title: {en: About what?, zh-Hans: 关于什么？}
    fields:
      - {id: words, type: text, label: {en: Words, zh-Hans: 内容}}
      - {id: many, type: whole, most: 9, label: {en: How many?, zh-Hans: 数量}}
      - {id: code, type: digits, secret: true, label: {en: Code, zh-Hans: 密码}}
  - confirm: agree
    title: {en: Right?, zh-Hans: 请核对}
  - end: done
    title: {en: "Thank you for ${about.words}", zh-Hans: "谢谢${about.words}"}
"""


@pytest.fixture
def way(hall: Hall) -> Way:
    published(hall, TEXT, "tell")
    return Way(hall, "tell")


def typed(**answer: Any) -> actions.Unsent:
    return actions.Unsent("about", answer)


def stands(way: Way) -> dict[str, Any]:
    return {one["id"]: one["value"] for one in screen(way.row)["fields"] if one["value"] not in (None, "")}


def offered(way: Way, unsent: actions.Unsent) -> None:
    actions.offer_move(instance_id=way.id, way="away", by=way.by, unsent=unsent, at=MORNING)


def test_what_fits_stands_in_the_form_again_and_nothing_is_answered_by_it(way: Way) -> None:
    offered(way, typed(words="A lamp", many="12", code="4711"))
    assert stands(way) == {"words": "A lamp"}
    assert (way.row.revision, way.row.step, way.step) == (0, "about", "about")
    offered(way, typed(words="A lamp", many="2"))
    assert (stands(way), way.step) == ({"words": "A lamp", "many": 2}, "about")
    way.answer("about", {"words": "A lamp", "many": "2", "code": "4711"})
    assert (way.step, answers_of(way.row)["about"].is_draft) == ("agree", False)


def test_a_draft_that_would_be_a_whole_answer_is_asked_all_the_same(hall: Hall) -> None:
    without_code = "\n".join(line for line in TEXT.splitlines() if "secret" not in line)
    published(hall, without_code, "tell")
    way = Way(hall, "tell")
    offered(way, typed(words="A lamp", many="2"))
    assert (screen(way.row)["kind"], stands(way)) == ("form", {"words": "A lamp", "many": 2})


@pytest.mark.parametrize(
    "unsent",
    [
        actions.Unsent(),
        typed(),
        typed(words=""),
        typed(many="many"),
        typed(nothing="A lamp"),
        actions.Unsent("agree", {"words": "A lamp"}),
        actions.Unsent("nowhere", {"words": "A lamp"}),
    ],
)
def test_what_does_not_fit_changes_nothing(way: Way, unsent: actions.Unsent) -> None:
    offered(way, unsent)
    assert answers_of(way.row) == {}


def test_an_answer_that_was_given_is_not_changed_without_a_word(way: Way) -> None:
    way.answer("about", {"words": "A lamp", "many": "2", "code": "4711"})
    offered(way, typed(words="Another lamp"))
    assert (answers_of(way.row)["about"].value["words"], way.step) == ("A lamp", "agree")


def test_the_person_who_takes_it_over_finds_what_was_typed(way: Way, hall: Hall) -> None:
    agent = hall.actors["agent"]
    actions.ask_person(
        instance_id=way.id, service="consult", by=way.by, unsent=typed(words="A lamp"), at=MORNING
    )
    actions.take_over(instance_id=way.id, by=agent, at=MORNING)
    shown = screen(way.row, reader=agent.id)
    assert (shown["step"], shown["fields"][0]["value"]) == ("about", "A lamp")


def test_one_rule_for_all_who_ask_for_a_person(way: Way) -> None:
    asked = actions.ask_person(instance_id=way.id, by=way.by, at=MORNING)
    assert (asked.number, asked.instance.state, way.row.revision) == ("", "waiting", 1)
    again = actions.ask_person(instance_id=way.id, by=way.by, at=MORNING)
    assert (again.number, way.row.revision) == ("", 1)
    ticket = actions.ask_person(instance_id=way.id, service="consult", by=way.by, at=MORNING)
    assert (ticket.number, way.row.revision) == ("A001", 2)
    with pytest.raises(actions.AlreadyAsked):
        actions.ask_person(instance_id=way.id, service="consult", by=way.by, at=MORNING)
    assert way.row.revision == 2
