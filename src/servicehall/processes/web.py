"""The role that answers pages and API calls."""

from __future__ import annotations

import os

from granian.constants import Interfaces

from .servers import serve

THREADS = 32 + 24
"""Requests at once in a process, and the live streams that it may relay (settings.LIVE_RELAY_STREAMS)."""


def run(host: str, port: int, *, workers: int | None = None) -> int:
    """Serve pages and API until told to stop."""
    return serve(
        "servicehall.wsgi:application",
        Interfaces.WSGI,
        host=host,
        port=port,
        workers=workers or default_workers(),
        finish_seconds=6,
        blocking_threads=THREADS,
        backlog=2048,
        backpressure=1024,
    )


def default_workers() -> int:
    """On SQLite writers stand in one line anyway, and one process keeps that line short."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return 1
    return max(1, min(4, os.cpu_count() or 1))
