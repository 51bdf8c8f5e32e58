"""Granian as we run it, with a program of a few lines: requests in hand are finished, nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.running import children, is_alive, until

pytestmark = [pytest.mark.processes, pytest.mark.one_database]

PROGRAM = """
import time
def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(2)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
"""
SERVER = """
import sys
from granian.constants import Interfaces
from servicehall.processes.servers import serve
sys.exit(serve("program:application", Interfaces.WSGI, host="127.0.0.1", port=int(sys.argv[1]), workers=1,
               finish_seconds=5, blocking_threads=4))
"""


def ask(port: int, path: str = "/") -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return bytes(answer.read())


def answers(port: int) -> bool:
    try:
        return ask(port) == b"done"
    except OSError:
        return False


@pytest.fixture
def server(tmp_path: Path, free_port: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    (tmp_path / "program.py").write_text(PROGRAM)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(free_port)], env=os.environ | {"PYTHONPATH": str(tmp_path)}
    )
    try:
        until(lambda: answers(free_port))
        yield process, free_port
    finally:
        process.kill()
        process.wait()


def test_requests_in_hand_are_finished_when_it_is_stopped(
    server: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, port = server
    got: list[bytes] = []
    waiting = threading.Thread(target=lambda: got.append(ask(port, "/slow")))
    waiting.start()
    time.sleep(0.5)

    process.send_signal(signal.SIGTERM)

    waiting.join(10)
    assert got == [b"done"]
    assert process.wait(5) == 0


def test_a_killed_server_takes_its_workers_along(server: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = server
    workers = children(process.pid)
    assert workers

    process.kill()
    process.wait()

    until(lambda: not any(is_alive(pid) for pid in workers), seconds=2)
    assert not answers(port)


def test_a_killed_worker_is_replaced(server: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = server
    (worker,) = children(process.pid)

    os.kill(worker, signal.SIGKILL)

    until(lambda: children(process.pid).keys() - {worker}, seconds=3)
    until(lambda: answers(port), seconds=3)
