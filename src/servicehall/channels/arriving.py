"""Receiving what a request sends, before it gets a turn.

The server gives a request to a thread as soon as its headers are there, and the thread then waits for the
body for as long as the sender likes: a few dozen senders that trickle could hold every thread, and three
of them every turn of the API. So a body is received first, and only so many may be on their way at once,
few of them from one address. Who comes on top waits for a moment, then is refused and may come again.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from servicehall.kernel.errors import Busy

from .refusals import NOT_RECEIVED, Malformed
from .turnstile import Turnstile

MOST = 24
MOST_OF_ONE = 8
"""Bodies on their way at once in a process: in all, and from one address."""
PATIENCE = 2.0
"""Seconds to wait for one of these places."""
WHOLE = 1024 * 1024
"""Up to so many bytes are received into memory; a larger one (a file) streams and keeps its place to the end."""


class Arrivals:
    """The bodies that are on their way."""

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE, patience: float = PATIENCE) -> None:
        self._places = Turnstile(most, most_of_one, patience=patience)

    @contextmanager
    def received(self, environ: dict[str, Any]) -> Iterator[None]:
        """Let the request go on with its body in memory, or with the refusal that it is to be answered with."""
        length = environ.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdecimal() and len(length) < 16 else 0
        address = str(environ.get("REMOTE_ADDR", ""))
        if not size:
            yield
        elif not self._places.enter(address):
            environ[NOT_RECEIVED] = Busy()
            yield
        elif size > WHOLE:
            try:
                yield
            finally:
                self._places.leave(address)
        else:
            try:
                body = environ["wsgi.input"].read(size)
            finally:
                self._places.leave(address)
            if len(body) < size:  # the sender is gone; half a form must not count as a whole one
                environ[NOT_RECEIVED] = Malformed()
            environ["wsgi.input"] = io.BytesIO(body)
            yield
