"""Plans are read whole or not at all, with everything that is wrong; and made from what happened."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from servicehall import cli
from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.simulation.day import ranges, repeating, trying
from servicehall.rooms.simulation.day.findings import UnusablePlan
from servicehall.rooms.simulation.day.reading import document_of, read
from tests.hall import CUSTOMER, catch_up, make_hall, minutes

from .plans import consult, document, plan


def wrong(made: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(UnusablePlan) as caught:
        read(made)
    return {(one.where, one.code) for one in caught.value.findings}


def remarks(made: dict[str, Any]) -> dict[str, str]:
    return {one.code: one.told() for one in read(made)[1]}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    made = consult(arrivals={"9": -1, "25": 3, "10": float("nan")}, minutes="long", no_show=1.5)
    made["rules"] = {"discipline": "lottery"}
    made["roster"] = [
        {"counter": "9", "from": "12:00", "to": "11:00"},
        "nobody",
        {"counter": "1", "from": "xx"},
    ]
    made["colour"] = "red"
    assert wrong(made) == {
        ("services.consult.arrivals.9", "out-of-range"),
        ("services.consult.arrivals", "not-an-hour"),
        ("services.consult.arrivals.10", "out-of-range"),
        ("services.consult.minutes", "not-a-number"),
        ("services.consult.no_show", "out-of-range"),
        ("rules.discipline", "unknown-name"),
        ("roster.1.counter", "unknown-name"),
        ("roster.1.to", "ends-before"),
        ("roster.2", "not-a-table"),
        ("roster.3.from", "not-a-time"),
        ("roster.3.to", "missing"),
        ("", "unknown-field"),
    }


@pytest.mark.parametrize(
    "value",
    [10**400, float("inf"), True, "many", [], None],
    ids=["huge", "inf", "yes", "text", "list", "none"],
)
def test_absurd_numbers_are_refused_or_left_out(value: Any) -> None:
    made = document(demand=value)
    if value is None:
        assert read(made)[0].demand == 1
    else:
        assert {where for where, _code in wrong(made)} == {"demand"}


def test_more_customers_than_can_be_tried_out_are_too_many() -> None:
    assert ("services", "too-many") in wrong(consult(arrivals={str(hour): 5000 for hour in range(9, 17)}))


def test_what_is_wrong_is_said_once() -> None:
    with pytest.raises(UnusablePlan) as caught:
        read(document(counters=5, roster=[]))
    assert [one.told() for one in caught.value.findings] == ["counters: Fields with names are expected here."]


def test_two_people_at_one_counter_are_found() -> None:
    made = document()
    made["roster"].append({"counter": "1", "from": "11:30", "to": "13:00"})
    assert wrong(made) == {("roster.2", "two-at-counter")}


@pytest.mark.parametrize(
    "text", ["{", "a: [", "- 1\n- 2", "", "!!python/object:os.system {}", "name: &a x\nslug: *a"]
)
def test_a_file_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(UnusablePlan):
        read(document_of(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: " + "[" * 3000 + "]" * 3000, "unreadable"),
        ("- " * 3000, "too-deep"),
        ("a: &a [1]\nb: *a", "aliases"),
        ("#" * 1_000_001, "too-long"),
    ],
    ids=["flow", "block", "alias", "long"],
)
def test_a_file_that_would_keep_the_machine_busy_is_refused_before_it_is_built(text: str, code: str) -> None:
    with pytest.raises(UnusablePlan) as caught:
        document_of(text)
    assert [one.code for one in caught.value.findings] == [code]


def test_a_file_that_cannot_be_read_is_not_called_bad_yaml(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_bytes("name: a".encode("utf-16"))
    (tmp_path / "long.yaml").write_bytes(b"#" * 4_000_001)
    for name, words in (
        ("none.yaml", "cannot be read: No such file"),
        (".", "cannot be read: Is a directory"),
        ("plan.yaml", "no text in UTF-8"),
        ("long.yaml", "too long"),
    ):
        with pytest.raises(UnusablePlan, match=words):
            trying.document_of_file(tmp_path / name)


@pytest.mark.parametrize(
    "names",
    [{"en": 5}, {"en": {"a": "b"}}, {"en": b"x"}, ["x"], {"en": "a\0b"}, {"e\0n": "x"}, {"en": "\ud800"}, {"en": "x" * 501}],
    ids=["number", "table", "bytes", "list", "nul", "nul-language", "half", "long"],
)  # fmt: skip
def test_names_that_no_page_can_show_are_refused(names: Any) -> None:
    found = wrong(consult(names=names))
    assert {code for _where, code in found} <= {"not-text", "not-a-table"}
    assert all(where.startswith("services.consult.names") for where, _code in found)
    assert wrong(document(classes={"walk-in": {"names": names}, "elderly": {}}))


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "a\x1bb"], ids=["nul", "half", "escape"])
def test_what_no_database_keeps_is_refused_wherever_it_stands_and_told_in_words_that_can_be_shown(
    text: str,
) -> None:
    for made in (
        document(name=text),
        document(services={text: {}}),
        document(counters={text: []}),
        consult(skills=[text]),
        document(colour=text) | {text: 1},
        consult(arrivals={text: 1}),
    ):
        with pytest.raises(UnusablePlan) as caught:
            read(made)
        told = "".join(one.told() for one in caught.value.findings)
        assert text not in told
        told.encode()


def test_a_plan_reads_the_same_from_yaml_and_json() -> None:
    written = 'opening: [{from: 09:00, to: 17:30}]\nservices: {a: {arrivals: {10:00: 3, "9": 2}}}\n'
    same = {
        "opening": [{"from": "09:00", "to": "17:30"}],
        "services": {"a": {"arrivals": {"10": 3, "09:00": 2}}},
    }
    assert read(document_of(written))[0] == read(document_of(json.dumps(same)))[0]


def test_a_roster_with_gaps_is_told_and_tried() -> None:
    made = document()
    made["roster"] = [
        {"counter": "1", "from": "09:00", "to": "10:00"},
        {"counter": "1", "from": "10:45", "to": "11:00"},
    ]
    found = [one.told() for one in read(made)[1] if one.code == "gap"]
    assert len(found) == 2
    assert "10:00 to 10:45" in found[0]
    assert "11:00 to 12:00" in found[1]


def test_what_makes_figures_meaningless_is_told() -> None:
    assert "nobody-comes" in remarks(consult(arrivals={}))
    assert "nobody-serves" in remarks(document(roster=[]))
    assert "never-open" in remarks(document(opening=[]))
    assert "outside" in remarks(consult(arrivals={"9": 3, "20": 4}))
    assert "never-served" in remarks(document(counters={"1": []}))
    assert "overload" in remarks(consult(arrivals={"9": 90}))
    assert remarks(document()) == {}


def test_a_day_that_is_not_over_thins_no_usual_day_and_a_new_hall_has_its_hours(db: None) -> None:
    bank = make_hall("bank", hours=[(weekday, time(9), time(17)) for weekday in range(7)])
    assert trying.document_of_site(bank.id, actor=SYSTEM)["opening"] == [{"from": "09:00", "to": "17:00"}]
    hall = make_hall()

    def come(count: int, *, day: int) -> None:
        for n in range(count):
            ticket = hall.issue(at=minutes(day * 24 * 60 + n))
            queue.cancel(ticket_id=ticket.pk, by=CUSTOMER, at=minutes(day * 24 * 60 + n + 1))

    come(6, day=0)
    with clock.at(minutes(10)):
        made = trying.document_of_site(hall.id, actor=SYSTEM)
        assert made["services"]["consult"]["arrivals"] == {"10:00": 6}
    come(1, day=1)
    with clock.at(minutes(24 * 60 + 5)):
        made = trying.document_of_site(hall.id, actor=SYSTEM)
        assert made["services"]["consult"]["arrivals"] == {"10:00": 6}


def test_a_plan_comes_from_what_happened(db: None) -> None:
    hall = make_hall()
    counter = hall.open("1", at=minutes(0))
    for n in range(30):
        ticket = hall.issue(at=minutes(n * 2))
        if n % 10 == 9:
            queue.cancel(ticket_id=ticket.pk, by=CUSTOMER, at=minutes(n * 2 + 1))
            continue
        found = hall.next(at=minutes(n * 2))
        if n % 10 == 4:
            queue.no_show(ticket_id=found.pk, by=hall.actors["agent"], at=minutes(n * 2 + 1))
            continue
        queue.start(ticket_id=found.pk, by=hall.actors["agent"], at=minutes(n * 2 + 0.25))
        queue.finish(ticket_id=found.pk, by=hall.actors["agent"], at=minutes(n * 2 + 1.75))
    catch_up()
    made = trying.document_of_site(hall.id, actor=SYSTEM, name="usual")
    service = made["services"]["consult"]
    assert service["arrivals"] == {"10:00": 30}
    assert service["stages"][0]["minutes"] == {"kind": "lognormal", "mean": 1.5, "cv": 0}
    assert service["patience"] == {"kind": "exponential", "mean": 1}
    assert service["no_show"] == pytest.approx(3 / 27, abs=1e-4)
    assert made["rules"]["come_minutes"] == 0.25
    assert made["rules"]["missed_minutes"] == 1
    label = next(one.label for one in hall.counters.values() if one.pk == counter)
    assert [(s["counter"], s["from"], s["to"]) for s in made["roster"]] == [(label, "10:00", "11:00")]
    figures = trying.try_out(made, days=3)
    assert figures["groups"]["all"]["visits"]["mean"] > 15


def test_who_comes_back_after_a_missed_call_is_measured(db: None) -> None:
    hall = make_hall()
    hall.open("1", at=minutes(0))
    agent = hall.actors["agent"]

    def miss(at: float) -> Any:
        found = hall.next(at=minutes(at))
        return queue.no_show(ticket_id=found.pk, by=agent, at=minutes(at + 1))

    def serve(at: float) -> None:
        found = hall.next(at=minutes(at))
        queue.start(ticket_id=found.pk, by=agent, at=minutes(at))
        queue.finish(ticket_id=found.pk, by=agent, at=minutes(at + 1))

    for n in range(4):
        hall.issue(at=minutes(n * 10))
        missed = miss(n * 10)
        if n % 2:
            queue.rejoin(ticket_id=missed.pk, by=CUSTOMER, at=minutes(n * 10 + 1 + 2 * n))
            serve(n * 10 + 9)
    hall.issue(at=minutes(40))
    undone = miss(40)
    queue.undo(site_id=hall.id, counter_id=hall.counters["1"].pk, by=agent, at=minutes(41.05))
    queue.start(ticket_id=undone.pk, by=agent, at=minutes(42))
    queue.finish(ticket_id=undone.pk, by=agent, at=minutes(43))
    catch_up()
    service = trying.document_of_site(hall.id, actor=SYSTEM)["services"]["consult"]
    assert service["no_show"] == pytest.approx(4 / (4 + 3), abs=1e-4)
    assert (service["returns"], service["return_minutes"]) == (0.5, 4)  # after two and after six minutes
    assert trying.try_out(trying.document_of_site(hall.id, actor=SYSTEM), days=2)["groups"]["all"]["visits"]


def test_each_stage_has_the_time_that_it_took(db: None) -> None:
    hall = make_hall()
    hall.open("1", at=minutes(0))
    agent = hall.actors["agent"]
    for n in range(20):
        hall.issue("refund", at=minutes(n * 6))
        for stage, length in enumerate((1, 4)):
            found = hall.next(at=minutes(n * 6 + stage))
            queue.start(ticket_id=found.pk, by=agent, at=minutes(n * 6 + stage))
            act = queue.finish if stage else queue.advance
            act(ticket_id=found.pk, by=agent, at=minutes(n * 6 + stage + length))
    catch_up()
    stages = trying.document_of_site(hall.id, actor=SYSTEM)["services"]["refund"]["stages"]
    assert [(one["minutes"]["mean"], one["minutes"]["cv"]) for one in stages] == [(1, 0), (4, 0)]


def test_who_was_sent_to_another_service_counts_where_they_were_served(db: None) -> None:
    hall = make_hall()
    hall.open("1", at=minutes(0))
    agent, supervisor = hall.actors["agent"], hall.actors["supervisor"]
    served = hall.issue("consult", at=minutes(0))
    hall.next(at=minutes(1))
    queue.start(ticket_id=served.pk, by=agent, at=minutes(1))
    queue.transfer(ticket_id=served.pk, service="refund", by=agent, at=minutes(4))
    moved = hall.issue("consult", at=minutes(5))
    queue.transfer(ticket_id=moved.pk, service="refund", by=supervisor, at=minutes(90))
    for ticket, at in ((served, 100), (moved, 110)):
        found = hall.next(at=minutes(at))
        assert found.pk == ticket.pk
        for act, when in ((queue.start, at), (queue.advance, at + 1)):
            act(ticket_id=ticket.pk, by=agent, at=minutes(when))
        queue.cancel(ticket_id=ticket.pk, by=CUSTOMER, at=minutes(at + 2))
    past = queueing.past(hall.id, actor=SYSTEM)
    names = {service.pk: slug for slug, service in hall.services.items()}
    assert [(names[one.service], one.joined_at, one.served) for one in past.visits] == [
        ("consult", minutes(0), 180.0),
        ("refund", minutes(4), 60.0),
        ("refund", minutes(5), 60.0),
    ]


def test_a_site_without_history_gives_a_plan_that_says_that_nobody_comes(db: None) -> None:
    made = trying.document_of_site(make_hall().id, actor=SYSTEM)
    assert "nobody-comes" in remarks(made)
    assert trying.try_out(made, days=2)["groups"]["all"]["wait_mean"] is None


def test_days_in_other_processes_are_the_same_days() -> None:
    made = plan()
    seen: list[tuple[int, int]] = []
    apart = repeating.repeat(made, days=3, seed=5, processes=2, progress=lambda *at: seen.append(at))
    assert apart == repeating.repeat(made, days=3, seed=5, processes=0)
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_days_that_nobody_wants_any_more_end() -> None:
    with pytest.raises(repeating.Stopped):
        repeating.repeat(plan(), days=3, seed=5, processes=0, is_unwanted=lambda: True)


def test_the_interval_is_students() -> None:
    # Four days 1, 2, 3, 4: s = 1.2910, t(0.975, 3) = 3.1824.
    found = ranges.interval([1, 2, 3, 4, None])
    assert found is not None
    assert found["mean"] == 2.5
    assert found["low"] == pytest.approx(2.5 - 3.18245 * 1.290994 / 2, abs=1e-4)
    assert ranges.interval([None]) is None


def test_a_second_counter_is_seen_to_shorten_waits_beyond_chance() -> None:
    more = document(counters={"1": ["consult"], "2": ["consult"]})
    more["roster"].append({"counter": "2", "from": "09:00", "to": "12:00"})
    one, other = (trying.try_out(made, days=8) for made in (document(), more))
    change = ranges.differences(one, other)["wait_mean"]
    assert change is not None
    assert change["high"] < 0


def test_the_command_prints_figures_and_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICEHALL_DATA", str(tmp_path))
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(document()), "utf-8")
    assert cli.main(["simulate", "--plan", str(file), "--compare", str(file), "--days", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["plans"][0]["days"] == 3
    assert found["differences"]["wait_mean"] == dict.fromkeys(("mean", "low", "high", "p10", "p90"), 0)
    assert cli.main(["simulate", "--plan", str(file), "--days", "2"]) == 0
    assert "wait, median" in capsys.readouterr().out
    file.write_text(json.dumps(document(demand=-1)), "utf-8")
    assert cli.main(["simulate", "--plan", str(file)]) == 1
    assert "demand" in capsys.readouterr().err
