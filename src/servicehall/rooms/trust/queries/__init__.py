"""Reads of the evidence: proofs, the record of acts, re-computation, the archive. Never write."""

from servicehall.rooms.trust.notes import NoWitness

from .archive import export
from .audit import Audit, audit
from .persons import acts_of, taken_in
from .proofs import (
    CheckpointView,
    NotInTreeYet,
    RecordDiffers,
    checkpoint,
    checkpoint_of,
    consistency,
    inclusion,
    receipt,
    tile,
    tree_size,
)
from .trail import Act, Wanted, trail
from .watching import Standing, standing, witness_names

__all__ = [
    "Act",
    "Audit",
    "CheckpointView",
    "NoWitness",
    "NotInTreeYet",
    "RecordDiffers",
    "Standing",
    "Wanted",
    "acts_of",
    "audit",
    "checkpoint",
    "checkpoint_of",
    "consistency",
    "export",
    "inclusion",
    "receipt",
    "standing",
    "taken_in",
    "tile",
    "trail",
    "tree_size",
    "witness_names",
]
