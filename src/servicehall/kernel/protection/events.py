"""Facts about protected data. Names of tables and columns, ids and reasons; never a value."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("protection.value-refused")
@dataclass(frozen=True, slots=True)
class ValueRefused:
    """A stored value could not be opened: cut, changed, swapped, or of an unknown key. Somebody should look."""

    table: str
    column: str
    row: str
    reason: str


@fact("protection.key-destroyed")
@dataclass(frozen=True, slots=True)
class KeyDestroyed:
    """A person's key was destroyed: everything under it is unreadable from now on."""

    owner: UUID
    versions: int


@fact("protection.keys-changed")
@dataclass(frozen=True, slots=True)
class KeysChanged:
    """All keys were wrapped with a new root key, or all persons got new data keys."""

    change: str
    root_version: int
    count: int


@fact("protection.unmasked")
@dataclass(frozen=True, slots=True)
class Unmasked:
    """Somebody looked at a value in full, for a reason of the list."""

    table: str
    row: str
    field: str
    reason: str
