"""Steps of services over HTTP: 200 kiosks in use, one step each 3 s for a minute; what one costs; a peer's engine.

`python -m bench steps [sqlite|postgresql]`. A kiosk begins a service half-way between two steps, goes its five steps and
begins the next. A step counts from when it was due, so a server that falls behind cannot hide it.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass

from .five_steps import ANSWERS
from .http_clients import Client, Request, Results, run
from .running_hall import RunningHall, hall

KIOSKS = 200
EACH = 3.0
"""Seconds between two steps of a kiosk."""
SECONDS = 60.0
INSIDE = 60
"""Ways through whose statements are counted."""
P99_MS = 200.0
STATEMENTS = 10
ENGINE_MS = 5.0
RATIO = 5.0


@dataclass(frozen=True)
class Figure:
    """One database's result; times in milliseconds, rates in steps a second."""

    database: str
    steps: int
    rate: float
    p50: float
    p99: float
    most: float
    others: int
    """Answers that were none of ours to want: refused, or no answer at all."""
    statements: int
    engine_p50: float
    engine_p99: float

    @property
    def is_right(self) -> bool:
        within = self.p99 <= P99_MS and self.statements <= STATEMENTS and self.engine_p99 <= ENGINE_MS
        return within and not self.others


def kiosk(site: str, first: float, end: float) -> Client:
    """One kiosk: a service after another, until the time is over."""
    begin = json.dumps({"flow": "five-steps", "channel": "kiosk"}).encode()
    due = first
    while due < end:
        begun = yield Request(
            "begin", "POST", f"/api/v1/sites/{site}/requests", begin, uuid.uuid4().hex, due - EACH / 2
        )
        if begun.status != 201:
            return
        path = f"/api/v1/requests/{begun.json()['code']}/answer"
        for revision, (step, answer) in enumerate(ANSWERS):
            if due >= end:
                return
            body = json.dumps({"step": step, "revision": revision, "answer": answer}).encode()
            yield Request("step", "POST", path, body, uuid.uuid4().hex, due)
            due += EACH


def load(running: RunningHall, token: str, kiosks: int, seconds: float) -> Results:
    """So many kiosks for so long, their steps spread evenly."""
    start = time.monotonic() + EACH
    clients = [
        kiosk(running.site, start + number * EACH / kiosks, start + seconds) for number in range(kiosks)
    ]
    return run(running.port, token, clients, seconds=seconds + 30)


def measure(database: str, *, kiosks: int = KIOSKS, seconds: float = SECONDS) -> Figure:
    """Everything for one database."""
    with hall(database, counters=1, start=False) as running:
        token = running.python("bench.steps_hall", running.site)["token"]
        inside = running.python("bench.steps_hall", running.site, str(INSIDE), token)
        running.start()
        try:
            load(running, token, kiosks, 2 * EACH)  # warm
            results = load(running, token, kiosks, seconds)
        finally:
            running.stop()
    others = sum(count for status, count in results.statuses.items() if status not in {200, 201})
    return Figure(
        database,
        results.count("step"),
        results.count("step") / seconds,
        results.percentile(0.5, "step"),
        results.percentile(0.99, "step"),
        results.percentile(1.0, "step"),
        others,
        int(inside["statements"]),
        inside["engine_p50"],
        inside["engine_p99"],
    )
