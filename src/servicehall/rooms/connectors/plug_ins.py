"""Connectors written in Python: classes that the installation names, found by entry point or setting.

Nothing is imported because a row says so. A plug-in is in the entry point group ``servicehall.connectors`` of an
installed package, or in ``SERVICEHALL_CONNECTOR_PLUGINS`` as ``name=package.module.Class``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from .openapi import UnfitDocument
from .operations import JSON, Fault, Operation, Try
from .schemas import UnfitSchema, check_schema, lie

if TYPE_CHECKING:
    from .models import Connector

GROUP = "servicehall.connectors"


class PlugIn(Protocol):
    """What such a class has. It is made once for each call, with the row's options and the secret.

    ``perform`` raises :class:`Fault` where it has no answer: ``Fault("refused", code=…, words=…)``,
    ``Fault("no-connection")``, ``Fault("timeout", may_have_happened=True)``.
    """

    def __init__(self, options: Mapping[str, JSON], secret: str) -> None: ...

    def operations(self) -> Mapping[str, Operation]:
        """What it can do, with the schemas of what goes in and comes out."""
        ...

    def perform(self, operation: str, inputs: Mapping[str, JSON], *, key: str | None, seconds: float) -> JSON:
        """Do it within so many seconds."""
        ...


def names() -> list[str]:
    """The plug-ins of this installation."""
    return sorted({*settings.CONNECTOR_PLUGINS, *entry_points(group=GROUP).names})


@cache
def _class(name: str, dotted: str) -> Any:
    if dotted:
        return import_string(dotted)
    return entry_points(group=GROUP)[name].load()


def _made(connector: Connector, secret: str) -> PlugIn:
    name = connector.address
    if name not in names():
        raise UnfitDocument(
            f"There is no plug-in {name!r} in this installation; there are: {', '.join(names()) or '–'}"
        )
    found: PlugIn = _class(name, settings.CONNECTOR_PLUGINS.get(name, ""))(connector.definition or {}, secret)
    return found


def operations(connector: Connector) -> Mapping[str, Operation]:
    """Raises:
    UnfitDocument: there is no such plug-in, or what it says about itself cannot be used.
    """
    found = _made(connector, "").operations()
    try:
        for one in found.values():
            check_schema(one.types.inputs, f"{one.name}, inputs")
            check_schema(one.types.output, f"{one.name}, output")
    except UnfitSchema as problem:
        raise UnfitDocument(str(problem)) from None
    return found


def perform(connector: Connector, one: Try) -> JSON:
    """One try, in a thread of its own: whatever the plug-in does, the call ends in time.

    Raises:
        Fault: it brought no answer to give back.
    """
    made = _made(connector, one.secret)
    described = made.operations()[one.operation]
    changes = described.kind != "read"
    found: list[JSON] = []
    failed: list[Exception] = []

    def act() -> None:
        try:
            found.append(made.perform(one.operation, one.inputs, key=one.key, seconds=one.budget.seconds))
        except Exception as problem:  # noqa: BLE001 - code of others may raise anything
            failed.append(problem)
        finally:
            connection.close()

    thread = Thread(target=act, daemon=True, name="connector")
    thread.start()
    thread.join(one.budget.seconds)
    if failed:
        # Whatever else it raises says nothing about what was done before.
        raise (
            failed[0] if isinstance(failed[0], Fault) else Fault("plug-in", may_have_happened=changes)
        ) from None
    if not found:
        raise Fault("timeout", may_have_happened=changes)
    if words := lie(described.types.output, found[0]):
        raise Fault("lied", may_have_happened=changes, is_final=True, words=words)
    return found[0]
