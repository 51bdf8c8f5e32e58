"""Hearing the signal to stop without taking it away from the server that runs us."""

from __future__ import annotations

import asyncio
import signal
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
