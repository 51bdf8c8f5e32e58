"""Followers that keep a pace and let others have their turn; what the worker does by the clock."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from uuid import uuid4

import pytest

from servicehall.kernel import chores, clock, followers
from servicehall.kernel.events import StoredEvent, fact, record
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction


@fact("test.paced")
@dataclass(frozen=True, slots=True)
class Paced:
    """Something, for these tests."""

    n: int


def write(site: object, count: int = 1) -> None:
    with transaction(site):  # type: ignore[arg-type]
        for n in range(count):
            record(Paced(n), actor=SYSTEM, at=clock.now())


@pytest.fixture(autouse=True)
def _nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "_registered", {})
    monkeypatch.setattr(followers, "_resting", {})
    monkeypatch.setattr(chores, "_registered", {})


@pytest.mark.django_db
def test_a_follower_with_a_pace_gathers_events_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, slow, fast = uuid4(), [0], [0]

    def count(into: list[int]) -> followers.Handler:
        def handle(batch: list[StoredEvent]) -> None:
            into.append(len(batch))

        return handle

    followers.follower("slow", kinds=("*",), pace=60.0)(count(slow))
    followers.follower("fast", kinds=("*",))(count(fast))
    for _ in range(3):
        write(site)
        followers.run_pending(paced=True)
    assert (slow, fast) == ([0, 1], [0, 1, 1, 1])
    rest = followers.rested_in()
    assert rest is not None
    assert 0 < rest <= 60
    monkeypatch.setattr(followers, "_resting", {"slow": time.monotonic() - 0.1})  # its time has come
    assert followers.rested_in() is None
    followers.run_pending(paced=True)
    assert slow == [0, 1, 2]
    # Without paces, everybody is given everything at once.
    write(site)
    followers.run_pending()
    assert slow == [0, 1, 2, 1]


@pytest.mark.django_db
def test_a_follower_with_a_long_way_to_go_lets_the_others_have_their_turn() -> None:
    site, seen = uuid4(), []
    followers.follower("first", kinds=("*",))(lambda batch: seen.append(("first", len(batch))))
    followers.follower("second", kinds=("*",))(lambda batch: seen.append(("second", len(batch))))
    write(site, 1100)
    assert followers.run_pending() == 2000
    assert seen == [("first", 200)] * 5 + [("second", 200)] * 5
    assert followers.run_pending() == 200
    assert followers.run_pending() == 0


@pytest.mark.django_db
def test_what_a_follower_has_not_taken_in_is_told_newest_first() -> None:
    site, other = uuid4(), uuid4()
    followers.follower("one", kinds=("*",))(lambda _batch: None)
    write(site, 3)
    assert [e.seq for e in followers.not_taken_in("one", [site], 10)] == [3, 2, 1]
    followers.run_pending()
    write(site, 2)
    write(other)
    assert [e.seq for e in followers.not_taken_in("one", [site], 10)] == [5, 4]
    assert len(followers.not_taken_in("one", None, 10)) == 3
    assert len(followers.not_taken_in("one", None, 2)) == 2
    assert followers.not_taken_in("one", [], 10) == []


@pytest.mark.one_database
def test_chores_are_done_every_so_often_and_a_failing_one_harms_nobody() -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("failing")
        raise RuntimeError("not now")

    chores.chore("failing", every=60)(fail)
    chores.chore("good", every=60)(lambda: done.append("good"))
    chores.run_due()
    chores.run_due()
    assert done == ["failing", "good"]
    chores.chore("failing", every=60)(fail)
    chores.chore("good", every=60)(lambda: done.append("good"))
    chores.run_due()
    assert done == ["failing", "good"] * 2


@pytest.mark.one_database
def test_a_chore_done_aside_holds_up_nobody_and_is_not_begun_twice() -> None:
    go, begun = threading.Event(), []

    def slow() -> None:
        begun.append(1)
        go.wait(5)

    chores.chore("slow", every=0.0, aside=True)(slow)
    started = time.monotonic()
    for _ in range(3):
        chores.run_due()
    assert time.monotonic() - started < 1
    assert begun == [1]
    go.set()
    chores.wait()
    chores.run_due()
    chores.wait()
    assert begun == [1, 1]
