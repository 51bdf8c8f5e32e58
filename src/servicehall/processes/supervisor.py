"""The parent of web, live and worker: starts them, starts them again when they die, stops them cleanly.

It loads neither Django nor a server, so that little can go wrong in it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from . import lifeline

log = logging.getLogger(__name__)

FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
"""A program that keeps dying is tried again at least this often (seconds), for ever: the reason
may pass (a database that restarts), and nobody may be there to start it by hand."""
STEADY_AFTER = 20.0
STOP_SECONDS = 8.0
"""How long children get to finish what they are doing before they are killed."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class Child:
    """One role's process, over all its lives."""

    role: str
    command: Sequence[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches only the parent, which stops all in order,
        # and the process and its own children can be signalled as one group.
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started = time.monotonic()
        log.info("child.started role=%s pid=%d", self.role, self.process.pid)

    def signal(self, number: int) -> None:
        if self.process is not None:
            self.process.send_signal(number)

    def signal_group(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def note_death(self, code: int) -> None:
        """Plan the next start: at once after a steady life, later and later after short ones."""
        now = time.monotonic()
        self.failures = 1 if now - self.started > STEADY_AFTER else self.failures + 1
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self.failures - 1))
        self.start_at = now + delay
        self.signal_group(signal.SIGKILL)  # servers' own workers that are still there
        self.process = None
        log.warning("child.died role=%s code=%d restart_in=%.1fs", self.role, code, delay)


class Supervisor:
    """Keeps children running until told to stop."""

    def __init__(self, commands: dict[str, Sequence[str]], environment: dict[str, str]) -> None:
        tied = environment | {lifeline.PARENT: str(os.getpid())}
        self.children = [Child(role, command, tied) for role, command in commands.items()]
        self._stops = 0
        self._ears, self._voice = socket.socketpair()

    def run(
        self, *, is_ready: Callable[[], bool], on_ready: Callable[[], None], on_stop: Callable[[], None]
    ) -> int:
        """Run until a stop signal; returns the exit code: 0 when every child ended by itself in time."""
        self._listen()
        announced = False
        while not self._stops:
            self._look_after()
            if not announced and is_ready():
                announced = True
                on_ready()
            self._sleep(announced=announced)
        on_stop()
        return self._stop()

    def _listen(self) -> None:
        # Any signal makes the loop's select return at once, also one that comes just before it.
        for end in (self._ears, self._voice):
            end.settimeout(0)
        signal.set_wakeup_fd(self._voice.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in STOP_SIGNALS:
            signal.signal(number, self._note_stop)

    def _note_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stops += 1

    def _look_after(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and (code := child.process.poll()) is not None:
                child.note_death(code)
            if child.process is None and child.start_at <= now:
                child.start()

    def _sleep(self, *, announced: bool) -> None:
        planned = [c.start_at for c in self.children if c.process is None]
        wait = min(planned, default=time.monotonic() + (1.0 if announced else 0.1)) - time.monotonic()
        select.select([self._ears], [], [], max(0.0, wait))
        with contextlib.suppress(BlockingIOError):
            self._ears.recv(4096)

    def _stop(self) -> int:
        alive = [c for c in self.children if c.process is not None]
        for child in alive:
            child.signal(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while any(c.process and c.process.poll() is None for c in alive):
            if self._stops > 1 or time.monotonic() > until:
                log.warning("children.killed reason=%s", "asked again" if self._stops > 1 else "too slow")
                self._kill(alive)
                return 1
            self._sleep(announced=False)
        self._kill(alive)  # nothing is left normally; a server's worker that lost its parent would be
        return 0

    @staticmethod
    def _kill(children: list[Child]) -> None:
        for child in children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
