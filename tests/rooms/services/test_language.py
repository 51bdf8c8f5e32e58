"""Definitions: what is read, what is found wrong, in plain words and at its place."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from django.utils import translation

from servicehall.rooms.services import checking
from servicehall.rooms.services.language.fingerprint import fingerprint
from servicehall.rooms.services.language.program import program
from servicehall.rooms.services.language.texts import Hole, Unclosed, parts, written

pytestmark = pytest.mark.one_database
SAMPLES = sorted((Path(__file__).parents[3] / "src/servicehall/rooms/services/samples").glob("*.yaml"))

HEAD = """flow: trial
name: {en: Trial, zh-Hans: 试}
category: trials
channels: [kiosk, phone]
"""
END = "  - end: done\n    title: {en: Done, zh-Hans: 好了}\n"


def flow(*steps: str, head: str = HEAD) -> str:
    return f"{head}steps:\n" + "".join(f"  - {step.strip()}\n" for step in steps) + END


def form(name: str, *fields: str, more: str = "") -> str:
    listed = "".join(f"\n      - {one}" for one in fields)
    return f"form: {name}\n    title: {{en: T, zh-Hans: 题}}\n    fields:{listed}{more}"


def field(name: str, kind: str = "text", more: str = "") -> str:
    return f"{{id: {name}, type: {kind}, label: {{en: L, zh-Hans: 签}}{more}}}"


def book(
    given: str = "time.day",
    release: str = "{operation: free, with: {number: time.reference}}",
    hold: str = "30",
) -> str:
    text = f"""book: time
    title: {{en: T, zh-Hans: 时}}
    connector: hall
    slots: {{operation: times, with: {{day: {given}}}, list: times}}
    label: {{en: "${{item.at}}", zh-Hans: "${{item.at}}"}}
    take: {{operation: take, with: {{id: time.value}}, reference: number}}
    empty: {{en: None, zh-Hans: 无}}
    free: item.left > 0
    hold: {hold}
    release: {release}"""
    return text if release else text.removesuffix("\n    release: ")


LOOKUP = "lookup: l\n    connector: hall\n    operation: o\n    gives: {x: text}"
CASE = "confirm: c\n    title: {en: T, zh-Hans: 题}\n  - case: k\n    title: {en: T, zh-Hans: 题}\n    group: floor"


def found(text: str) -> list[tuple[str, int]]:
    return [(one.code, one.place.line) for one in checking.findings(text)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_can_be_published(sample: Path) -> None:
    assert checking.findings(sample.read_text(encoding="utf-8")) == []


def test_the_smallest_flow_is_one() -> None:
    assert found(flow(form("who", field("name")))) == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", 1),
        ("flow: [", "yaml", 2),
        ("- a\n- b", "not-a-flow", 1),
        ("flow: &a x\nname: *a", "anchor", 1),
        ("flow: a\nflow: b", "twice", 2),
        ("flow: !!python/object:os.system x", "tag", 1),
        (HEAD, "missing", 1),
        (HEAD + "steps: []", "schema-minitems", 5),
        (HEAD + "speed: 3\n" + flow(head=""), "unknown-name", 5),
        (flow(head=HEAD.replace("trial", "Trial!")), "schema-pattern", 1),
        (flow("dance: now"), "unknown-step", 6),
        (flow("form: a\n    title: {en: T, zh-Hans: 题}"), "missing", 6),
        (flow(form("a", field("x", "colour"))), "schema-enum", 9),
        (flow("use: nothing"), "unknown-part", 6),
        (flow(form("a", field("x")), form("a", field("x"))), "step-twice", 10),
        (flow(form("a", field("x"), field("x"))), "field-twice", 10),
        (flow(form("a", field("x"), more="\n    then: gone")), "unknown-target", 10),
        (flow(form("a", field("x")), form("b", field("y"), more="\n    then: a")), "cyclic", 14),
        (flow(form("a", field("x"), more="\n    then: done"), form("b", field("y"))), "unreachable", 11),
        (flow(form("a", field("x"), more='\n    when: b.y == "1"'), form("b", field("y"))), "not-yet-known", 10),
        (flow(form("a", field("x")), form("b", field("y"), more='\n    when: a.z == "1"')), "unknown-in-expression", 14),
        (flow(form("a", field("x")), form("b", field("y"), more="\n    when: a.x + 1 > 2")), "expression-types", 14),
        (flow(form("a", field("x")), form("b", field("y"), more="\n    when: a.x")), "expression-kind", 14),
        (flow(form("a", field("x")), form("b", field("y"), more='\n    when: "a.x =="')), "expression", 14),
        (flow(form("a", field("x", "choice"))), "nothing-to-choose", 9),
        (flow(form("a", field("x", "text", ', pattern: "["'))), "pattern", 9),
        (flow(form("a", field("x", "text", ', pattern: "(a+)+b"'))), "pattern-silent", 9),
        (flow(form("a", field("x", "phone"))), "no-purpose", 9),
        (flow("inform: a\n    title: {en: Only English}"), "language-missing", 7),
        (flow("inform: a\n    title: Only English"), "one-language", 7),
        (flow("inform: a\n    title: {en: 'A ${', zh-Hans: 甲}"), "text-unclosed", 7),
        (flow("pay: p\n    title: {en: P, zh-Hans: 付}\n    amount: 100\n    for: {en: F, zh-Hans: 费}"), "not-confirmed", 6),
        (flow(*[form(f"f{n}", field("x")) for n in range(6)]), "too-many-steps", 26),
        (flow(form("a", field("x", "file"))), "not-on-channel", 9),
        (flow(form("a", field("x", "file"), more="\n    channels: [kiosk]")), "not-on-channel", 9),
        (flow(form("a", field("x", "text", ", kinds: [pdf]"))), "files-unused", 9),
        (flow(form("a", field("x", "file", ", kinds: [sound]"))), "schema-enum", 9),
        (flow(form("a", field("x", "file", ", megabytes: 11"))), "schema-maximum", 9),
        (flow(form("a", field("x", "file", ", most: 11"))), "too-many-files", 9),
        (flow(form("a", field("x", "signature"))), "no-purpose", 9),
        (flow(book(release="")), "not-confirmed", 6),
        (flow(book(given="time.value")), "not-yet-known", 9),
        (flow(form("a", field("x")), book(release="{operation: free, with: {number: a.x}}")), "release-speaks", 19),
        (flow(book(hold="1")), "schema-minimum", 14),
        (flow(LOOKUP, head=HEAD + "offline: works\n"), "offline-needs-line", 7),
        (flow(LOOKUP, head=HEAD + "offline: queued\n"), "offline-needs-line", 7),
        (flow(CASE, head=HEAD + "offline: works\n"), "offline-needs-line", 9),
        (flow(CASE, form("a", field("x")), head=HEAD + "offline: queued\n"), "offline-needs-line", 9),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_at_its_place(text: str, code: str, line: int) -> None:
    assert (code, line) in found(text), found(text)


def test_a_step_that_may_be_passed_over_is_asked_about_first() -> None:
    first = form("a", field("x"))
    maybe = form("b", field("y"), more='\n    when: a.x == "1"')
    rash = form("c", field("z"), more='\n    when: b.y == "2"')
    careful = form("c", field("z"), more='\n    when: seen.b && b.y == "2"')
    assert [code for code, _line in found(flow(first, maybe, rash))] == ["maybe-unknown"]
    assert found(flow(first, maybe, careful)) == []


def test_files_stand_in_steps_of_the_channels_that_can_take_them() -> None:
    here = HEAD.replace("channels: [kiosk, phone]", "channels: [kiosk, phone, desk]")
    text = flow(form("a", field("x", "file"), more="\n    channels: [phone, desk]"), head=here)
    assert found(text) == []
    at_kiosk = flow(form("a", field("x", "file")), head=here)
    assert [code for code, _line in found(at_kiosk)] == ["not-on-channel"]
    assert [one.words.facts["channel"] for one in checking.findings(at_kiosk)] == ["kiosk"]  # type: ignore[union-attr]
    assert found(flow(form("a", field("x", "photo")), head=here)) == [], "a kiosk has a camera"


def test_a_time_that_can_be_given_back_needs_no_confirmation() -> None:
    assert found(flow(book())) == []


def test_what_is_only_kept_works_without_a_line_and_what_is_sent_last_waits_for_it() -> None:
    assert found(flow(form("a", field("x")), head=HEAD + "offline: works\n")) == []
    assert found(flow(form("a", field("x")), CASE, head=HEAD + "offline: queued\n")) == []


def test_findings_speak_the_readers_language_and_say_what_may_be_meant() -> None:
    text = flow(
        form("account", field("number")), form("b", field("y"), more='\n    when: account.numbr == "1"')
    )
    (finding,) = checking.findings(text)
    assert "account.number" in str(finding.words)
    with translation.override("zh-hans"):
        assert "account.number" in str(finding.words)
        assert "There is" not in str(finding.words)


def test_six_steps_need_a_reason() -> None:
    steps = [form(f"f{n}", field("x")) for n in range(6)]
    assert found(flow(*steps, head=HEAD + "longer: The law asks for six declarations.\n")) == []


def test_a_version_is_known_by_all_that_is_in_it_and_by_nothing_else() -> None:
    text = flow(form("a", field("x")))
    assert fingerprint(text) == fingerprint(
        "# a remark\n" + text.replace("category: trials", "category:   trials")
    )
    assert fingerprint(text) != fingerprint(text.replace("试", "试试"))
    priced = text.replace("category: trials", "category: trials\nprices: {copy: 200}")
    assert len({fingerprint(text), fingerprint(priced), fingerprint(priced.replace("200", "300"))}) == 3


def test_yaml_1_1_surprises_nobody() -> None:
    read = program(
        flow(
            "choose: a\n    title: {en: T, zh-Hans: 题}\n    options: [{value: no, label: {en: 'On', zh-Hans: 开}}]"
        )
    )
    step = read.flow.steps[0]
    assert step.options[0].value == "no"  # type: ignore[attr-defined]


def test_a_publish_check_of_forty_steps_takes_less_than_a_second() -> None:
    steps = [
        form(
            f"f{n}",
            *[field(f"x{m}") for m in range(5)],
            more=f'\n    when: seen.f{n - 1} && f{n - 1}.x0 != "a"' if n else "",
        )
        for n in range(39)
    ]
    text = flow(*steps, head=HEAD + "longer: A trial of the checker's speed.\n")
    began = process_time()
    assert found(text) == []
    assert process_time() - began < 1


def test_texts_are_taken_apart_outside_of_quotes_and_braces() -> None:
    assert parts("a ${x} b ${ {'k': '}'}['k'] } c") == (
        "a ",
        Hole("x", "", 2),
        " b ",
        Hole("{'k': '}'}['k']", "", 9),
        " c",
    )
    assert parts("${a || b}") == (Hole("a || b", "", 0),)
    assert parts("${a | money}") == (Hole("a", "money", 0),)
    with pytest.raises(Unclosed):
        parts("a ${x")


@pytest.mark.parametrize(
    ("value", "form", "english", "chinese"),
    [
        (123450, "money", "CN¥1,234.50", "¥1,234.50"),
        ("2026-11-26", "date", "Thursday, 26 November 2026", "2026年11月26日星期四"),
        ("13800138000", "masked", "*********00", "*********00"),
        (True, "", "yes", "是"),
        (["a", "b"], "", "a, b", "a、b"),
        ("no number", "money", "no number", "no number"),
    ],
)
def test_values_are_written_as_the_reader_writes_them(
    value: object, form: str, english: str, chinese: str
) -> None:
    assert written(value, form, language="en", currency="CNY") == english
    assert written(value, form, language="zh-Hans", currency="CNY") == chinese
