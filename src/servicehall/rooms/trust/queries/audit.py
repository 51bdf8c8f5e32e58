"""Computes the whole tree anew from the records and the salts, and compares it with what is stored and signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from servicehall.kernel import followers, sql
from servicehall.rooms.trust import entries, merkle, store
from servicehall.rooms.trust.events import RecordsUnlinked
from servicehall.rooms.trust.reactions import FOLLOWER

from .proofs import checkpoint_of

PART = 4096
MOST_FAULTS = 100
UNLINKED: str = RecordsUnlinked.kind  # type: ignore[attr-defined]  # every fact has its kind


@dataclass(slots=True)
class Audit:
    """What a re-computation found. ``faults`` says in words what does not agree; empty: all does."""

    size: int = 0
    unlinked: int = 0
    unlinked_on_record: int = 0
    waiting: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, words: str) -> None:
        """Note a fault; of very many, the first hundred."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(words)


def audit(progress: Callable[[int, int], object] = lambda _done, _all: None) -> Audit:
    """Look at every leaf: record → entry → hash → tiles → root → the signed checkpoint.

    What is appended while this runs is left for the next time.
    """
    size, root = store.head()
    signed = checkpoint_of()
    found = Audit(size)
    edge: dict[merkle.TileId, bytes] = {}
    signed_root = merkle.EMPTY_ROOT
    for first in range(0, size, PART):
        count = min(PART, size - first)
        hashes = _part(first, count, found)
        changed = merkle.grow(first, edge, hashes)
        if signed and first < signed.size <= first + count:
            part = merkle.grow(first, edge, hashes[: signed.size - first])
            signed_root = store.root_of(signed.size, {**edge, **part})
        _compare_tiles(changed, found)
        edge = {tile: (edge | changed)[tile] for tile in merkle.edge_tiles(first + count)}
        progress(first + count, size)
    if store.root_of(size, edge) != root:
        found.fault("the root is not that of the records")
    if signed and signed.size > size:
        found.fault(f"the tree has {size} leaves, the last checkpoint {signed.size}")
    elif signed and signed_root != signed.root:
        found.fault(f"the checkpoint of {signed.size} leaves is not over these records")
    _compare_logs(found)
    _compare_unlinked(size, found)
    return found


def _part(first: int, count: int, found: Audit) -> list[bytes]:
    """The hashes of some leaves, as they follow from the records."""
    rows = sql.rows(
        f'SELECT l."index", l.entry, l.salt, l.site_id, l.seq, {store.EVENT} FROM trust_leaf l'
        " LEFT JOIN kernel_event e ON e.site_id = l.site_id AND e.seq = l.seq"
        ' WHERE l."index" >= %s AND l."index" < %s ORDER BY l."index"',
        first,
        first + count,
    )
    if [int(row[0]) for row in rows] != list(range(first, first + count)):
        found.fault(f"leaves are missing between {first} and {first + count}")
    hashes = []
    for row in rows:
        leaf = store.leaf_of(*row[:3])
        if leaf.salt is not None and row[7] == UNLINKED and row[5] is not None:
            found.unlinked_on_record += entries.row(row[5:]).data["count"]
        if leaf.salt is None:
            found.unlinked += 1
        elif row[5] is None or not leaf.fits(entries.row(row[5:])):
            what = "is gone" if row[5] is None else "was changed"
            found.fault(f"leaf {leaf.index} (site {sql.uuid(row[3])}, event {row[4]}): the record {what}")
        hashes.append(merkle.leaf_hash(leaf.entry))
    return hashes + [merkle.EMPTY_ROOT] * (count - len(rows))


def _compare_tiles(changed: merkle.Tiles, found: Audit) -> None:
    stored = store.tiles(list(changed))
    for (level, number), hashes in sorted(changed.items()):
        # Only the part that this much of the tree fills: leaves are added meanwhile.
        if stored.get((level, number), b"")[: len(hashes)] != hashes:
            found.fault(f"tile {level}/{number} is not that of the leaves")


def _compare_unlinked(size: int, found: Audit) -> None:
    """A salt that is gone is one that somebody was recorded to have forgotten, up to this moment."""
    rows = sql.rows(
        f"SELECT {store.EVENT} FROM trust_leaf l JOIN kernel_event e ON e.site_id = l.site_id AND e.seq = l.seq"
        ' WHERE l."index" >= %s AND l.kind = %s',
        size,
        UNLINKED,
    )
    late = [entries.row(row) for row in rows]
    waiting = [e for e in followers.not_taken_in(FOLLOWER, None, PART) if e.kind == UNLINKED]
    told: list[entries.Recorded] = [*late, *waiting]
    found.unlinked_on_record += sum(event.data["count"] for event in told)
    if found.unlinked > found.unlinked_on_record:
        found.fault(f"{found.unlinked} leaves are unlinked, {found.unlinked_on_record} of them on record")


def _compare_logs(found: Audit) -> None:
    """Every event up to the follower's cursor has its leaf; the rest waits."""
    for site, head, cursor, leaves in sql.rows(
        "SELECT l.site_id, l.last, coalesce(c.seq, 0),"
        " (SELECT count(*) FROM trust_leaf t WHERE t.site_id = l.site_id AND t.seq <= coalesce(c.seq, 0))"
        " FROM kernel_sitelog l LEFT JOIN kernel_cursor c ON c.site_id = l.site_id AND c.follower = %s",
        FOLLOWER,
    ):
        found.waiting += max(0, int(head) - int(cursor))
        if int(leaves) != int(cursor):
            found.fault(f"site {sql.uuid(site)}: {cursor} events, {leaves} leaves")
