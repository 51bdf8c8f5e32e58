"""Old backups go: a person's erasure is complete when the last backup from before it is gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from . import sealing
from .refusals import Damaged

SUFFIX = ".backup"


def name_at(moment: datetime) -> str:
    """The name of a backup in a folder of them."""
    return f"servicehall-{moment:%Y%m%dT%H%M%SZ}{SUFFIX}"


def remove_old(folder: Path, *, days: int, now: datetime) -> list[Path]:
    """Remove backups that are older than so many days by the date within; returns them. Others' files stay."""
    gone = []
    for path in sorted(folder.glob(f"servicehall-*{SUFFIX}")):
        try:
            with path.open("rb") as file:
                made = sealing.head_of(file).made
        except (Damaged, OSError):
            continue
        if made < now - timedelta(days=days):
            path.unlink()
            gone.append(path)
    return gone
