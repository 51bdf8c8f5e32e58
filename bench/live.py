"""From a call to the board and the phone: 1,000 live clients, before and across a kill of the live role.

    python -m bench.live [--realtime] [sqlite|postgresql …]

`--realtime` (as root) puts all that is measured before other programs of the machine, as if they were not there.

A process of its own calls over HTTP (`python -m bench.live_calls`); this one is all the clients, in one
event loop that parses every stream as a browser does. Times go from the moment at which the caller has its
answer (the commit was before it) to the moment at which a client has the event; an event that is there
first counts 0.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.event_streams import Event, Reader
from bench.http_clients import Client, Request, run
from bench.running_hall import PYTHON, ROOT, RunningHall, hall
from servicehall.channels.live.messages import ON_BOARDS, ON_THE_PHONE

BOARDS = 500
PHONES = 500
CALLS = 150
CALLS_AROUND_THE_KILL = 60
A_SECOND = 6.0
P99_MS = 250.0
CALLED = "ticket.called"


@dataclass(frozen=True)
class Figure:
    """One run. Times in milliseconds, unless they say seconds."""

    database: str
    clients: int
    calls: int
    messages: int
    board: tuple[float, float, float]
    phone: tuple[float, float, float]
    late: float
    """99th percentile of how late this machine wakes a sleeping process: what it adds by itself."""
    back_after_seconds: float
    lost: int
    doubled: int

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.doubled) and max(self.board[1], self.phone[1]) <= P99_MS


@dataclass
class Ears:
    """All clients of a run: boards, phones and one reader of the whole log to compare them with."""

    running: RunningHall
    numbers: list[str]
    log: Reader
    boards: list[Reader] = field(default_factory=list)
    phones: dict[str, Reader] = field(default_factory=dict)
    messages: int = 0

    @classmethod
    def of(cls, running: RunningHall, tickets: list[dict[str, Any]], after: int) -> Ears:
        def reader(path: str, **headers: str) -> Reader:
            return Reader("127.0.0.1", running.port + 1, f"{path}?after={after}", headers)

        log = reader(f"/live/sites/{running.site}", Authorization=f"Bearer {running.token}")
        ears = cls(running, [ticket["number"] for ticket in tickets], log)
        ears.boards = [reader(f"/live/boards/{running.site}") for _ in range(BOARDS)]
        ears.phones = {t["number"]: reader(f"/live/tickets/{t['code']}") for t in tickets[:PHONES]}
        for one in ears.all():
            one.on_event = ears.count
        return ears

    def all(self) -> list[Reader]:
        return [self.log, *self.boards, *self.phones.values()]

    def count(self, _: Event) -> None:
        self.messages += 1

    async def open(self) -> list[asyncio.Task[None]]:
        tasks = []
        for one in self.all():
            tasks.append(asyncio.create_task(one.follow()))
            await asyncio.sleep(0.001)
        for one in self.all():
            await one.until(bool, within=30)
        return tasks

    async def caught_up(self, within: float) -> None:
        """Wait until every reader has passed the end of the log."""
        last = int(self.log.last_id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                for one in self.all():
                    await one.until(lambda seen: int(seen[-1].id) >= last, within=within)


def take_tickets(running: RunningHall, count: int) -> list[dict[str, Any]]:
    """Issue tickets over HTTP."""
    found: list[dict[str, Any]] = []
    body = json.dumps({"service": running.service}).encode()

    def one(share: int) -> Client:
        for _ in range(share):
            key = f"bench-{os.urandom(8).hex()}"
            answer = yield Request("issue", "POST", f"/api/v1/sites/{running.site}/tickets", body, key)
            if answer.status != 201:
                raise RuntimeError(f"{answer.status} {answer.body!r}")
            found.append(answer.json())

    run(running.port, running.token, [one(count // 8 + 1) for _ in range(8)])
    return found


async def call(running: RunningHall, count: int) -> tuple[dict[str, float], list[float]]:
    """Let the calling process call: number → moment of the answer; how late the machine woke it."""
    process = await asyncio.create_subprocess_exec(
        PYTHON,
        "-m",
        "bench.live_calls",
        str(running.port),
        str(count),
        str(A_SECOND),
        *running.counters[:8],
        cwd=ROOT,
        env=running.environment | {"BENCH_TOKEN": running.token},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the calling process failed")
    told = json.loads(out)
    return dict(told["answered"]), told["late"]


def live_processes(running: RunningHall) -> list[int]:
    """The ids of the live role's processes."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
            mine = f"SERVICEHALL_DATA={running.data}".encode() in (folder / "environ").read_bytes()
            if mine and b"servicehall live" in line:
                found.append(int(folder.name))
    return found


