"""Writes events and looks at the tree that follows them. No fixtures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import followers
from servicehall.kernel.events import fact, record
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.trust import actions, queries

SITE, OTHER = UUID(int=0xA), UUID(int=0xB)
AT = datetime(2026, 3, 3, 2, 0, 0, 250_000, tzinfo=UTC)


@fact("test.noted")
@dataclass(frozen=True, slots=True)
class Noted:
    """Something, for these tests."""

    n: int
    words: str
    share: float


def note(count: int = 1, *, site: UUID = SITE, by: Actor = SYSTEM, visit: UUID | None = None) -> None:
    """That many events in one transaction."""
    with transaction(site):
        for n in range(count):
            record(Noted(n, "大厅 “1”", n / 8), actor=by, at=AT, visit_id=visit)


def catch_up() -> None:
    """Let the followers see everything."""
    while followers.run_pending():
        pass


def signed(count: int = 1, **rest: Any) -> queries.CheckpointView:
    """That many events, in the tree and under a checkpoint."""
    note(count, **rest)
    catch_up()
    actions.make_checkpoint()
    return queries.checkpoint()
