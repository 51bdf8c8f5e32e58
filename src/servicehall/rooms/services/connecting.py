"""Steps that ask other systems, through the room of connectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import NotFound
from servicehall.rooms.connectors import actions as connectors
from servicehall.rooms.connectors import queries

from . import booking
from .language.definition import Book, Call, Flow
from .language.findings import Finding, filled
from .machines import Outcome, key_of
from .models import Instance

DEADLINE = 8.0
"""Seconds for all tries of one call."""
NEEDS = {False: "read", True: "keyed"}
"""What an operation has to be for a look-up, and for what changes something: it must tell repetitions by their key."""


class Connectors:
    """Asks the connector that a step names, at the instance's site."""

    def ask(self, instance: Instance, step: Call, inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        """What became of it; see :class:`~.machines.Machine`."""
        try:
            connector = queries.connector_called(step.connector, site_id=instance.site_id)
            answer = connectors.call(
                connector,
                step.operation,
                inputs,
                key=key_of(instance, step, basis) if step.once else None,
                deadline=DEADLINE,
                site_id=instance.site_id,
            )
        except connectors.ConnectorRefused as problem:
            return Outcome("refused", words=problem.words or problem.code)
        except connectors.OutcomeUnknown:
            return Outcome("unknown")
        except connectors.ConnectorLied as problem:
            return Outcome("unknown" if problem.may_have_happened else "fault")
        except (connectors.ConnectorUnavailable, NotFound):
            return Outcome("unavailable")
        except (connectors.NoSuchOperation, connectors.UnfitInputs):
            return Outcome("fault")
        value = answer.value if isinstance(answer.value, dict) else {"value": answer.value}
        return Outcome("done", {name: value.get(name) for name in step.results})


def against_connectors(flow: Flow, organisation_id: UUID) -> Iterator[Finding]:
    """What of a flow's look-ups and calls does not fit what the organisation's connectors can do."""
    for step in flow.steps:
        if isinstance(step, Call):
            yield from _check(step, organisation_id)
        elif isinstance(step, Book):
            for name in ("slots", "take", *(("release",) if step.release else ())):
                yield from _check(booking.call(step, name), organisation_id)


def _check(step: Call, organisation_id: UUID) -> Iterator[Finding]:
    connector = queries.connector_of(organisation_id, step.connector)
    if connector is None or not connector.is_active:
        words = filled(_("The organisation has no connector called “%(name)s” in use."), name=step.connector)
        yield Finding("unknown-connector", words, step.place)
        return
    found = queries.operations(connector).get(step.operation)
    if found is None:
        words = filled(
            _("The connector “%(name)s” has no operation “%(operation)s”."),
            name=step.connector,
            operation=step.operation,
        )
        yield Finding("unknown-operation", words, step.place)
        return
    if found.kind != NEEDS[step.once]:
        words = filled(
            _("“%(operation)s” is %(kind)s; a step “%(step)s” needs one that is %(needed)s."),
            operation=step.operation,
            kind=found.kind,
            step=step.kind,
            needed=NEEDS[step.once],
        )
        yield Finding("operation-kind", words, step.place)
    yield from _names(step, "with", step.inputs, found.types.inputs)
    yield from _names(step, "gives", step.results, found.types.output)


def _names(step: Call, part: str, named: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Finding]:
    known = schema.get("properties")
    if not isinstance(known, dict):
        return
    for name in named:
        if name not in known:
            words = filled(
                _("“%(operation)s” knows nothing called “%(name)s” (under “%(part)s”). It knows: %(known)s."),
                operation=step.operation,
                name=name,
                part=part,
                known=tuple(known),
            )
            yield Finding("unknown-part-of-operation", words, step.place)
    for name in schema.get("required", ()) if part == "with" else ():
        if name not in named:
            words = filled(
                _("“%(operation)s” needs “%(name)s” under “with”."), operation=step.operation, name=name
            )
            yield Finding("part-of-operation-missing", words, step.place)
