"""Reads of the evidence: proofs, the record of acts, re-computation, the archive. Never write."""

from .archive import export
from .audit import Audit, audit
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
from .watching import Standing, standing

__all__ = [
    "Act",
    "Audit",
    "CheckpointView",
    "NotInTreeYet",
    "RecordDiffers",
    "Standing",
    "Wanted",
    "audit",
    "checkpoint",
    "checkpoint_of",
    "consistency",
    "export",
    "inclusion",
    "receipt",
    "standing",
    "tile",
    "trail",
    "tree_size",
]
