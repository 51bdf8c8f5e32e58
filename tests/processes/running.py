"""A running hall for tests: the product's own command in processes of its own, looked at from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("servicehall"))
START_SECONDS = 150


def until(fact: Callable[[], object], *, seconds: float = 20, what: str = "") -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, f"not within {seconds} s: {what or fact}"
        time.sleep(0.02)


def environment(data: Path, **more: str) -> dict[str, str]:
    """A clean environment for the product: this one's paths, none of its settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SERVICEHALL_", "TEST_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    return kept | {"SERVICEHALL_DATA": str(data)} | more


def children(pid: int) -> dict[int, str]:
    """The processes that a process started, with their command lines; Linux only."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            if int(parent) == pid and state != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
    return found


def is_alive(pid: int) -> bool:
    """Whether the process still runs (a dead one that nobody has asked about yet does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except OSError:
        return False


@dataclass
class Hall:
    """The command `servicehall run`, started."""

    process: subprocess.Popen[str]
    port: int
    data: Path
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def answers(self, path: str = "/", port: int | None = None) -> bool:
        """Whether the program there answers at all; what it says does not matter."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def is_open(self) -> bool:
        """Whether pages and event streams are answered."""
        return self.answers() and self.answers("/live/none", self.port + 1)

    def wait_open(self, seconds: float = START_SECONDS) -> None:
        def is_open_or_over() -> bool:
            assert self.process.poll() is None, f"it ended: {self.said()}"
            return "服务厅已开门" in self.said() and self.is_open()

        until(is_open_or_over, seconds=seconds, what="the hall opens")

    def roles(self) -> dict[str, int]:
        """The roles' processes by name."""
        found = {}
        for pid, command in children(self.process.pid).items():
            for role in ("web", "live", "worker"):
                if f"servicehall {role} " in command:
                    found[role] = pid
        return found

    def family(self) -> list[int]:
        """Every process that belongs to this hall, the parent first."""
        found = [self.process.pid]
        for pid in found:
            found += children(pid)
        return found


@contextlib.contextmanager
def hall(data: Path, port: int, *options: str, **settings: str) -> Iterator[Hall]:
    """Start a hall and stop it at the end, whatever happened to it."""
    output = data.parent / f"{data.name}.log"
    command = [COMMAND, "run", "--port", str(port), "--data", str(data), *options]
    with output.open("w") as log:
        process = subprocess.Popen(
            command,
            env=environment(data, **settings),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            text=True,
        )
    running = Hall(process, port, data, output)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
