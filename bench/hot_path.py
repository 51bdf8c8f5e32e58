"""Take a ticket, call next, finish over HTTP, against the bare driver with the same statements.

The limit is measured in the same run: on SQLite a plain ``sqlite3`` loop replays the very statements
that the product ran, on a copy of the database from before; on PostgreSQL pgbench does with 16 clients.
"""

from __future__ import annotations

import json
import pickle
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.temporary_postgresql import programs

from .http_clients import Client, Request, Results, run
from .running_hall import RunningHall, hall, stopped_by_alarm

CLIENTS = 16
ROUNDS = 1500
PRAGMAS = "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536", "mmap_size=268435456"


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


def rounds(running: RunningHall, counter: str, count: int, *, pace: float = 0.0, offset: float = 0.0) -> Client:
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
    script = [
        [(re.sub("%s", "?", sql), params) for sql, params in one] for one in recorded(running, ROUNDS)
    ]
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


def pgbench_script(running: RunningHall) -> tuple[str, int]:
    """One round as a pgbench script: recorded statements, with what differs from round to round made anew.

    Returns the script and the number of statements in it.
    """
    first, second = recorded(running, 3)[1:]
    return _generalised(first, second), len(second)


def _generalised(first: list[tuple[str, tuple[Any, ...]]], second: list[tuple[str, tuple[Any, ...]]]) -> str:
    """Parameters that are the same in two rounds stay; the others become expressions of their type.

    The ids of ticket, visit and event are made by pgbench; a ticket's number is what the counter row gave.
    """
    lines = ["\\set counter :client_id"]
    known: dict[Any, str] = {}
    for (sql, old), (_same, new) in zip(first, second, strict=True):
        text, position = "", 0
        for part in re.split("(%s)", sql):
            if part != "%s":
                text += part
                continue
            before, after = old[position], new[position]
            position += 1
            text += _literal(after) if before == after else _expression(after, known)
        text = " ".join(text.split())
        if "INSERT INTO queueing_seriesday" in text:
            lines.append(f"{text} \\gset number_")
        else:
            lines.append(f"{text};")
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    return _quoted(str(value))


def _expression(value: Any, known: dict[Any, str]) -> str:
    """Something of the same type and length that differs each time."""
    if isinstance(value, uuid.UUID):
        return "gen_random_uuid()"
    if isinstance(value, bool | int | float):
        return "(random() * 1e9)::int" if isinstance(value, int) and value < 2**31 else "1795000000000000"
    text = str(value)
    if re.match(r"\d{4}-\d\d-\d\d[ T]", text) and len(text) < 40:
        return "clock_timestamp()"
    if text.startswith(("{", "[")):
        return _quoted(text)
    return f"left(md5(random()::text) || md5(random()::text), {min(64, max(4, len(text)))})"


def measure(database: str) -> Figure:
    """Everything for one database."""
    with hall(database, counters=CLIENTS + 1, start=False) as running:
        if database == "sqlite":
            limit, statements = bare_sqlite(running)
        else:
            from .hot_path_postgresql import pgbench

            limit, statements = pgbench(running, CLIENTS)
        running.start()
        try:
            load(running, 1500)  # warm
            peak = max((load(running, 6000) for _ in range(2)), key=Results.rate)
            if set(peak.statuses) - {200, 201}:
                raise RuntimeError(f"unexpected answers: {peak.statuses}")
            half = load(running, int(peak.rate() / 2 * 12), rate=peak.rate() / 2)
        finally:
            running.stop()
        return Figure(
            database, limit, peak.rate(), half.percentile(0.5), half.percentile(0.99), statements
        )


def main() -> list[Figure]:
    """Both databases."""
    with stopped_by_alarm(600):
        return [measure(database) for database in ("sqlite", "postgresql")]


__all__ = ["Path", "main", "measure", "pgbench_script", "programs", "shutil", "subprocess", "tempfile"]
