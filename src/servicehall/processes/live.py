"""The role that pushes events to boards, phones and desks over long connections."""

from __future__ import annotations

import contextlib
import resource

from granian.constants import Interfaces

from .servers import serve

CONNECTIONS = 20_000


def run(host: str, port: int) -> int:
    """Serve event streams until told to stop."""
    _allow_many_files()
    return serve(
        "servicehall.asgi:application",
        Interfaces.ASGI,
        host=host,
        port=port,
        workers=1,
        finish_seconds=1,  # streams never end by themselves, and their readers come back
        backlog=8192,
        backpressure=CONNECTIONS,
        websockets=True,
    )


def _allow_many_files() -> None:
    """Each connection is an open file, and the usual limit is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 1000
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
