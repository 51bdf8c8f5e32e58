"""Checkpoints, tiles and proofs, and the receipt that holds all that a doubter needs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import events, sql
from servicehall.kernel.errors import BadInput, NotFound, Refused
from servicehall.kernel.rights import Actor
from servicehall.rooms.trust import entries, layout, merkle, notes, store

from .reading import NOBODY, Under, let_read

log = logging.getLogger(__name__)
RECEIPT = "servicehall.receipt.v1"
PROOF = "c2sp.org/tlog-proof@v1"


class NotInTreeYet(Refused):
    """The event is so new that no checkpoint covers it."""

    kind = "not-in-tree-yet"
    title = _("This act is not under a signed checkpoint yet")
    advice = _("Try again in a few seconds.")


class RecordDiffers(Refused):
    """The stored record is not the one that was recorded: somebody changed or removed it."""

    kind = "record-differs"
    title = _("The stored record is not the one that was recorded")
    advice = _("Tell the administrator at once, and keep this message.")


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A signed checkpoint with the cosignatures that came so far."""

    size: int
    root: bytes
    made_at: datetime
    note: str
    verifier_key: str
    witnesses: tuple[str, ...]

    @property
    def origin(self) -> str:
        return self.note.split("\n", 1)[0]


def checkpoint_of(size: int | None = None) -> CheckpointView | None:
    """The checkpoint of a size, or the newest; None when there is none. One query."""
    which = "c.size = %s" if size is not None else "c.size = (SELECT max(size) FROM trust_checkpoint)"
    found = sql.rows(
        "SELECT c.size, c.root, c.made_at, c.note, c.verifier_key, s.witness, s.line FROM trust_checkpoint c"
        f" LEFT JOIN trust_cosignature s ON s.checkpoint_id = c.id WHERE {which} ORDER BY s.id",
        *(() if size is None else (size,)),
    )
    if not found:
        return None
    first = found[0]
    signed = [(row[5], row[6]) for row in found if row[5]]
    return CheckpointView(
        int(first[0]),
        bytes(first[1]),
        events.moment(first[2]),
        first[3] + "".join(line for _witness, line in signed),
        first[4],
        tuple(witness for witness, _line in signed),
    )


def checkpoint() -> CheckpointView:
    """The newest checkpoint.

    Raises:
        NotInTreeYet: nothing has been signed so far.
    """
    found = checkpoint_of()
    if found is None:
        raise NotInTreeYet
    return found


def tree_size() -> int:
    """How many leaves there are, signed or not."""
    return store.head()[0]


def tile(path: str) -> tuple[bytes, bool] | None:
    """(content, whether it stays so for good) of what an address behind ``tile/`` names; None: there is none."""
    wanted = layout.wanted(path)
    if wanted is None or wanted.number >= 1 << 54:
        return None
    first = wanted.number * merkle.WIDTH
    if wanted.level is None:
        found = store.leaves(first, wanted.width)
        if len(found) < wanted.width:
            return None
        return layout.bundle(leaf.entry for leaf in found), wanted.is_full
    key = (wanted.level, wanted.number)
    hashes = store.tiles([key]).get(key, b"")[: wanted.width * merkle.SIZE]
    return (hashes, wanted.is_full) if len(hashes) == wanted.width * merkle.SIZE else None


def consistency(old: int, new: int) -> list[bytes]:
    """What proves that the tree of ``new`` leaves grew out of that of ``old``. Two queries.

    Raises:
        BadInput: the sizes are in the wrong order, or the tree was never so large.
    """
    if old > new:
        raise BadInput(errors={"from": f"≤ {new}"})
    if new > (size := tree_size()):
        raise BadInput(errors={"to": f"≤ {size}"})
    return _hashes(merkle.consistency(old, new))


def _hashes(parts: list[merkle.Range]) -> list[bytes]:
    tiles = store.tiles(merkle.tiles_of(parts))
    return [merkle.hash_of(part, tiles) for part in parts]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A leaf, and what proves that it is in the tree of a checkpoint; the record when somebody wants it."""

    leaf: entries.Leaf
    record: bytes | None
    proof: list[bytes]
    checkpoint: CheckpointView

    @property
    def written(self) -> str:
        """The proof as C2SP tlog-proof writes it."""
        hashes = "".join(f"{notes.b64(one)}\n" for one in self.proof)
        return f"{PROOF}\nindex {self.leaf.index}\n{hashes}\n{self.checkpoint.note}"


def inclusion(site_id: UUID, seq: int, *, actor: Actor, under: Under = NOBODY) -> Inclusion:
    """An event's leaf and its proof in the newest checkpoint. Three queries.

    Raises:
        NotAllowed, NotFound: the actor may not read the evidence there, or there is no such event.
        NotInTreeYet, RecordDiffers: see there.
    """
    let_read(actor, site_id, under)
    found = store.leaf(site_id, seq)
    if found is None:
        if seq <= events.last_seq(site_id):
            raise NotInTreeYet
        raise NotFound
    signed = checkpoint()
    leaf = store.leaf_of(*found[:3])
    if leaf.index >= signed.size:
        raise NotInTreeYet
    event = events.stored([found[3:]])[0] if found[3] is not None else None
    if not leaf.fits(event):
        log.error("evidence.record_differs site=%s seq=%s index=%s", site_id, seq, leaf.index)
        raise RecordDiffers
    proof = _hashes(merkle.inclusion(leaf.index, signed.size))
    return Inclusion(leaf, entries.record(event) if event else None, proof, signed)


def receipt(site_id: UUID, seq: int, *, actor: Actor, under: Under = NOBODY) -> dict[str, Any]:
    """All that somebody needs to check, without us, that this was recorded and what.

    Raises:
        NotAllowed, NotFound, NotInTreeYet, RecordDiffers: as for an inclusion.
    """
    found = inclusion(site_id, seq, actor=actor, under=under)
    if found.leaf.salt is None or found.record is None:
        raise NotFound
    return {
        "format": RECEIPT,
        "record": found.record.decode(),
        "salt": found.leaf.salt.hex(),
        "leaf": found.leaf.entry.decode(),
        "proof": found.written,
        "key": found.checkpoint.verifier_key,
    }
