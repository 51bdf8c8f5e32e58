"""The tree's statements, and the only place that locks it.

Order of locks: a site's line (the follower and the signing hold one anyway), then the row of the tree's
head; nobody takes a line while holding the head. All changes of the tree and of its checkpoints happen
under the head's lock, so leaves get their numbers one after another, without gaps.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import sql
from servicehall.kernel.events import COLUMNS, StoredEvent

from . import entries, merkle
from .merkle import TileId

HEAD = 1
EVENT = ", ".join(f"e.{column.strip()}" for column in COLUMNS.split(","))
"""The log's columns, of a table that a statement calls ``e``."""


class TreeDamaged(RuntimeError):
    """The stored hashes do not make the stored root: nothing is added to, or signed over, such a tree."""


def lock_head() -> tuple[int, bytes]:
    """(size, root) of the tree, nobody else changing it until the transaction ends."""
    lock = " FOR UPDATE" if sql.is_postgresql() else ""
    statement = f"SELECT size, root FROM trust_treehead WHERE id = %s{lock}"
    found = sql.row(statement, HEAD)
    if found is None:
        sql.run(
            "INSERT INTO trust_treehead (id, size, root) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING",
            HEAD,
            merkle.EMPTY_ROOT,
        )
        found = sql.row(statement, HEAD)
    assert found is not None  # noqa: S101 - it was just made
    return int(found[0]), bytes(found[1])


def head() -> tuple[int, bytes]:
    """(size, root) of the tree."""
    found = sql.row("SELECT size, root FROM trust_treehead WHERE id = %s", HEAD)
    return (int(found[0]), bytes(found[1])) if found else (0, merkle.EMPTY_ROOT)


def tiles(ids: Collection[TileId]) -> dict[TileId, bytes]:
    """These tiles, in one statement; those that do not exist are left out."""
    if not ids:
        return {}
    which = " OR ".join(["(level = %s AND number = %s)"] * len(ids))
    found = sql.rows(
        f"SELECT level, number, hashes FROM trust_tile WHERE {which}",
        *(part for tile in sorted(ids) for part in tile),
    )
    return {(int(level), int(number)): bytes(hashes) for level, number, hashes in found}


def root_of(size: int, known: Mapping[TileId, bytes]) -> bytes:
    """The root of the whole tree.

    Raises:
        TreeDamaged: a tile is missing or too short.
    """
    try:
        return merkle.hash_of((0, size), known)
    except LookupError as error:
        raise TreeDamaged(str(error)) from error


def append(batch: list[StoredEvent]) -> None:
    """Make each event a leaf: five statements, whatever the size of the tree.

    Raises:
        TreeDamaged: see there.
    """
    size, root = lock_head()
    edge = tiles(merkle.edge_tiles(size))
    lengths = {tile: len(hashes) for tile, hashes in edge.items()}
    if lengths != merkle.edge_lengths(size) or root_of(size, edge) != root:
        raise TreeDamaged(f"the hashes at the edge do not make the root of {size} leaves")
    salts = os.urandom(entries.SALT * len(batch))
    values: list[Any] = []
    hashes: list[bytes] = []
    for n, event in enumerate(batch):
        salt = salts[n * entries.SALT : (n + 1) * entries.SALT]
        entry = entries.leaf(event, salt)
        hashes.append(merkle.leaf_hash(entry))
        values += [
            size + n,
            event.site_id,
            event.seq,
            event.kind,
            event.at,
            event.actor_id,
            salt,
            entry.decode(),
        ]
    one = f"({sql.placeholders(8)})"
    sql.run(
        'INSERT INTO trust_leaf ("index", site_id, seq, kind, at, actor_id, salt, entry)'
        f" VALUES {', '.join([one] * len(batch))}",
        *values,
    )
    changed = merkle.grow(size, edge, hashes)
    _put_tiles(changed)
    grown = size + len(batch)
    sql.run(
        "UPDATE trust_treehead SET size = %s, root = %s WHERE id = %s",
        grown,
        root_of(grown, {**edge, **changed}),
        HEAD,
    )


def _put_tiles(changed: Mapping[TileId, bytes]) -> None:
    sql.run(
        "INSERT INTO trust_tile (level, number, hashes)"
        f" VALUES {', '.join(['(%s, %s, %s)'] * len(changed))}"
        " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
        *(part for (level, number), hashes in changed.items() for part in (level, number, hashes)),
    )


def last_checkpoint() -> tuple[int, datetime | str] | None:
    """(size, made at) of the newest checkpoint."""
    found = sql.row("SELECT size, made_at FROM trust_checkpoint ORDER BY size DESC LIMIT 1")
    return (int(found[0]), found[1]) if found else None


def put_checkpoint(size: int, root: bytes, made_at: datetime, note: str, verifier_key: str) -> None:
    """Keep a signed checkpoint."""
    sql.run(
        "INSERT INTO trust_checkpoint (size, root, made_at, note, verifier_key) VALUES (%s, %s, %s, %s, %s)",
        size,
        root,
        made_at,
        note,
        verifier_key,
    )


def forget_salts(site_id: UUID, seqs: Collection[int]) -> int:
    """Unlink these events from their leaves; returns how many were linked."""
    return sql.run(
        "UPDATE trust_leaf SET salt = NULL WHERE salt IS NOT NULL AND site_id = %s"
        f" AND seq IN ({sql.placeholders(len(seqs))})",
        site_id,
        *seqs,
    )


def linked_to(site_id: UUID, persons: Collection[UUID], up_to: int) -> list[int]:
    """Numbers of a log's events that are about these persons or were their acts, and still bound to leaves."""
    marks = sql.placeholders(len(persons))
    found = sql.rows(
        "SELECT l.seq FROM trust_leaf l WHERE l.salt IS NOT NULL AND l.site_id = %s AND l.seq <= %s"
        f" AND l.actor_id IS NOT NULL AND l.actor_id IN ({marks})"
        " UNION SELECT l.seq FROM kernel_event e JOIN trust_leaf l ON l.site_id = e.site_id AND l.seq = e.seq"
        " WHERE l.salt IS NOT NULL AND l.site_id = %s AND l.seq <= %s"
        f" AND e.subject_id IS NOT NULL AND e.visit_id IS NULL AND e.subject_id IN ({marks})",
        site_id,
        up_to,
        *persons,
        site_id,
        up_to,
        *persons,
    )
    return sorted(int(row[0]) for row in found)


def leaves(first: int, count: int) -> list[entries.Leaf]:
    """Leaves by number, in order."""
    found = sql.rows(
        'SELECT "index", entry, salt FROM trust_leaf WHERE "index" >= %s AND "index" < %s ORDER BY "index"',
        first,
        first + count,
    )
    return [leaf_of(*row) for row in found]


def leaf_of(index: Any, entry: str, salt: Any) -> entries.Leaf:
    """A leaf from columns of its row."""
    return entries.Leaf(int(index), entry.encode(), None if salt is None else bytes(salt))


def leaf(site_id: UUID, seq: int) -> tuple[Any, ...] | None:
    """A leaf with the event that it was made of: index, entry, salt, then the log's columns (null: gone)."""
    return sql.row(
        f'SELECT l."index", l.entry, l.salt, {EVENT} FROM trust_leaf l'
        " LEFT JOIN kernel_event e ON e.site_id = l.site_id AND e.seq = l.seq"
        " WHERE l.site_id = %s AND l.seq = %s",
        site_id,
        seq,
    )
