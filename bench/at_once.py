"""Many at once, and a killed web process: each number once, each customer called once, nothing lost."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .http_clients import Client, Request, run
from .running_hall import RunningHall, hall

CLIENTS = 32


@dataclass
class Found:
    """What the clients were told."""

    tickets: dict[str, str] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)
    retries: int = 0


@dataclass(frozen=True)
class Figure:
    """One run."""

    database: str
    killed: int
    tickets: int
    distinct: int
    consecutive: bool
    called: int
    called_once: bool
    missing: int
    doubled: int
    retries: int

    @property
    def is_right(self) -> bool:
        return self.consecutive and self.called_once and not (self.missing or self.doubled)


def taking(running: RunningHall, count: int, found: Found) -> Client:
    """Takes tickets; a broken connection or a 5xx is tried again with the same key."""
    body = json.dumps({"service": running.service}).encode()
    for _ in range(count):
        key = uuid.uuid4().hex
        while True:
            answer = yield Request("issue", "POST", f"/api/v1/sites/{running.site}/tickets", body, key)
            if answer.status == 201:
                ticket = answer.json()
                found.tickets[key] = ticket["number"]
                break
            if answer.status not in {0, 502, 503}:
                raise RuntimeError(f"{answer.status} {answer.body!r}")
            found.retries += 1


def calling(counter: str, found: Found) -> Client:
    """Calls next and finishes until nobody waits, trying again what broke."""
    while True:
        ticket: Any = None
        key = uuid.uuid4().hex
        while True:
            answer = yield Request("next", "POST", f"/api/v1/counters/{counter}/next", b"", f"n{key}")
            if answer.status == 204:
                return
            if answer.status == 200:
                ticket = answer.json()
                found.called.append(ticket["number"])
                break
            if answer.status not in {0, 502, 503}:
                raise RuntimeError(f"{answer.status} {answer.body!r}")
            found.retries += 1
        while True:
            answer = yield Request("finish", "POST", f"/api/v1/tickets/{ticket['id']}/finish", b"", f"f{key}")
            if answer.status == 200:
                break
            if answer.status not in {0, 502, 503}:
                raise RuntimeError(f"{answer.status} {answer.body!r}")
            found.retries += 1


def killer(running: RunningHall, times: int, stop: threading.Event, killed: list[int]) -> None:
    """Kill every web process, again and again, at moments spread over the run."""
    for _ in range(times):
        if stop.wait(0.7):
            return
        for pid in running.web_processes():
            try:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            except ProcessLookupError:
                continue
        time.sleep(1.0)


def measure(database: str, *, kills: int = 0, tickets: int = 1000, waiting: int = 300) -> Figure:
    """32 clients take tickets, then 32 counters call, with the web role killed ``kills`` times in each part."""
    with hall(database, counters=CLIENTS) as running:
        found, killed = Found(), list[int]()
        shares = [tickets // CLIENTS + (n < tickets % CLIENTS) for n in range(CLIENTS)]
        _with_kills(running, [taking(running, share, found) for share in shares], kills, killed)
        running.python("bench.stored", running.site, str(waiting))
        counters = running.counters[:CLIENTS]
        _with_kills(running, [calling(counter, found) for counter in counters], kills, killed)
        stored = running.python("bench.stored", running.site)
        counts = Counter(stored["numbers"])
        acknowledged = set(found.tickets.values())
        first = sorted(int(number[1:]) for number in counts)
        calls = Counter(found.called)
        return Figure(
            database,
            len(killed),
            len(stored["numbers"]),
            len(counts),
            first == list(range(1, len(first) + 1)),
            len(calls),
            all(n == 1 for n in calls.values()) and len(calls) == stored["called"],
            len(acknowledged - set(counts)),
            sum(n - 1 for n in counts.values()) + len(stored["numbers"]) - len(found.tickets),
            found.retries,
        )


def _with_kills(running: RunningHall, clients: list[Client], kills: int, killed: list[int]) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=killer, args=(running, kills, stop, killed))
    thread.start()
    run(running.port, running.token, clients, seconds=120)
    stop.set()
    thread.join()
