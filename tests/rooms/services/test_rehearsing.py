"""A rehearsal shows what a real request would show, does nothing, and says what is missing in its script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from servicehall.kernel.ids import uuid7
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.payments import queries as standing
from servicehall.rooms.services import actions, machines, queries
from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.language.definition import Call, Case, Ticket
from servicehall.rooms.services.language.findings import Unreadable
from servicehall.rooms.services.language.program import program
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Flow, Instance, Publication, Version
from servicehall.rooms.services.rehearsing import Rehearsal, glimpse, read_script, rehearse
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall
from tests.rooms.services.keyed_machine import KeyedMachine
from tests.rooms.services.test_path import TEXT
from tests.rooms.services.way import GUEST, Way

SAMPLES = queries.samples()
BILL = "{number: E1, period: 2026-10, amount: 18640, due: 2026-11-30, kind_name: {en: Power, zh-Hans: 电费}}"
LINE = "{position: 1, can_return: 1, price: 9900, goods: {en: Kettle, zh-Hans: 水壶}}"
BOTH = "{en: Eyes, zh-Hans: 眼科}"
EYES = f"{{id: eyes, name: {BOTH}, place: {BOTH}}}"
DOCTOR = f"{{id: D1, name: {BOTH}, rank: {BOTH}, fee: 5000}}"
TAKEN = f"{{number: R7, position: 3, place: {BOTH}}}"
SCRIPTS = {
    "ask-at-counter": "answers: {matter: {words: A question}}",
    "join-members": "answers: {person: {name: Chen Jing, phone: 138 0013 8000}}\nresults: {member: {number: M7}}",
    "join-members known": "answers: {person: {name: Chen Jing, phone: 138 0013 8000}}\nresults: {member: {refused: known}}",
    "report-loss": "answers: {thing: {kind: other, what: A hat, day: 2026-11-25}, contact: {phone: 13800138000}}",
    "pay-bill": f'answers: {{account: {{number: "10023345"}}, bill: E1}}\nresults: {{bills: {{bills: [{BILL}]}}, booked: {{number: R1}}}}',
    "pay-bill nothing": 'answers: {account: {number: "10023345"}}\nresults: {bills: {bills: []}}',
    "register-hospital": "answers: {patient: {card: C1001, department: eyes}, doctor: D1, slot: s2, rating: 5}\n"
    f"results: {{departments: {{departments: [{EYES}]}}, doctors: {{doctors: [{DOCTOR}]}}, "
    f"slot: {{slots: [{{id: s1, starts: '09:00', left: 0}}, {{id: s2, starts: '10:00', left: 2}}], take: {TAKEN}}}}}",
    "return-goods": f"answers: {{order: {{number: SO1, tail: '1234'}}, line: 1, reason: {{why: size}}}}\n"
    f"results: {{found: {{bought_on: 2026-11-01, store: {{}}}}, goods: {{lines: [{LINE}]}}, decided: {{number: T1, decision: case, amount: 0}}}}",
    "return-goods refused": f"answers: {{order: {{number: SO1, tail: '1234'}}, line: 1, reason: {{why: size}}}}\n"
    f"results: {{found: {{bought_on: 2026-11-01, store: {{}}}}, goods: {{lines: [{LINE}]}}, decided: {{refused: too late}}}}",
}


def play(text: str, script: str, **more: Any) -> Rehearsal:
    found = program(text)
    return rehearse(found, read_script(script, found, **more.pop("given", {})), **more)


class Told(KeyedMachine):
    """Another system that says what a script says."""

    def __init__(self, results: Mapping[str, Any]) -> None:
        self.results = results

    def ask(self, _instance: Instance, step: Call, _inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        result = self.results[step.id]
        if step.operation in {"listSlots", "registerForSlot"}:
            result = result["take"] if step.once else {"slots": result["slots"]}
        if "refused" in result:
            return Outcome("refused", words=result["refused"])
        return Outcome("done", {name: result.get(name) for name in step.results})


@pytest.fixture
def told() -> Iterator[Told]:
    found = Told({})
    machines.register(found)
    yield found
    machines.forget(found)


def begun(hall: Hall, text: str) -> Way:
    """A request of a definition that needs not what the organisation does not have here."""
    organisation_id = hall.site.region.organisation_id
    slug = program(text).flow.slug
    flow = Flow.objects.create(organisation_id=organisation_id, slug=slug, draft=text, changed_at=MORNING)
    version = Version.objects.create(flow=flow, number=1, digest=uuid7().hex, text=text, made_at=MORNING)
    Publication.objects.create(flow=flow, version=version, from_at=MORNING, made_at=MORNING)
    return Way(hall, slug)


def paid(way: Way, hall: Hall, step: str) -> None:
    """The customer pays, at a drawer: whichever way, the step goes on when the money has come in."""
    actions.pay(instance_id=way.id, provider="cash", by=SYSTEM, at=MORNING)
    intent_id = way.row.intent_id
    assert intent_id is not None
    payments.take_cash(intent_id=intent_id, by=hall.actors["agent"], at=MORNING)
    actions.paid(intent_id=intent_id, at=MORNING)
    assert way.step != step


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_rehearsal_shows_what_a_request_with_the_same_answers_shows(
    hall: Hall, told: Told, name: str
) -> None:
    text = SAMPLES[name.split(maxsplit=1)[0]].replace("enquiries", "consult")
    script = read_script(SCRIPTS[name], program(text))
    told.results = script.results
    payments.add_account(
        organisation_id=hall.site.region.organisation_id, provider="cash", by=SYSTEM, app_id="", merchant="",
        serial="", platform_serial="", keys="",
    )  # fmt: skip
    way = begun(hall, text)
    real: list[dict[str, Any]] = [screen(way.row)]
    while real[-1]["state"] == "open":
        step, kind = real[-1]["step"], real[-1]["kind"]
        if kind in {"lookup", "call"} or real[-1].get("working"):
            way.work()
        elif kind == "pay":
            paid(way, hall, step)
        elif kind == "print":
            actions.note_printed(instance_id=way.id, step=step, by=GUEST, at=MORNING)
        else:
            given = script.answers.get(step, True)
            way.answer(step, {"slot": given} if kind == "book" else given)
        real.append(screen(way.row))
    numbers = {
        step.id: answers_of(way.row)[step.id].value
        for step in program(text).flow.steps
        if isinstance(step, Ticket | Case) and step.id in answers_of(way.row)
    }
    script = replace(
        script, given={**way.row.given, "channel": "phone"}, results={**script.results, **numbers}
    )
    ways = standing.ways(hall.site.region.organisation_id)
    found = rehearse(program(text), script, ways=tuple(ways))
    assert found.has_ended
    shown = [{**one, "request": str(way.id), "number": way.row.number} for one in found.screens]
    # A worker that has one more system to ask goes on with it at once: the screen between is seen by nobody here.
    assert [one for one in shown if one in real] == real
    assert {one["kind"] for one in shown if one not in real} <= {"lookup", "book"}
    assert [one.get("working") for one in shown if one not in real] == [True] * (len(shown) - len(real))
    assert found.off == ()
    assert found.stop.step == way.row.step


def test_it_says_step_after_step_what_comes_what_it_gives_and_what_would_be_done() -> None:
    found = play(
        TEXT, "answers: {kind: buy, order: {pieces: 2}}\nresults: {stock: {left: 7}, bought: {receipt: R2}}"
    )
    assert [(one.step.id, one.passed) for one in found.steps] == [
        ("kind", ()),
        ("order", ()),
        ("stock", ()),
        ("agree", ("extra",)),
        ("bought", ()),
        ("done", ()),
    ]
    order = found.steps[1]
    assert dict(order.gives) == {"pieces": 2, "gift": False}
    assert dict(order.computed) == {"total": 500}
    assert [(one.step, str(one.words), one.once, dict(one.facts)) for one in found.effects] == [
        ("stock", "“shop” is asked for “stock”", False, {"pieces": 2}),
        ("bought", "“shop” does “buy”", True, {"pieces": 2, "total": 500}),
    ]
    assert found.has_ended


@pytest.mark.parametrize(
    ("script", "why", "step"),
    [
        ("answers: {kind: buy}", "unanswered", "order"),
        ("answers: {kind: neither}", "unfit", "kind"),
        ("answers: {kind: buy, order: {pieces: 20}}", "unfit", "order"),
        ("answers: {kind: buy, order: {pieces: 2}}", "no-result", "stock"),
        ("answers: {kind: buy, order: {pieces: 2}}\nresults: {stock: unavailable}", "held", "stock"),
        ("answers: {kind: buy, order: {pieces: 2}}\nresults: {stock: {refused: no}}", "end", "sold_out"),
        (
            "answers: {kind: buy, order: {pieces: 2}, agree: no}\nresults: {stock: {left: 5}}",
            "unfit",
            "agree",
        ),
        (
            "answers: {kind: buy, order: {pieces: 2}}\nresults: {stock: {left: 5}, bought: {refused: x}}",
            "held",
            "bought",
        ),
    ],
)
def test_where_it_stops_and_why(script: str, why: str, step: str) -> None:
    found = play(TEXT, script)
    assert (found.stop.why, found.stop.step) == (why, step)
    assert found.stop.why == "end" or str(found.stop.words) or found.stop.errors


def test_a_person_looks_when_nobody_knows_what_happened() -> None:
    found = play(
        TEXT, "answers: {kind: buy, order: {pieces: 2}}\nresults: {stock: {left: 5}, bought: unknown}"
    )
    assert (found.stop.why, found.steps[-1].screen["kind"]) == ("held", "waiting")
    assert [one.step for one in found.effects] == ["stock"]


@pytest.mark.parametrize(
    ("script", "line", "code"),
    [
        ("answers: {}\nanswer: {}", 2, "unknown-name"),
        ("answers:\n  kind: buy\n  ordr: {pieces: 2}", 3, "unknown-name"),
        ("answers:\n  order:\n    piecs: 2", 3, "unknown-name"),
        ("answers:\n  order: 2", 2, "no-answer-to-a-form"),
        ("answers:\n  stock: {left: 2}", 2, "unknown-name"),
        ("results:\n  stock:\n    left: many", 3, "result-kind"),
        ("results:\n  stock:\n    right: 1", 3, "unknown-name"),
        ("results:\n  stock: perhaps", 2, "no-result"),
        ("results:\n  stock: 5", 2, "no-result"),
        ("given:\n  channel: pigeon", 2, "unknown-channel"),
        ("given:\n  chanel: phone", 2, "unknown-name"),
        ("answers: [1]", 1, "not-a-script"),
        ("- 1", 1, "not-a-script"),
        ("a: [", 2, "yaml"),
    ],
)
def test_what_is_wrong_in_a_script_is_told_at_its_line(script: str, line: int, code: str) -> None:
    with pytest.raises(Unreadable) as problem:
        read_script(script, program(TEXT))
    (found,) = problem.value.findings
    assert (found.code, found.place.line) == (code, line)
    assert str(found.words)


def test_answers_to_steps_that_did_not_come_are_told() -> None:
    found = play(TEXT, "answers: {kind: ask, question: {text: When?}, order: {pieces: 1}}")
    assert (found.stop.step, found.off) == ("asked", ("order",))


def test_a_channel_that_the_service_does_not_have_is_told() -> None:
    assert play(TEXT, "given: {channel: kiosk}").stop.why == "not-there"


@pytest.mark.parametrize("slug", SAMPLES)
def test_every_sample_can_be_looked_at_without_a_script(slug: str) -> None:
    found = program(SAMPLES[slug])
    for channel in found.flow.channels:
        for language in ("en", "zh-Hans"):
            seen = play(SAMPLES[slug], "{}", given={"channel": channel, "language": language}, made_up=True)
            assert seen.has_ended
            assert all(one["language"] == language for one in seen.screens)


def test_what_is_made_up_follows_the_schema_of_the_operation() -> None:
    bill = {
        "type": "object",
        "properties": {
            "number": {"type": "string"},
            "amount": {"type": "integer", "minimum": 0},
            "due": {"type": "string", "format": "date"},
            "kind_name": {
                "type": "object",
                "properties": {"en": {"type": "string"}, "zh-Hans": {"type": "string"}},
            },
            "period": {"type": "string", "examples": ["2026-10"]},
        },
    }
    schemas = {"bills": {"type": "object", "properties": {"bills": {"type": "array", "items": bill}}}}
    found = play(SAMPLES["pay-bill"], "{}", made_up=True, schemas=schemas, given={"channel": "kiosk"})
    assert [one.step.id for one in found.steps] == [
        "account", "bills", "bill", "agree", "payment", "booked", "slip", "done",
    ]  # fmt: skip
    assert found.steps[2].screen["options"][0]["label"] == "Sample 2026-10"
    assert "CN¥128.00" in found.steps[-1].screen["text"]


# --- Times that are taken, files, signatures -----------------------------------------------------

TIMES = """
flow: times
name: {en: T, zh-Hans: 时}
category: trials
channels: [phone]
steps:
  - book: slot
    title: {en: When?, zh-Hans: 几时？}
    connector: hall
    ahead: 3
    slots: {operation: times, with: {day: slot.day}, list: times}
    free: item.left > 0
    label: {en: "${item.starts}", zh-Hans: "${item.starts}"}
    detail: {en: "${item.room.name}", zh-Hans: "${item.room.name}"}
    take: {operation: take, with: {id: slot.value}, reference: number, gives: {seat: whole}}
    release: {operation: free, with: {number: slot.reference}}
    empty: {en: None, zh-Hans: 无}
  - form: proof
    title: {en: P, zh-Hans: 证}
    fields:
      - {id: photos, type: photo, most: 2, label: {en: Ph, zh-Hans: 照}}
      - {id: paper, type: file, optional: true, kinds: [pdf], label: {en: F, zh-Hans: 件}}
      - {id: name, type: signature, label: {en: S, zh-Hans: 签}}
      - {id: code, type: scan, label: {en: C, zh-Hans: 码}}
  - end: done
    title: {en: "${slot.start | moment}, ${slot.reference}", zh-Hans: "${slot.start | moment}"}
