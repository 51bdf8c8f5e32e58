"""Makes archives as an honest or a lying hall would. No fixtures, no database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servicehall import verify_evidence as verifier
from servicehall.rooms.trust import layout, merkle, notes

LOG = notes.Signer("hall.example/evidence", Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
KEY = verifier.key_of(LOG.verifier_key)
START = datetime(2026, 3, 3, tzinfo=UTC)


def entry(n: int, **other: Any) -> bytes:
    """The n-th act of two sites that take turns."""
    facts = {
        "at": (START + timedelta(seconds=n)).isoformat(),
        "commitment": f"{n:064x}",
        "kind": "ticket.issued",
        "seq": n // 2 + 1,
        "site": f"site-{n % 2}",
        "type": "servicehall.event.v1",
    }
    return json.dumps({**facts, **other}, sort_keys=True, separators=(",", ":")).encode()


def tiles_of(entries: Sequence[bytes]) -> dict[merkle.TileId, bytes]:
    """The tree over these entries."""
    return merkle.grow(0, {}, [merkle.leaf_hash(one) for one in entries])


def signed(entries: Sequence[bytes], size: int | None = None) -> str:
    """The checkpoint over the first so many entries."""
    part = list(entries[:size])
    root = merkle.hash_of((0, len(part)), tiles_of(part))
    return LOG.signed(notes.checkpoint(LOG.origin, len(part), root))


def write(folder: Path, entries: Sequence[bytes], checkpoint: str, older: Sequence[str] = ()) -> Path:
    """An archive whose files all fit these entries; the checkpoints may be of others."""
    tiles = tiles_of(entries)
    for one in layout.of_tree(len(entries)):
        path = folder / "tile" / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        first = one.number * merkle.WIDTH
        path.write_bytes(
            layout.bundle(entries[first : first + one.width])
            if one.level is None
            else tiles[one.level, one.number]
        )
    (folder / "checkpoint").write_text(checkpoint)
    (folder / "checkpoints").mkdir(exist_ok=True)
    for note in older:
        (folder / "checkpoints" / note.split("\n")[1]).write_text(note)
    return folder
