"""Texts, options, prices and hours changed in place: what was meant changes, every other sign of the text stays."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehall.rooms.services import queries
from servicehall.rooms.services.amending import Amendment, Hours, Unamendable, amend, amendable
from servicehall.rooms.services.language import source
from servicehall.rooms.services.language.rewriting import CannotRewrite, remove_item, set_value
from servicehall.rooms.services.language.schema import DAYS

pytestmark = pytest.mark.one_database

TEXT = """\
# The desk's own service.
flow: trial
name: {en: Trial, zh-Hans: 试用}   # both are short
category: trials
channels: [phone]
prices:
  each: 250   # fen
  box: 1000

steps:
  # First the kind.
  - choose: kind
    title:
      en: Which kind?
    text: Same for all
    options:
      - {value: small, label: {en: Small, zh-Hans: 小}}   # the usual one
      - value: big
        label: {en: 'It''s big', zh-Hans: "大"}

  - print: slip
    title: {en: Slip, zh-Hans: 凭条}
    slip:
      en: |
        SLIP
        ${kind.value}
      zh-Hans: |
        凭条
        ${kind.value}
  # The end.
  - end: done
    title: {en: "${kind.value}: done", zh-Hans: 好}
"""


def changes(text: str, wanted: Amendment) -> list[str]:
    """The lines that a change takes out and puts in."""
    found = difflib.unified_diff(text.splitlines(), amend(text, wanted).splitlines(), n=0, lineterm="")
    return [line for line in found if line[0] in "+-" and line[:3] not in {"+++", "---"}]


def test_what_can_be_changed_is_listed_with_what_is_missing() -> None:
    found = amendable(TEXT)
    assert [(one.kind, one.name, one.missing) for one in found.groups] == [
        ("flow", "trial", 0),
        ("choose", "kind", 3),
        ("print", "slip", 0),
        ("end", "done", 0),
    ]
    assert found.missing == 3
    assert dict(found.prices) == {"each": 250, "box": 1000}
    assert [one.value for one in found.groups[1].options] == ["small", "big"]
    assert found.hours == ()


def test_a_text_changes_where_it_stands_and_its_comment_stays() -> None:
    assert changes(TEXT, Amendment(texts={"name": {"en": "Try: it", "zh-Hans": "试用"}})) == [
        "-name: {en: Trial, zh-Hans: 试用}   # both are short",
        '+name: {en: "Try: it", zh-Hans: 试用}   # both are short',
    ]
    assert changes(TEXT, Amendment(texts={"steps.0.options.1.label": {"en": "Large"}})) == [
        "-        label: {en: 'It''s big', zh-Hans: \"大\"}",
        '+        label: {en: Large, zh-Hans: "大"}',
    ]


def test_a_missing_language_is_put_beside_the_others() -> None:
    assert changes(TEXT, Amendment(texts={"steps.0.title": {"zh-Hans": "哪一种？"}})) == [
        "+      zh-Hans: 哪一种？"
    ]
    assert changes(TEXT, Amendment(texts={"steps.0.text": {"en": "Same", "zh-Hans": "一样"}})) == [
        "-    text: Same for all",
        "+    text: {en: Same, zh-Hans: 一样}",
    ]


def test_a_text_of_several_lines_keeps_its_form() -> None:
    assert changes(TEXT, Amendment(texts={"steps.1.slip": {"en": "SLIP\r\n${kind.value}\r\nThanks"}})) == [
        "+        Thanks"
    ]
    assert changes(TEXT, Amendment(texts={"steps.1.slip": {"zh-Hans": "凭条\n${kind.value}"}})) == []


def test_options_come_and_go() -> None:
    added = {"steps.0.options": ("huge", {"en": "Huge", "zh-Hans": "特大"})}
    assert changes(TEXT, Amendment(added=added, removed=("steps.0.options.1",))) == [
        "-      - value: big",
        "-        label: {en: 'It''s big', zh-Hans: \"大\"}",
        "+      - {value: huge, label: {en: Huge, zh-Hans: 特大}}",
    ]


def test_prices_and_hours_change() -> None:
    assert changes(TEXT, Amendment(prices={"each": 300, "box": 1000})) == [
        "-  each: 250   # fen",
        "+  each: 300   # fen",
    ]
    hours = (Hours(("mon", "tue"), "08:30", "12:00"), Hours(("sat",), "10:00", "24:00"))
    opened = amend(TEXT, Amendment(hours=hours))
    assert amendable(opened).hours == hours
    assert changes(opened, Amendment(hours=(Hours(("mon",), "08:30", "12:00"), hours[1]))) == [
        '-  - {days: [mon, tue], from: "08:30", to: "12:00"}',
        '+  - {days: [mon], from: "08:30", to: "12:00"}',
    ]
    assert amendable(amend(opened, Amendment(hours=hours[:1]))).hours == hours[:1]
    assert amend(opened, Amendment(hours=())) == TEXT


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        (Amendment(texts={"name": {"en": " "}}), "name:en"),
        (Amendment(texts={"name": {"en": "${open"}}), "name:en"),
        (Amendment(texts={"name": {"en": "x" * 4001}}), "name:en"),
        (Amendment(texts={"name": {"en": "a\x07b"}}), "name:en"),
        (Amendment(texts={"steps.9.title": {"en": "x"}}), "steps.9.title"),
        (Amendment(prices={"each": -1}), "prices.each"),
        (Amendment(prices={"other": 1}), "prices.other"),
        (Amendment(removed=("steps.0.options.0", "steps.0.options.1")), "steps.0.options"),
        (Amendment(removed=("steps.0",)), "steps.0"),
        (
            Amendment(added={"steps.0.options": ("big", {"en": "B", "zh-Hans": "大"})}),
            "steps.0.options:value",
        ),
        (
            Amendment(added={"steps.0.options": ("a b", {"en": "B", "zh-Hans": "大"})}),
            "steps.0.options:value",
        ),
        (Amendment(added={"steps.0.options": ("new", {"en": "B"})}), "steps.0.options:zh-Hans"),
        (Amendment(hours=(Hours((), "08:00", "09:00"),)), "open.0"),
        (Amendment(hours=(Hours(("mon",), "8", "09:00"),)), "open.0"),
        (Amendment(hours=(Hours(("mon",), "10:00", "09:00"),)), "open.0"),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(wanted: Amendment, where: str) -> None:
    with pytest.raises(Unamendable) as problem:
        amend(TEXT, wanted)
    assert list(problem.value.errors) == [where]
    assert str(problem.value.errors[where])


def test_nothing_is_put_where_nothing_is() -> None:
    with pytest.raises(CannotRewrite):
        set_value(TEXT, ("steps", 7, "title"), "x")
    with pytest.raises(CannotRewrite):
        remove_item("one: [a]\n", ("one", 0))


def values(text: str) -> object:
    return source.read(text).value


WORDS = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="${}")
    | st.sampled_from(" \n:#-'\"[]{},&*!|>%@`"),
    min_size=1,
    max_size=60,
).filter(lambda words: words.strip() and "${" not in words)
SAMPLES = sorted(queries.samples().items())


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_words_can_be_put_in_anywhere_and_nothing_else_changes(data: st.DataObject) -> None:
    _slug, text = data.draw(st.sampled_from([("trial", TEXT), *SAMPLES]))
    said = data.draw(
        st.sampled_from([one for group in amendable(text).groups for one in group.said if not one.shared])
    )
    tag = data.draw(st.sampled_from(("en", "zh-Hans")))
    words = data.draw(WORDS)
    new = amend(text, Amendment(texts={said.path: {tag: words}}))
    again = {one.path: one for group in amendable(new).groups for one in group.said}
    held = again[said.path].texts.get(tag, "")
    assert held.rstrip("\n") == words.rstrip()
    others = {path: one.texts for path, one in again.items() if path != said.path}
    assert others == {
        one.path: one.texts for group in amendable(text).groups for one in group.said if one.path != said.path
    }
    old, now = text.splitlines(), new.splitlines()
    comments = [line for line in old if "#" in line.split('"')[0] and line.strip().startswith("#")]
    assert all(line in now for line in comments)


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(
                lambda days: tuple(day for day in DAYS if day in days)
            ),
            st.sampled_from(("06:00", "08:30")),
            st.sampled_from(("12:00", "24:00")),
        ).map(lambda one: Hours(*one)),
        max_size=4,
    ).map(tuple),
    st.lists(
        st.tuples(
            st.just(("mon",)), st.sampled_from(("06:00", "08:30")), st.sampled_from(("12:00", "24:00"))
        ).map(lambda one: Hours(*one)),
        max_size=4,
    ).map(tuple),
)
@settings(max_examples=60, deadline=None)
def test_any_hours_become_any_others(first: tuple[Hours, ...], second: tuple[Hours, ...]) -> None:
    once = amend(TEXT, Amendment(hours=first))
    assert amendable(once).hours == first
    twice = amend(once, Amendment(hours=second))
    assert amendable(twice).hours == second
    assert amend(twice, Amendment(hours=())) == TEXT