"""
SLOTS = "slots: [{id: s1, starts: '09:00', left: 1}, {id: s2, starts: '10:00', left: 1}, {id: s3, starts: '11:00', left: 0}]"
PROOF = "proof: {photos: 2, paper: form.pdf, name: Chen Jing, code: 'X1'}"


def test_a_time_is_offered_and_taken_as_the_script_says() -> None:
    found = play(
        TIMES, f"answers: {{slot: s2, {PROOF}}}\nresults: {{slot: {{{SLOTS}, take: {{number: R1}}}}}}"
    )
    assert found.has_ended
    offered = next(one for one in found.screens if one.get("options"))
    assert [one["value"] for one in offered["options"]] == ["s1", "s2"]
    assert [(str(one.words), one.once, dict(one.facts)) for one in found.effects] == [
        ("“hall” is asked for “times”", False, {"day": "2026-11-26"}),
        ("“hall” does “take”", False, {"id": "s2"}),
    ]
    assert "R1" in found.steps[-1].screen["title"]
    proof = found.values
    assert [len(proof["proof.photos"]), proof["proof.paper"][0]["type"]] == [2, "application/pdf"]
    assert proof["proof.name"] == {"way": "typed", "name": "Chen Jing", "yes": True}
    assert proof["proof.code"] == "X1"


def test_a_time_that_is_gone_is_chosen_anew_on_another_day() -> None:
    script = (
        f"answers: {{slot: [s1, {{day: 2026-11-27, slot: s9}}], {PROOF}}}\n"
        "results: {slot: {slots: {2026-11-26: [{id: s1, starts: '09:00', left: 1}], "
        "2026-11-27: [{id: s9, starts: '08:00', left: 1}]}, take: [gone, {number: R2}]}}"
    )
    found = play(TIMES, script)
    assert found.has_ended
    assert found.values["slot.start"] == "2026-11-27T08:00"
    lost = [one["lost"] for one in found.screens if one["kind"] == "book" and not one.get("working")]
    assert lost == ["", "full", ""]


@pytest.mark.parametrize(
    ("answers", "result", "why", "said"),
    [
        ("{slot: s3}", f"{{{SLOTS}, take: {{number: R1}}}}", "unfit", ""),
        ("{slot: {day: 2027-01-01, slot: s1}}", f"{{{SLOTS}, take: {{number: R1}}}}", "unfit", ""),
        ("{slot: s1}", f"{{{SLOTS}, take: {{refused: You have one already}}}}", "unanswered", "You have one already"),
        ("{slot: s1}", "{slots: {refused: Closed}, take: gone}", "unfit", "Closed"),
        ("{slot: s1}", "{slots: [], take: gone}", "unfit", ""),
        ("{slot: s1}", f"{{{SLOTS}, take: unknown}}", "held", ""),
        ("{slot: s1}", "unavailable", "held", ""),
        ("{slot: s1}", f"{{{SLOTS}}}", "no-result", ""),
        ("{}", f"{{{SLOTS}, take: {{number: R1}}}}", "unanswered", ""),
    ],
)  # fmt: skip
def test_where_a_time_is_not_taken_it_stops_and_says_why(
    answers: str, result: str, why: str, said: str
) -> None:
    found = play(TIMES, f"answers: {answers}\nresults: {{slot: {result}}}")
    assert (found.stop.why, found.stop.step) == (why, "slot")
    assert said in ("", *(one.get("said") for one in found.screens))


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ("{slot: perhaps}", "no-result"),
        ("{slot: 5}", "no-result"),
        ("{slot: {times: []}}", "unknown-name"),
        ("{slot: {slots: {tomorrow: []}}}", "unknown-name"),
        ("{slot: {slots: [1]}}", "no-result"),
        ("{slot: {slots: never}}", "no-result"),
        ("{slot: {take: lost}}", "no-result"),
        ("{slot: {take: 5}}", "no-result"),
        ("{slot: {take: {nummer: 5}}}", "unknown-name"),
        ("{slot: {take: [gone, {seat: first}]}}", "result-kind"),
    ],
)
def test_a_result_that_is_none_of_a_time_is_told(result: str, code: str) -> None:
    with pytest.raises(Unreadable) as problem:
        read_script(f"results: {result}", program(TIMES))
    assert [one.code for one in problem.value.findings] == [code]


def test_times_files_and_signatures_are_made_up_for_a_look_at_them() -> None:
    found = play(TIMES, "{}", made_up=True)
    assert found.has_ended
    offered = glimpse(program(TIMES), read_script("{}", program(TIMES)), "slot")
    assert offered["options"] == [{"value": "S1", "label": "10:00", "detail": "SAMPLE"}]
    beside = TIMES.replace("steps:\n", "steps:\n  - end: early\n    title: {en: E, zh-Hans: 早}\n")
    assert glimpse(program(beside), read_script("{}", program(beside)), "slot")["options"]
    assert len(glimpse(program(beside), read_script("{}", program(beside)), "proof")["fields"]) == 4


def test_made_up_records_have_what_the_definition_speaks_of() -> None:
    found = play(SAMPLES["return-goods"], "{}", made_up=True)
    assert found.stop.step == "refunded"
    goods = next(dict(one.gives) for one in found.steps if one.step.id == "goods")
    assert goods["lines"] == [
        {"can_return": 1, "goods": {"en": "Sample", "zh-Hans": "示例"}, "price": 12_800, "position": 1}
    ]
