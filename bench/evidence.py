"""The evidence: a tree of a million leaves, changes found in a log of 100,000, and what it costs the ticket rate."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servicehall import verify_evidence as verifier
from tests.rooms.trust.archive import KEY, entry, signed, write

from . import hot_path
from .http_clients import Results
from .running_hall import COMMAND, ROOT, RunningHall, hall

LEAVES = 1_000_000
CHANGED = 100_000
EACH_CHANGE = 4
TURNS = 3
REQUESTS = 2400
EVIDENCE = ("trust.evidence", "trust.checkpoint", "trust.witnesses")


@dataclass(frozen=True)
class Cost:
    """Ticket rates (requests a second) without and with the evidence, turn by turn."""

    without: list[float]
    with_it: list[float]
    processor_ms: tuple[float, float]
    """What the worker's processor time is a request, without and with: of use when the machine is not quiet."""

    @property
    def share(self) -> float:
        """The part of the rate that the evidence takes: of the medians of all turns."""
        return 1 - statistics.median(self.with_it) / statistics.median(self.without)


def tree(database: str) -> dict[str, Any]:
    """A tree of a million leaves: appended, proved, computed anew."""
    with hall(database, counters=1, start=False) as running:
        found: dict[str, Any] = running.python("bench.evidence_tree", str(LEAVES))
        return found


def changes() -> tuple[int, int]:
    """(found, made) single changes of a log of 100,000 leaves, all files made anew over each."""
    chance = random.Random(6962)
    entries = [entry(n) for n in range(CHANGED)]
    checkpoint = signed(entries)
    found = made = 0
    for how in ("change", "back-date", "remove", "reorder", "insert"):
        for _ in range(EACH_CHANGE):
            at, other = chance.sample(range(CHANGED), 2)
            forged = list(entries)
            if how == "change":
                forged[at] = entry(at, commitment="f" * 64)
            elif how == "back-date":
                forged[at] = entry(at, at="2025-01-01T00:00:00+00:00")
            elif how == "remove":
                del forged[at]
            elif how == "reorder":
                forged[at], forged[other] = forged[other], forged[at]
            else:
                forged.insert(at, entry(at, kind="ticket.cancelled"))
            made += 1
            with tempfile.TemporaryDirectory() as name:
                try:
                    verifier.LogCheck(write(Path(name), forged, checkpoint), KEY).run()
                except verifier.Wrong:
                    found += 1
    return found, made


def cost(database: str) -> Cost:
    """The hot path's load with and without the evidence, in turns so that both meet the same machine."""
    without: list[float] = []
    with_it: list[float] = []
    spent = {False: 0.0, True: 0.0}
    with hall(database, counters=hot_path.CLIENTS + 1, start=False) as running, _web(running):
        for turn in range(TURNS + 1):
            for left_out, rates in ((EVIDENCE, without), ((), with_it)):
                with _worker(running, left_out) as worker:
                    done = hot_path.load(running, REQUESTS)
                    used = _processor_seconds(worker.pid)
                if set(done.statuses) - {200, 201}:
                    raise RuntimeError(f"unexpected answers: {done.statuses}")
                if turn:  # the first one warms up
                    rates.append(Results.rate(done))
                    spent[not left_out] += used
    each = 1000 / REQUESTS / TURNS
    return Cost(without, with_it, (spent[False] * each, spent[True] * each))


def _processor_seconds(pid: int) -> float:
    """What a process has used so far, its start included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def _web(running: RunningHall) -> Iterator[None]:
    running.python("servicehall", "prepare")
    command = [COMMAND, "web", "--port", str(running.port)]
    with _process(running, command):
        running.wait_until_it_answers()
        yield


@contextlib.contextmanager
def _worker(running: RunningHall, without: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    with _process(running, [sys.executable, "-m", "bench.worker", *without]) as process:
        yield process


@contextlib.contextmanager
def _process(running: RunningHall, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with (running.data / "run.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=running.environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
