"""Facts that this room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("setup.changed")
@dataclass(frozen=True, slots=True)
class SetupChanged:
    """A row of the setup was added, changed or removed; ``fields`` names what changed, not its content."""

    thing: str
    id: UUID | str
    act: str
    fields: list[str]
