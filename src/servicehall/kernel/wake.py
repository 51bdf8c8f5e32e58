"""Waking the readers of the log after a commit.

PostgreSQL: a NOTIFY from a thread of its own, several commits in one. (A NOTIFY within the
writing transaction makes all commits of the database stand in line.) A lost one costs a
second: readers also look by themselves. SQLite: nothing to send; readers see
``PRAGMA data_version`` change.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

from django.db import connection

CHANNEL = "servicehall"
_POLL = 0.02
_SETTLE = 0.004
_due = threading.Event()
_ended = threading.Event()
_thread: threading.Thread | None = None
_lock = threading.Lock()


def _dsn() -> dict[str, Any]:
    return {
        k: v for k, v in connection.get_connection_params().items() if k not in {"cursor_factory", "context"}
    }


def _send(params: dict[str, Any]) -> None:
    import psycopg

    handle: psycopg.Connection[Any] | None = None
    while not _ended.is_set():
        _due.wait()
        _due.clear()
        if _ended.is_set():
            break
        try:
            if handle is None or handle.closed:
                handle = psycopg.connect(**params, autocommit=True)
            handle.execute(f"NOTIFY {CHANNEL}")
        except psycopg.Error:
            # The readers' own look, once a second, carries on meanwhile.
            if handle is not None:
                handle.close()
            handle = None
            time.sleep(0.5)
        time.sleep(_SETTLE)
    if handle is not None:
        handle.close()


def stop() -> None:
    """End the sending thread and its connection; the next change starts them again."""
    thread = _thread
    if thread is None or not thread.is_alive():
        return
    _ended.set()
    _due.set()
    thread.join(timeout=5)
    _ended.clear()


def changed() -> None:
    """Tell every process that a log may have grown. Returns at once."""
    global _thread
    if connection.vendor != "postgresql":
        return
    if _thread is None or not _thread.is_alive():
        with _lock:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_send, args=(_dsn(),), daemon=True, name="wake")
                _thread.start()
    _due.set()


class Waiter:
    """Waits, on a connection of its own, until a log may have grown."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._version: int | None = None

    def wait(self, timeout: float) -> bool:
        """Block for at most ``timeout`` seconds; True when something was committed."""
        if connection.vendor == "postgresql":
            return self._wait_postgresql(timeout)
        return self._wait_sqlite(timeout)

    def close(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(Exception):
                self._handle.close()
            self._handle = None

    def _wait_postgresql(self, timeout: float) -> bool:
        import psycopg

        try:
            if self._handle is None or self._handle.closed:
                self._handle = psycopg.connect(**_dsn(), autocommit=True)
                self._handle.execute(f"LISTEN {CHANNEL}")
                return True
            return any(True for _ in self._handle.notifies(timeout=timeout, stop_after=1))
        except psycopg.Error:
            self.close()
            time.sleep(min(timeout, 0.5))
            return True

    def _wait_sqlite(self, timeout: float) -> bool:
        import sqlite3

        until = time.monotonic() + timeout
        if self._handle is None:
            name = str(connection.settings_dict["NAME"])
            uri = name if name.startswith("file:") else f"file:{name}"
            self._handle = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        while True:
            version = int(self._handle.execute("PRAGMA data_version").fetchone()[0])
            if version != self._version:
                self._version = version
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(_POLL, left))
