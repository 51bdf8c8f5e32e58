"""One supervisor per data folder: a second one is told about the first."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

NAME = "run.lock"


class AlreadyRunning(Exception):
    """Another supervisor uses this data folder; the message says which, in English and Chinese."""


@contextlib.contextmanager
def hold(folder: Path, *, note: str) -> Iterator[None]:
    """Hold the folder; ``note`` is what another one who comes is told. The system lets go when we die.

    Raises:
        AlreadyRunning: somebody holds it.
    """
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(handle, 200).decode(errors="replace").strip() or "?"
            raise AlreadyRunning(
                f"Servicehall is already running on {folder} ({other}). Use it, stop it, or choose another"
                f" folder and port: --data DIR --port N\n"
                f"数据目录 {folder} 上已有一个服务厅在运行（{other}）。"
                f"请直接使用、先停止它，或另选目录和端口：--data DIR --port N"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, note.encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(folder: Path) -> str | None:
    """What the supervisor that holds the folder says of itself; None when nobody does."""
    try:
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(handle, 200).decode(errors="replace").strip() or "?"
    else:
        return None
    finally:
        os.close(handle)
