"""Events applied to an old snapshot give what a fresh one says: calls and counters."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from servicehall.channels.live.messages import BOARD, entry_of
from servicehall.kernel import events
from servicehall.kernel.errors import Refused
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.queueing import actions
from tests.channels.board.small_hall import Hall

HERE = Path(__file__).parent
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node runs the board's modules")


@pytest.mark.one_database
@pytest.mark.parametrize("module", ["announcer", "state", "words"])
def test_the_modules_pass_their_own_tests(module: str) -> None:
    done = subprocess.run(
        ["node", "--test", str(HERE / f"{module}.test.mjs")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]


def as_boards_hear_it(event: events.StoredEvent) -> dict[str, Any] | None:
    """The event as the live program sends it to boards."""
    text = entry_of(event).texts.get(BOARD)
    return None if text is None else dict(orjson.loads(text.split(b"data: ", 1)[1]))


def applied(snapshot: dict[str, Any], heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["node", str(HERE / "apply_events.mjs")],
        input=json.dumps({"snapshot": snapshot, "events": heard}),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))


def calls(snapshot: dict[str, Any]) -> list[tuple[Any, ...]]:
    names = (
        "number",
        "counter",
        "counter_label",
        "counter_names",
        "service",
        "service_names",
        "zone",
        "call",
        "state",
    )
    return [tuple(str(call[name]) for name in names) for call in snapshot["calls"]]


def counters(snapshot: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(c["label"], c["state"], c["number"]) for c in snapshot["counters"]]


class Diary:
    """Lets things happen in the hall and keeps, for each event, the board as it was read right after."""

    def __init__(self, hall: Hall, zone: str | None) -> None:
        self.hall, self.zone = hall, zone
        self.first = hall.board(zone)
        self.heard: list[dict[str, Any]] = []
        self.read: list[dict[str, Any]] = []

    def note(self) -> None:
        seen = self.heard[-1]["seq"] if self.heard else self.first["seq"]
        for event in events.after(self.hall.site.pk, seen):
            if heard := as_boards_hear_it(event):
                self.heard.append(heard)
        while len(self.read) < len(self.heard):
            self.read.append(self.hall.board(self.zone))

    def check(self) -> None:
        for heard, expected, found in zip(
            self.heard, self.read, applied(self.first, self.heard), strict=True
        ):
            assert calls(found) == calls(expected), heard
            assert counters(found) == counters(expected), heard
            assert found["seq"] == heard["seq"]


@pytest.mark.parametrize("zone", [None, "main", "private"])
def test_a_morning_of_events_gives_the_fresh_board(hall: Hall, zone: str | None) -> None:
    diary = Diary(hall, zone)

    def then(act: Any, *args: Any, **more: Any) -> Any:
        found = act(*args, **more)
        diary.note()
        return found

    then(hall.open, "1")
    then(hall.open, "2")
    then(hall.open, "8")
    for service in ("general", "general", "payments", "advice", "general", "general"):
        then(hall.issue, service)
    first = then(hall.call, "1")
    second = then(hall.call, "2")
    advised = then(hall.call, "8")
    then(hall.do, actions.recall, first)
    then(hall.do, actions.start, second)
    then(hall.do, actions.start, first)
    then(hall.do, actions.hold, first)
    third = then(hall.call, "1")
    then(hall.do, actions.no_show, third)
    then(hall.do, actions.resume, first, counter_id=hall.counters["1"])
    then(hall.do, actions.finish, second)
    then(hall.undo, "2")
    then(hall.do, actions.finish, second)
    then(hall.do, actions.start, advised)
    then(hall.do, actions.transfer, first, service="general")
    fourth = then(hall.call, "1")
    then(hall.undo, "1")
    then(hall.do, actions.cancel, fourth)
    then(hall.do, actions.finish, advised)
    then(actions.pause, site_id=hall.site.pk, counter_id=hall.counters["1"], by=SYSTEM, reason="tea")
    then(actions.sign_out, site_id=hall.site.pk, counter_id=hall.counters["2"], by=SYSTEM)
    assert len(diary.heard) > 25
    diary.check()


@pytest.mark.parametrize("seed", range(4))
def test_a_hundred_acts_at_random_give_the_fresh_board(hall: Hall, seed: int) -> None:
    """Calls beyond the twelve that a board keeps come back only with a snapshot, so few tickets are called."""
    chance = random.Random(seed)
    hall.open("1", "2", "8")
    diary = Diary(hall, None)
    tickets = [hall.issue(chance.choice(["general", "advice"])) for _ in range(10)]
    diary.note()
    acts: list[Any] = [
        actions.recall,
        actions.start,
        actions.hold,
        actions.finish,
        actions.no_show,
        actions.requeue,
        actions.advance,
        actions.cancel,
        actions.rejoin,
    ]
    for _ in range(100):
        label = chance.choice(["1", "2", "8"])
        try:
            if chance.random() < 0.35:
                actions.call_next(
                    site_id=hall.site.pk, counter_id=hall.counters[label], by=SYSTEM, at=hall._at()
                )
            elif chance.random() < 0.15:
                actions.resume(ticket_id=chance.choice(tickets).pk, by=SYSTEM, at=hall._at())
            else:
                hall.do(chance.choice(acts), chance.choice(tickets))
        except Refused:
            continue
        diary.note()
    assert len(diary.heard) > 20
    diary.check()
