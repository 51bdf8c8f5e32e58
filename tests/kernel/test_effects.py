"""The ledger of effects outside: whatever dies wherever, done once is done once, and nobody takes unknown for failed."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from servicehall.kernel import clock, effects
from servicehall.kernel.effects import Entry, NotDone, Outcome
from servicehall.kernel.models import Effect, Event
from servicehall.kernel.transactions import OutsideTransaction, transaction
from servicehall.rooms.alerts.models import Alert
from tests.hall import MORNING, catch_up, make_hall

pytestmark = pytest.mark.django_db
HOLDS = ("amount", "number", "reason")


class Killed(BaseException):
    """The process dies here: no handler of ours runs, only the database's own undoing."""


@dataclass
class OtherSide:
    """A provider that knows our keys and can be asked; ``dies`` says where our process dies."""

    done: dict[str, int] = field(default_factory=dict)
    settled: list[tuple[str, str]] = field(default_factory=list)
    dies: str = ""
    is_deaf: bool = False

    def call(self, entry: Entry) -> Mapping[str, Any]:
        self._die("before-call")
        if self.dies == "declined":
            raise NotDone(reason="declined")
        self.done[entry.key] = self.done.get(entry.key, 0) + 1
        self._die("after-call")
        if self.dies == "answer-lost":
            raise TimeoutError
        return {"number": f"n-{entry.key}"}

    def ask(self, entry: Entry) -> Outcome:
        if self.is_deaf:
            raise TimeoutError
        if entry.key in self.done:
            return Outcome("done", {"number": f"n-{entry.key}"})
        raise NotDone(reason="not-there")

    def draw(self, entry: Entry) -> None:
        self.settled.append((entry.key, entry.state))
        self._die("consequences")

    def _die(self, where: str) -> None:
        if self.dies == where:
            raise Killed


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Iterator[OtherSide]:
    side = OtherSide()
    monkeypatch.setattr(effects, "_kinds", {})
    effects.effect("test.pay", "unkeyed", holds=HOLDS, ask=side.ask, settled=side.draw)
    effects.effect("test.order", "keyed", holds=HOLDS, ask=side.ask)
    effects.effect("test.print", "unkeyed", holds=HOLDS)
    effects.effect("test.look", "read", holds=HOLDS)
    with clock.at(MORNING):
        yield side


def meant(key: str = "a", kind: str = "test.pay", *, site: UUID | None = None, amount: int = 5) -> Entry:
    where = site or UUID(int=7)
    with transaction(where):
        return effects.intend(kind, key, site_id=where, request={"amount": amount})


def facts(kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("data", flat=True))


def later(seconds: float) -> datetime:
    return MORNING + timedelta(seconds=seconds)


def test_the_same_key_is_the_same_entry_and_is_called_once(other: OtherSide) -> None:
    first = meant()
    done = effects.carry_out(first, lambda: other.call(first))
    assert (done.state, done.result) == ("done", {"number": "n-a"})
    again = meant()
    assert (again.id, again.is_new, again.state) == (first.id, False, "done")
    assert effects.carry_out(again, lambda: other.call(again)).result == {"number": "n-a"}
    assert other.done == {"a": 1}
    assert other.settled == [("a", "done")]
    assert [f["state"] for f in facts("effect.settled")] == ["done"]


def test_the_same_key_with_other_contents_is_refused_and_changes_nothing(other: OtherSide) -> None:
    first = meant()
    with pytest.raises(effects.OtherRequest):
        meant(amount=6)
    with pytest.raises(effects.OtherRequest):
        meant(site=uuid4())
    assert effects.find(first.id) == effects.find(first.id)
    assert Effect.objects.get().request == {"amount": 5}


def test_who_finds_an_entry_under_way_does_not_call_what_cannot_be_called_twice(other: OtherSide) -> None:
    meant()
    second = meant()
    assert not second.may_be_called
    assert effects.carry_out(second, lambda: other.call(second)).state == "intended"
    assert other.done == {}
    # What the other side does once by our key may be said again.
    meant("b", "test.order")
    assert meant("b", "test.order").may_be_called


def test_nothing_is_called_inside_a_transaction_nor_meant_outside_of_one(other: OtherSide) -> None:
    entry = meant()
    with transaction(entry.site_id), pytest.raises(effects.InsideTransaction):
        effects.carry_out(entry, lambda: other.call(entry))
    with pytest.raises(OutsideTransaction):
        effects.intend("test.pay", "z", site_id=uuid4(), request={})
    assert other.done == {}


def test_an_entry_holds_only_what_its_kind_allows(other: OtherSide) -> None:
    where = uuid4()
    for request in ({"name": "Wang"}, {"amount": {"phone": "138"}}):
        with pytest.raises(ValueError, match="hold"), transaction(where):
            effects.intend("test.pay", "p", site_id=where, request=request)
    assert Effect.objects.count() == 0


