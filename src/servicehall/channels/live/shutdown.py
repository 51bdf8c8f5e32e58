"""Hearing the signal to stop without taking it away from the server that runs us."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


def on_termination(act: Callable[[], object]) -> None:
    """Run ``act`` in the running loop at SIGTERM or SIGINT, beside whatever is set for them already.

    A handler that the event loop holds is called through the loop's own wake-up pipe, which a
    plain handler leaves in place; another plain handler is called by ours.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before: Any = signal.getsignal(number)

        def handle(received: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(act)
            if callable(before):
                before(received, frame)

        signal.signal(number, handle)


_bell: list[int] = []


def hear() -> None:
    """Let :func:`bell` ring at SIGTERM or SIGINT in a program of threads; called while its main thread loads it.

    The interpreter itself writes into the pipe, whoever sets a handler afterwards, as the web server does.
    """
    if _bell or threading.current_thread() is not threading.main_thread():
        return
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    _bell.append(reading)


def bell() -> int | None:
    """A descriptor that becomes readable, and stays so, when the program is told to stop; None if nobody listens."""
    return _bell[0] if _bell else None
