"""Facts that this room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("evidence.exported")
@dataclass(frozen=True, slots=True)
class EvidenceExported:
    """Somebody took a copy of a part of the record of acts; ``filters`` names by what it was chosen."""

    site: UUID
    form: str
    filters: list[str]


@fact("evidence.unlinked")
@dataclass(frozen=True, slots=True)
class RecordsUnlinked:
    """The salts of so many leaves were forgotten: their entries prove nothing about any record any more."""

    site: UUID
    count: int


@fact("evidence.damaged")
@dataclass(frozen=True, slots=True)
class EvidenceDamaged:
    """The stored hashes do not make the stored root: somebody wrote into the tree. Nothing is signed until it is whole."""

    size: int