def test_a_lost_answer_is_unknown_and_then_asked_about(other: OtherSide) -> None:
    other.dies = "answer-lost"
    entry = meant()
    assert effects.carry_out(entry, lambda: other.call(entry)).state == "unknown"
    assert effects.ask_about_open(at=later(4)) == 0
    assert effects.ask_about_open(at=later(6)) == 1
    assert effects.find(entry.id).state == "done"
    assert other.done == {"a": 1}
    assert other.settled == [("a", "unknown"), ("a", "done")]


def test_a_refusal_is_failed_at_once_with_its_reason(other: OtherSide) -> None:
    other.dies = "declined"
    entry = meant()
    ended = effects.carry_out(entry, lambda: other.call(entry))
    assert (ended.state, ended.result) == ("failed", {"reason": "declined"})
    assert effects.ask_about_open(at=later(1e6)) == 0


@pytest.mark.parametrize("point", ["before-call", "after-call", "consequences"])
def test_a_kill_at_any_point_ends_with_the_truth(other: OtherSide, point: str) -> None:
    entry = meant()
    other.dies = point
    with pytest.raises(Killed):
        effects.carry_out(entry, lambda: other.call(entry))
    assert effects.find(entry.id).state == "intended"
    assert facts("effect.settled") == []
    other.dies = ""
    assert effects.ask_about_open(at=later(59)) == 0  # it may still be under way
    assert effects.ask_about_open(at=later(61)) == 1
    assert effects.find(entry.id).state == ("failed" if point == "before-call" else "done")
    assert sum(other.done.values()) == (point != "before-call")


def test_a_kill_before_the_commit_leaves_nothing_meant(other: OtherSide) -> None:
    where = uuid4()
    with contextlib.suppress(Killed), transaction(where):
        effects.intend("test.pay", "a", site_id=where, request={})
        raise Killed
    assert Effect.objects.count() == 0
    assert other.done == {}


def test_many_acts_with_kills_anywhere_are_each_done_once_or_not_at_all(other: OtherSide) -> None:
    chance, moment = random.Random(4), MORNING
    for n in range(60):
        key = f"k{n}"
        for _ in range(3):  # whoever is impatient comes again
            other.dies = chance.choice(
                ["", "before-call", "after-call", "consequences", "answer-lost", "declined"]
            )
            try:
                entry = meant(key)
                effects.carry_out(entry, lambda entry=entry: other.call(entry))  # type: ignore[misc]
            except Killed:
                pass
    other.dies = ""
    for _ in range(4):
        moment += timedelta(minutes=2)
        while effects.ask_about_open(at=moment):
            pass
    states = dict(Effect.objects.values_list("key", "state"))
    assert len(states) == 60
    assert {key for key, state in states.items() if state == "done"} == set(other.done)
    assert set(states.values()) == {"done", "failed"}
    assert set(other.done.values()) == {1}


def test_who_cannot_be_asked_calls_a_person_once_and_stays_unknown(other: OtherSide) -> None:
    hall = make_hall()
    entry = meant(kind="test.print", site=hall.id)
    for seconds in (61, 70, 4000):
        effects.ask_about_open(at=later(seconds))
    assert effects.find(entry.id).state == "unknown"
    assert [f["reason"] for f in facts("effect.needs-person")] == ["no-question"]
    catch_up()
    assert list(Alert.objects.values_list("about", "count")) == [("effect-unknown", 1)]
    # The person says what they found.
    assert effects.settle(effects.find(entry.id), Outcome("done")).state == "done"


def test_a_silent_other_side_is_asked_ever_more_rarely_and_then_a_person_too(other: OtherSide) -> None:
    other.is_deaf = True
    entry = meant()
    moment = MORNING
    while not facts("effect.needs-person"):
        moment += timedelta(seconds=1)
        effects.ask_about_open(at=moment)
    assert timedelta(minutes=20) < moment - MORNING < timedelta(minutes=30)
    assert effects.find(entry.id).state == "unknown"
    other.is_deaf, other.done = False, {"a": 1}
    effects.ask_about_open(at=moment + timedelta(hours=1))
    assert effects.find(entry.id).state == "done"


def test_what_only_reads_ends_by_itself(other: OtherSide) -> None:
    entry = meant(kind="test.look")
    assert effects.ask_about_open(at=later(61)) == 1
    assert effects.find(entry.id).state == "failed"
    assert facts("effect.needs-person") == []


def test_who_says_the_opposite_afterwards_changes_nothing_and_a_person_is_called(other: OtherSide) -> None:
    entry = meant()
    effects.settle(entry, Outcome("failed", {"reason": "declined"}))
    assert effects.settle(entry, Outcome("failed")).result == {"reason": "declined"}
    assert effects.settle(entry, Outcome("unknown")).state == "failed"
    assert effects.settle(entry, Outcome("done", {"number": "1"})).state == "failed"
    assert [f["reason"] for f in facts("effect.needs-person")] == ["contradiction"]