def spread(values: list[float]) -> tuple[float, float, float]:
    """Median, 99th percentile and most, in milliseconds."""
    ordered = sorted(value * 1000 for value in values)
    most = len(ordered) - 1
    return ordered[most // 2], ordered[int(most * 0.99)], ordered[most]


def times(readers: list[Reader], answered: dict[str, float]) -> list[float]:
    """How long after the answer each reader heard of each call that it should hear of."""
    return [
        max(event.at - began, 0.0)
        for reader in readers
        for event in reader.events
        if event.kind == CALLED and (began := answered.get(json.loads(event.data)["number"])) is not None
    ]


def compare(ears: Ears) -> tuple[int, int]:
    """(lost, doubled) messages over all readers, against the log as one reader has it and as it is numbered."""
    log = [event for event in ears.log.events if event.kind not in {"ping", "reset"}]
    numbers = [int(event.id) for event in log]
    lost = numbers[-1] - numbers[0] + 1 - len(set(numbers))
    doubled = len(numbers) - len(set(numbers))
    public = [(int(event.id), event.kind) for event in log if event.kind in ON_BOARDS]
    own: dict[str, list[tuple[int, str]]] = {number: [] for number in ears.phones}
    for event in log:
        number = json.loads(event.data).get("number")
        if number in own and event.kind in ON_THE_PHONE:
            own[number].append((int(event.id), event.kind))
    expected = [(reader, public) for reader in ears.boards]
    expected += [(reader, own[number]) for number, reader in ears.phones.items()]
    for reader, wanted in expected:
        heard = [(int(e.id), e.kind) for e in reader.events if e.kind not in {"ping", "queue.moved"}]
        counts = Counter(heard)
        lost += sum(1 for one in wanted if not counts[one])
        doubled += sum(count - 1 for count in counts.values())
        lost += 0 if heard == sorted(heard) else 1
    return lost, doubled


async def measure_in(running: RunningHall) -> Figure:
    """Both parts, in a hall that runs."""
    tickets = await asyncio.to_thread(take_tickets, running, CALLS + CALLS_AROUND_THE_KILL + PHONES)
    tickets.sort(key=lambda ticket: ticket["number"])
    probe = Reader("127.0.0.1", running.port + 1, f"/live/boards/{running.site}")
    task = asyncio.create_task(probe.follow())
    await probe.until(bool, within=60)
    after = int(probe.last_id)
    task.cancel()
    probe.leave()
    ears = Ears.of(running, tickets, after)
    tasks = await ears.open()
    calm, late = await call(running, CALLS)
    await asyncio.sleep(1)
    board, phone = times(ears.boards, calm), times(list(ears.phones.values()), calm)
    calling = asyncio.create_task(call(running, CALLS_AROUND_THE_KILL))
    await asyncio.sleep(CALLS_AROUND_THE_KILL / A_SECOND / 3)
    before = {id(one): one.connections for one in ears.all()}
    killed = time.monotonic()
    for pid in live_processes(running):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while not all(one.connections > before[id(one)] and one.status == 200 for one in ears.all()):
        await asyncio.sleep(0.05)
        if time.monotonic() - killed > 60:
            raise TimeoutError("not everybody came back")
    back = time.monotonic() - killed
    await calling
    await asyncio.sleep(1)
    await ears.caught_up(within=30)
    lost, doubled = compare(ears)
    for one in tasks:
        one.cancel()
    for reader in ears.all():
        reader.leave()
    await asyncio.gather(*tasks, return_exceptions=True)
    return Figure(
        running.database,
        len(ears.all()) - 1,
        CALLS + CALLS_AROUND_THE_KILL,
        ears.messages,
        spread(board),
        spread(phone),
        spread(late)[1],
        back,
        lost,
        doubled,
    )


def measure(database: str) -> Figure:
    """One run on ``sqlite`` or ``postgresql``."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192) if hard > 0 else 8192, hard))
    with hall(database, counters=8) as running:
        return asyncio.run(asyncio.wait_for(measure_in(running), 300))


def table(figures: list[Figure]) -> Table:
    """The figures for people."""
    made = Table(title=f"Call to board and phone (goal: p99 ≤ {P99_MS:.0f} ms, none lost across a kill -9)")
    for name in ("database", "clients", "calls", "messages"):
        made.add_column(name, justify="left" if name == "database" else "right")
    for name in (
        "board p50/p99/most ms",
        "phone p50/p99/most ms",
        "machine p99",
        "all back",
        "lost",
        "doubled",
        "",
    ):
        made.add_column(name, justify="right")
    for one in figures:
        made.add_row(
            one.database,
            f"{one.clients:,}",
            str(one.calls),
            f"{one.messages:,}",
            " / ".join(f"{value:.0f}" for value in one.board),
            " / ".join(f"{value:.0f}" for value in one.phone),
            f"{one.late:.0f} ms",
            f"{one.back_after_seconds:.1f} s",
            str(one.lost),
            str(one.doubled),
            "ok" if one.is_right else "NOT REACHED",
        )
    return made


def main() -> int:
    databases = [word for word in sys.argv[1:] if word != "--realtime"]
    if len(databases) < len(sys.argv) - 1:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))  # what is started by us inherits it
    figures = [measure(database) for database in databases or ("sqlite", "postgresql")]
    Console(width=132).print(table(figures))
    return 0 if all(one.is_right for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
