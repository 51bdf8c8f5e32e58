"""What can be done about the evidence, beside that it grows. The only writers of this room's tables, with reactions."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.db.transaction import atomic

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction

from . import keys, merkle, notes, store
from .events import EvidenceDamaged, EvidenceExported, RecordsUnlinked
from .keys import UnusableKey
from .models import Checkpoint, Cosignature, WitnessAnswer
from .store import TreeDamaged

__all__ = [
    "TreeDamaged",
    "UnusableKey",
    "ensure_key",
    "keep_cosignature",
    "make_checkpoint",
    "note_answer",
    "note_damage",
    "note_export",
    "unlink",
]
DAMAGE_AGAIN_AFTER = 3600.0
_damage_told = -DAMAGE_AGAIN_AFTER


def make_checkpoint(*, at: datetime | None = None) -> int | None:
    """Sign the tree as it is; returns its size, None when it has not grown since the last checkpoint.

    Raises:
        TreeDamaged: the stored hashes do not make the stored root.
        UnusableKey: there is a key, and it is none.
    """
    if not _has_grown():
        return None
    signer = keys.signer()
    with transaction(INSTALLATION):
        size, root = store.lock_head()
        if not _has_grown():
            return None
        if store.root_of(size, store.tiles(merkle.edge_tiles(size))) != root:
            raise TreeDamaged(f"the hashes do not make the root of {size} leaves")
        note = signer.signed(notes.checkpoint(signer.origin, size, root))
        store.put_checkpoint(size, root, at or clock.now(), note, signer.verifier_key)
    return size


def note_damage(*, at: datetime | None = None) -> None:
    """Record that the tree is damaged; at most once an hour in a process."""
    global _damage_told  # noqa: PLW0603 - one state a process
    if time.monotonic() - _damage_told < DAMAGE_AGAIN_AFTER:
        return
    _damage_told = time.monotonic()
    with transaction(INSTALLATION):
        record(EvidenceDamaged(store.head()[0]), actor=SYSTEM, at=at or clock.now())


def ensure_key() -> str:
    """Make the signing key if there is none; returns the public key.

    Raises:
        UnusableKey: there is a key, and it is none.
    """
    return keys.signer().verifier_key


def _has_grown() -> bool:
    last = store.last_checkpoint()
    size, _root = store.head()
    return size > (last[0] if last else 0)


def keep_cosignature(size: int, witness: str, line: str, *, at: datetime | None = None) -> None:
    """Keep what a witness signed (the caller has checked it); twice is once."""
    checkpoint = Checkpoint.objects.get(size=size)
    with transaction(INSTALLATION):
        try:
            with atomic():
                Cosignature.objects.create(
                    checkpoint=checkpoint, witness=witness, line=line, received_at=at or clock.now()
                )
        except IntegrityError:
            return


def note_answer(witness: str, *, status: int, size: int, at: datetime | None = None) -> None:
    """Keep what a witness answered last, when it is another answer than before (0: none came)."""
    if WitnessAnswer.objects.filter(witness=witness, status=status, size=size).exists():
        return
    with transaction(INSTALLATION):
        WitnessAnswer.objects.update_or_create(
            witness=witness, defaults={"status": status, "size": size, "at": at or clock.now()}
        )


def note_export(
    site_id: UUID, *, form: str, filters: Collection[str], by: Actor, at: datetime | None = None
) -> None:
    """Record that somebody took a copy of the record of acts.

    Raises:
        NotAllowed, NotFound: the actor may not read it there.
    """
    allow(by, "evidence.read", site_id)
    with transaction(site_id):
        fact = EvidenceExported(site_id, form, sorted(filters))
        record(fact, actor=by, at=at or clock.now())


def unlink(site_id: UUID, seqs: Collection[int], *, by: Actor, at: datetime | None = None) -> int:
    """Forget what binds these events to their leaves; the tree stays whole. Returns how many were bound.

    For erasure: afterwards nobody, not even with the record in hand, can show that a leaf is about it.

    Raises:
        NotAllowed, NotFound: the actor may not do this there.
    """
    allow(by, "evidence.unlink", site_id)
    if not seqs:
        return 0
    with transaction(site_id):
        store.lock_head()
        count = store.forget_salts(site_id, seqs)
        if count:
            record(RecordsUnlinked(site_id, count), actor=by, at=at or clock.now())
    return count
