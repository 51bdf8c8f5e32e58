"""A hall to measure: set up in a data folder of its own, run by the product's own command on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.temporary_postgresql import cluster

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
COMMAND = str(Path(PYTHON).with_name("servicehall"))


@dataclass
class RunningHall:
    """A started hall: where it is, the token to use it with, its site, service and counters."""

    database: str
    url: str
    port: int
    data: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None
    site: str
    token: str
    service: str
    counters: list[str]

    def python(self, module: str, *args: str, **more: str) -> Any:
        """Run one of our modules against this hall's database; what it prints as JSON."""
        out = subprocess.run(
            [PYTHON, "-m", module, *args],
            cwd=ROOT,
            env=self.environment | more,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        return json.loads(out) if out.strip() else None

    def web_processes(self) -> list[int]:
        """The ids of the web role's processes."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (folder / "environ").read_bytes()
                if f"SERVICEHALL_DATA={self.data}".encode() in environment and (
                    "servicehall web" in line or "servicehall.wsgi" in line or "spawn_main" in line
                ):
                    found.append(int(folder.name))
        return found

    def start(self, *options: str) -> None:
        """Start the product and wait until it answers."""
        log = (self.data / "run.log").open("ab")
        self.process = subprocess.Popen(
            [COMMAND, "run", "--port", str(self.port), "--data", str(self.data), *options],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        """Until the API answers, or the product has ended."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/api/v1/sites", timeout=2):
                return
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"the hall did not start:\n{(self.data / 'run.log').read_text()[-2000:]}")

    def wait_until_idle(self, seconds: float = 600, *, share: float = 0.1) -> None:
        """Until all its processes together have used less than ``share`` of one core for three seconds."""
        end = time.monotonic() + seconds
        before = self._processor_seconds()
        while time.monotonic() < end:
            time.sleep(3)
            now = self._processor_seconds()
            if now - before < 3 * share:
                return
            before = now
        raise RuntimeError("the hall did not come to rest")

    def _processor_seconds(self) -> float:
        mark, total = f"SERVICEHALL_DATA={self.data}".encode(), 0
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_bytes():
                    fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                    total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def free_ports() -> int:
    """A port that nobody listens on, nor on the next."""
    for port in random.sample(range(20_000, 31_000, 10), 200):
        with contextlib.ExitStack() as sockets:
            try:
                for offset in range(3):
                    one = sockets.enter_context(socket.socket())
                    one.bind(("127.0.0.1", port + offset))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


@contextlib.contextmanager
def hall(database: str, *, counters: int = 64, start: bool = True) -> Iterator[RunningHall]:
    """A hall with one service and many counters, on ``sqlite`` or (durable) ``postgresql``."""
    with contextlib.ExitStack() as stack:
        data = Path(tempfile.mkdtemp(prefix="servicehall-bench-"))
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SERVICEHALL_", "DATABASE_"))}
        environment["SERVICEHALL_DATA"] = str(data)
        if database == "postgresql":
            environment["DATABASE_URL"] = stack.enter_context(cluster(durable=True))
        port = free_ports()
        url = f"http://127.0.0.1:{port}"
        running = RunningHall(database, url, port, data, environment, None, "", "", "", [])
        made = running.python("bench.setting_up", str(counters))
        running.site, running.token = made["site"], made["token"]
        running.service, running.counters = made["service"], made["counters"]
        if start:
            running.start()
            stack.callback(running.stop)
        yield running


@contextlib.contextmanager
def stopped_by_alarm(seconds: int) -> Iterator[None]:
    """A measurement never runs longer than this."""

    def ring(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"not done within {seconds} s")

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
