"""A program that another one started ends when that one is gone, however it went.

Without this a killed parent (kill -9, out of memory) would leave servers behind that hold its ports.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "SERVICEHALL_PARENT"
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LOOK_SECONDS = 0.5


def environment() -> dict[str, str]:
    """The environment for a child that shall end with this process."""
    return dict(os.environ) | {PARENT: str(os.getpid())}


def tie_children() -> None:
    """Let children that inherit this process's environment end with it."""
    os.environ[PARENT] = str(os.getpid())


def end_with_parent() -> None:
    """End this process at once when the one that started it ends. Nothing happens for one started by hand.

    Linux only sends the signal when the *thread* that started us ends, so starters use their main
    thread. The end is a kill: whatever is not yet acknowledged is rolled back by the database.
    """
    expected = os.environ.pop(PARENT, None)
    if expected is None:
        return
    parent = int(expected)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_look_for, args=(parent,), daemon=True, name="lifeline").start()
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def _look_for(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)
