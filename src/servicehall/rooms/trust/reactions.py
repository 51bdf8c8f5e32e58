"""Follows everything: each event of every log becomes a leaf of the tree, once and in the log's order."""

from __future__ import annotations

from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower

from . import store

FOLLOWER = "trust.evidence"
PACE = 0.4
"""Seconds in which events gather. An event is in the tree within a second of its act."""


@follower(FOLLOWER, kinds=("*",), pace=PACE, erases=True)
def append_to_tree(batch: list[StoredEvent]) -> None:
    """Number and hash the events, in the transaction of the follower's cursor."""
    store.append(batch)
