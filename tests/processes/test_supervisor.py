"""The parent with children of a line each: how soon it restarts them, and that it never gives up."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from servicehall.processes.supervisor import FIRST_DELAY, LONGEST_DELAY, Child
from tests.processes.running import children, is_alive, until

pytestmark = [pytest.mark.processes, pytest.mark.one_database]

PARENT = """
import os, sys
from servicehall.processes import logs
from servicehall.processes.supervisor import Supervisor
logs.configure()
python = [sys.executable, "-c"]
supervisor = Supervisor({"child": [*python, sys.argv[1]]}, dict(os.environ))
sys.exit(supervisor.run(
    is_ready=lambda: True, on_ready=lambda: print("ready\\n", end="", flush=True), on_stop=lambda: print("stop", flush=True)
))
"""
TIED = "from servicehall.processes import lifeline; lifeline.end_with_parent(); "
SLEEPER = f"{TIED} import time; time.sleep(60)"


@contextmanager
def parent_of(child: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, child], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def only_child(process: subprocess.Popen[str]) -> int:
    until(lambda: children(process.pid))
    return next(iter(children(process.pid)))


def test_a_child_that_dies_is_back_within_half_a_second() -> None:
    with parent_of(SLEEPER) as parent:
        first = only_child(parent)
        time.sleep(0.2)
        subprocess.run(["kill", "-9", str(first)], check=True)
        killed = time.monotonic()
        until(lambda: children(parent.pid).keys() - {first})
        assert time.monotonic() - killed < 0.5


def test_a_child_that_keeps_dying_is_tried_again_later_and_later_but_always() -> None:
    child = Child("web", ["true"], {})
    delays = []
    for _ in range(12):
        child.started = time.monotonic()
        child.note_death(1)
        delays.append(round(child.start_at - time.monotonic(), 1))
    assert delays[0] == FIRST_DELAY
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY


def test_after_a_steady_life_a_child_is_back_at_once() -> None:
    child = Child("web", ["true"], {}, failures=9)
    child.started = time.monotonic() - 3600
    child.note_death(-9)
    assert child.start_at - time.monotonic() == pytest.approx(FIRST_DELAY, abs=0.05)


def test_a_signal_to_stop_reaches_the_children_and_the_exit_code_is_zero() -> None:
    with parent_of(SLEEPER) as parent:
        child = only_child(parent)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(5) == 0
        assert not is_alive(child)


def test_a_child_that_does_not_stop_is_killed_when_asked_twice() -> None:
    deaf = f"{TIED} import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf\\n', end='', flush=True); {SLEEPER}"
    with parent_of(deaf) as parent:
        assert parent.stdout is not None
        assert {parent.stdout.readline(), parent.stdout.readline()} == {"ready\n", "deaf\n"}
        child = only_child(parent)
        parent.send_signal(signal.SIGTERM)
        assert parent.stdout.readline() == "stop\n"
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(5) == 1
        assert not is_alive(child)


def test_a_child_that_asks_for_it_ends_with_its_parent() -> None:
    tied = f"{TIED} print('tied\\n', end='', flush=True); import time; time.sleep(60)"
    with parent_of(tied) as parent:
        assert parent.stdout is not None
        assert {parent.stdout.readline(), parent.stdout.readline()} == {"ready\n", "tied\n"}
        child = only_child(parent)
        parent.kill()
        parent.wait()
        until(lambda: not is_alive(child), seconds=2)
