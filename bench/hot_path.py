"""Take a ticket, call next, finish over HTTP, against the bare driver with the same statements.

The limit is measured in the same run: on SQLite a plain ``sqlite3`` loop replays the very statements
that the product ran, on a copy of the database from before; on PostgreSQL pgbench does with 16 clients.
"""

from __future__ import annotations

import json
import pickle
import re
import sqlite3
import time
import uuid
from dataclasses import dataclass
from typing import Any

from . import pgbench
from .http_clients import Client, Request, Results, run
from .running_hall import RunningHall, hall

CLIENTS = 16
ROUNDS = 1500
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-65536",
    "mmap_size=268435456",
)


@dataclass(frozen=True)
class Figure:
    """One database's result; rates in requests a second, latencies in milliseconds."""

    database: str
    limit: float
    rate: float
    half_p50: float
    half_p99: float
    statements: int

    @property
    def ratio(self) -> float:
        return self.rate / self.limit


def rounds(
    running: RunningHall, counter: str, count: int, *, pace: float = 0.0, offset: float = 0.0
) -> Client:
    """A client that takes a ticket, calls and finishes, ``count`` times; ``pace`` seconds a request, or at once."""
    begin = json.dumps({"service": running.service}).encode()
    following = time.monotonic() + offset

    def when() -> float:
        nonlocal following
        following += pace
        return following if pace else 0.0

    for _ in range(count):
        key = uuid.uuid4().hex
        yield Request("issue", "POST", f"/api/v1/sites/{running.site}/tickets", begin, f"i{key}", when())
        answer = yield Request("next", "POST", f"/api/v1/counters/{counter}/next", b"", f"n{key}", when())
        if answer.status != 200:
            raise RuntimeError(f"next: {answer.status} {answer.body!r}")
        ticket = answer.json()["id"]
        yield Request("finish", "POST", f"/api/v1/tickets/{ticket}/finish", b"", f"f{key}", when())


def load(running: RunningHall, requests: int, *, rate: float = 0.0) -> Results:
    """16 clients, together ``requests`` requests, at full speed or at ``rate`` a second."""
    each = max(1, requests // CLIENTS // 3)
    pace = CLIENTS / rate if rate else 0.0
    clients = [
        rounds(running, counter, each, pace=pace, offset=n * pace / CLIENTS)
        for n, counter in enumerate(running.counters[:CLIENTS])
    ]
    return run(running.port, running.token, clients, seconds=90)


def recorded(running: RunningHall, count: int) -> list[list[tuple[str, tuple[Any, ...]]]]:
    """What the product runs for that many rounds."""
    file = running.data / "statements.pickle"
    counter = running.counters[-1]
    running.python(
        "bench.statements", str(count), running.token, running.site, running.service, counter, str(file)
    )
    found: list[list[tuple[str, tuple[Any, ...]]]] = pickle.loads(file.read_bytes())
    return found


def bare_sqlite(running: RunningHall) -> tuple[float, int]:
    """(requests a second of the bare loop, statements a round)."""
    original = running.data / "servicehall.sqlite3"
    copy = running.data / "copy.sqlite3"
    source, target = sqlite3.connect(original), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    script = [[(re.sub("%s", "?", sql), params) for sql, params in one] for one in recorded(running, ROUNDS)]
    db = sqlite3.connect(copy, isolation_level=None)
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}")
    start = time.perf_counter()
    for one in script:
        for sql, params in one:
            db.execute(sql, params).fetchall()
    seconds = time.perf_counter() - start
    db.close()
    return len(script) * 3 / seconds, len(script[-1])


def measure(database: str) -> Figure:
    """Everything for one database."""
    with hall(database, counters=CLIENTS + 1, start=False) as running:
        if database == "sqlite":
            limit, statements = bare_sqlite(running)
        else:
            limit, statements = pgbench.limit(running, recorded(running, 3), CLIENTS)
        running.start()
        try:
            load(running, 1500)  # warm
            peak = max((load(running, 6000) for _ in range(2)), key=Results.rate)
            if set(peak.statuses) - {200, 201}:
                raise RuntimeError(f"unexpected answers: {peak.statuses}")
            half = load(running, int(peak.rate() / 2 * 12), rate=peak.rate() / 2)
        finally:
            running.stop()
        return Figure(database, limit, peak.rate(), half.percentile(0.5), half.percentile(0.99), statements)
