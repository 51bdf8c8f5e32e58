"""A step that takes a time, beside what was there before it: staff, upgrades, publishing, what changes for customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.connectors import actions as connectors
from servicehall.rooms.services import actions, machines, queries
from servicehall.rooms.services.changes import changes
from servicehall.rooms.services.connecting import against_connectors
from servicehall.rooms.services.instances import answers_of, program_of
from servicehall.rooms.services.language.definition import Call
from servicehall.rooms.services.language.program import program
from servicehall.rooms.services.machines import Nature, Outcome
from servicehall.rooms.services.models import Instance, Task
from servicehall.rooms.services.path import derive
from servicehall.rooms.services.screen import screen
from servicehall.rooms.services.upgrading import Side, Verdict, verdict
from tests.hall import MORNING, Hall
from tests.rooms.services.keyed_machine import KeyedMachine
from tests.rooms.services.shop import operation
from tests.rooms.services.test_rehearsing import TIMES, begun
from tests.rooms.services.way import Way

SLOTS = [{"id": "s1", "starts": "09:00", "left": 1}, {"id": "s2", "starts": "10:00", "left": 1}]


class Diary(KeyedMachine):
    """Offers two times a day, and says what it was told to say when one is taken."""

    def __init__(self) -> None:
        self.says: list[Outcome] = []
        self.asked: list[str] = []
        self.kind = Nature("keyed")

    def nature(self, _instance: Instance, _step: Call) -> Nature:
        return self.kind

    def ask(self, _instance: Instance, step: Call, _inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        self.asked.append(step.operation)
        if step.operation == "times":
            return Outcome("done", {"times": SLOTS})
        return self.says.pop(0) if self.says else Outcome("done", {"number": "R1", "seat": 4})


@pytest.fixture
def diary() -> Iterator[Diary]:
    found = Diary()
    machines.register(found)
    yield found
    machines.forget(found)


def chosen(hall: Hall) -> Way:
    return begun(hall, TIMES).work().answer("slot", {"slot": "s1"})


def test_while_a_time_is_taken_nobody_ends_hands_over_or_asks_for_a_person(hall: Hall, diary: Diary) -> None:
    way = chosen(hall)
    agent = hall.actors["agent"]
    with pytest.raises(actions.BeingDone):
        actions.ask_person(instance_id=way.id, by=way.by, at=MORNING)
    with pytest.raises(actions.BeingDone):
        actions.ask_person(instance_id=way.id, service="consult", by=way.by, at=MORNING)
    actions.take_over(instance_id=way.id, by=agent, at=MORNING)
    with pytest.raises(actions.BeingDone):
        actions.end_for(instance_id=way.id, by=agent, at=MORNING)
    assert diary.asked == ["times"]


def test_a_time_whose_answer_was_lost_is_told_by_staff_and_the_flow_goes_on(hall: Hall, diary: Diary) -> None:
    way = chosen(hall)
    diary.says = [Outcome("unknown")]
    way.work()
    task = Task.objects.get(kind="unsure")
    about = queries.unsure_about(queries.task_seen(task.pk, actor=SYSTEM))
    assert about is not None
    assert ({one.id for one in about.fields}, about.once) == ({"number", "seat"}, True)
    with pytest.raises(actions.UnfitAnswers):
        actions.say_done(task_id=task.pk, results={"seat": "2"}, by=hall.actors["agent"], at=MORNING)
    actions.say_done(
        task_id=task.pk, results={"number": "R9", "seat": "2"}, by=hall.actors["agent"], at=MORNING
    )
    assert (way.row.state, way.step) == ("open", "proof")
    assert answers_of(way.row)["slot"].value["taken"] == {"number": "R9", "seat": 2}


def test_a_time_that_was_not_taken_is_asked_for_again(hall: Hall, diary: Diary) -> None:
    way = chosen(hall)
    diary.says = [Outcome("unknown")]
    way.work()
    actions.say_not_done(task_id=Task.objects.get().pk, by=hall.actors["agent"], at=MORNING)
    assert (way.work().step, diary.asked) == ("proof", ["times", "take", "take"])


def test_an_operation_that_is_no_longer_keyed_takes_nothing_and_a_person_looks(
    hall: Hall, diary: Diary
) -> None:
    way = chosen(hall)
    diary.kind = Nature("unkeyed", can_be_queried=True)
    way.work()
    assert (way.row.state, diary.asked) == ("waiting", ["times"])
    assert Task.objects.get().kind == "fault"


def test_a_request_that_took_a_time_stays_where_it_can_be_given_back(hall: Hall, diary: Diary) -> None:
    way = begun(hall, TIMES).work()

    def to(text: str) -> Verdict:
        row = way.row
        old, new = program_of(row), program(text)
        return verdict(
            Side(old, lambda: derive(old, row.given, answers_of(row))),
            Side(new, lambda: derive(new, row.given, answers_of(row))),
            channel="phone",
            language="en",
        )

    assert to(TIMES.replace("ahead: 3", "ahead: 5")).can
    way.answer("slot", {"slot": "s1"})
    assert to(TIMES).why == "under-way"
    way.work()
    assert to(TIMES.replace("title: {en: When?", "title: {en: What day?")).can
    assert to(TIMES.replace("operation: take", "operation: seize")).why == "other-effect"
    assert to(TIMES.replace("operation: free", "operation: drop")).why == "other-effect"
    assert to(TIMES.replace("seat: whole", "seat: whole, floor: text")).why == "other-effect"
    way.answer("slot", {"day": screen(way.row, at="slot")["days"][1]["value"]})
    assert to(TIMES).why == "under-way", "another time is looked for while one is held"


def test_only_what_is_done_once_for_each_key_may_take_a_time(hall: Hall) -> None:
    organisation = hall.site.region.organisation_id

    def codes(slug: str, take: str) -> set[tuple[str, str]]:
        listed = (
            operation("times", "read", {"day": "string"}, {"times": "array"}),
            operation("take", take, {"id": "string"}, {"number": "string", "seat": "integer"}),
            operation("free", "keyed", {"number": "string"}, {}),
        )
        connectors.add_connector(
            organisation_id=organisation,
            slug=slug,
            names={"en": "H", "zh-Hans": "厅"},
            address="https://hall.example",
            allowed_hosts="hall.example",
            definition={
                "openapi": "3.1.0",
                "info": {"title": "H", "version": "1"},
                "paths": {f"/{one['operationId']}": {"post": one} for one in listed},
            },
            by=SYSTEM,
        )
        flow = program(TIMES.replace("connector: hall", f"connector: {slug}")).flow
        return {(one.code, one.level) for one in against_connectors(flow, organisation)}

    assert codes("keyed", "keyed") == set()
    assert codes("unkeyed", "unkeyed") == {("operation-kind", "fault")}
    assert codes("reading", "read") == {("operation-kind", "fault")}


@pytest.mark.parametrize(
    ("old", "new", "kind", "after"),
    [
        ("ahead: 3", "ahead: 5", "question", "offered for 5 days, held for 30 minutes"),
        ("item.left > 0", "item.left > 1", "way", "When?"),
        ("operation: take", "operation: seize", "way", "When?"),
        ("empty: {en: None", "empty: {en: Nothing", "text", "Nothing"),
        ("id: photos, type: photo, most: 2", "id: photos, type: photo, most: 3", "question", "≤ 3, picture, ≤ 10 MB"),
        ("kinds: [pdf]", "kinds: [pdf, picture]", "question", "pdf, picture, ≤ 10 MB"),
        ("id: code, type: scan", "id: code, type: signature", "question", "signature"),
    ],
)  # fmt: skip
def test_what_changes_of_times_and_files_is_told(old: str, new: str, kind: str, after: str) -> None:
    assert old in TIMES
    found = changes(program(TIMES).flow, program(TIMES.replace(old, new)).flow)
    assert [(one.kind, str(one.after)) for one in found] == [(kind, after)]
