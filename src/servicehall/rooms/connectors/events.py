"""Facts that this room publishes: ids and words of its own lists. Where systems are and with what secret is not in them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@dataclass(frozen=True, slots=True)
class _OfConnector:
    connector: UUID


@fact("connector.added")
@dataclass(frozen=True, slots=True)
class ConnectorAdded(_OfConnector):
    """Another system can be called from now on."""


@fact("connector.changed")
@dataclass(frozen=True, slots=True)
class ConnectorChanged(_OfConnector):
    """How it is called was changed."""

    fields: list[str]


@fact("connector.removed")
@dataclass(frozen=True, slots=True)
class ConnectorRemoved(_OfConnector):
    """It is not called any more; the record of its calls is gone."""


@fact("connector.tried")
@dataclass(frozen=True, slots=True)
class ConnectorTried(_OfConnector):
    """Somebody of the staff called a reading operation by hand and saw what came of it."""

    operation: str
