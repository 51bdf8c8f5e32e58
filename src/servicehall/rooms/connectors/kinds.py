"""The kinds of connectors on one screen: each says which operations there are, and performs one try."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from . import over_http, over_sql, plug_ins
from .openapi import UnfitDocument
from .operations import JSON, NoSuchOperation, Operation, Try

if TYPE_CHECKING:
    from .models import Connector


class Kind(Protocol):
    """What the module of a kind has."""

    def operations(self, connector: Connector, /) -> Mapping[str, Operation]: ...

    def perform(self, connector: Connector, one: Try, /) -> JSON: ...


_KINDS: dict[str, Kind] = {"http": over_http, "sql": over_sql, "python": plug_ins}


def operations(connector: Connector) -> Mapping[str, Operation]:
    """What the other system can do, by name.

    Raises:
        UnfitDocument: its description cannot be used.
    """
    return _KINDS[connector.kind].operations(connector)


def operation(connector: Connector, name: str) -> Operation:
    """One of them.

    Raises:
        NoSuchOperation: there is none of that name, or the description cannot be used any more.
    """
    try:
        return operations(connector)[name]
    except (KeyError, UnfitDocument):
        raise NoSuchOperation from None


def perform(connector: Connector, one: Try) -> JSON:
    """One try.

    Raises:
        Fault: it brought no answer to give back.
    """
    return _KINDS[connector.kind].perform(connector, one)
