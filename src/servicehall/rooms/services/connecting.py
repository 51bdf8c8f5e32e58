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
from .language.definition import Book, Call, Flow, Undo
from .language.findings import Finding, filled
from .machines import Nature, Outcome, key_of
from .models import Instance

DEADLINE = 8.0
"""Seconds for all tries of one call."""
NEEDS = {False: ("read",), True: ("keyed", "unkeyed")}
"""What an operation has to be for a look-up, and for what changes something."""
NOT_THERE = frozenset({0, 404, 410})
"""Answers to a query that say: nothing of that kind was done."""


class Connectors:
    """Asks the connector that a step names, at the instance's site."""

    def ask(self, instance: Instance, step: Call, inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        """What became of it; see :class:`~.machines.Machine`."""
        key = key_of(instance, step, basis) if step.once else None
        return self._called(instance, step, step.operation, inputs, key)

    def nature(self, instance: Instance, step: Call) -> Nature:
        """What the connector's description says of the operation; of one that is not there nothing can be repeated."""
        found = self._operation(instance, step, step.operation)
        if found is None or found.kind != "unkeyed":
            return Nature("keyed")
        return Nature("unkeyed", can_be_queried=bool(found.query))

    def query(self, instance: Instance, step: Call, inputs: Mapping[str, Any]) -> Outcome:
        """Asks the operation's query with those of the inputs that it knows."""
        found = self._operation(instance, step, step.operation)
        asked = self._operation(instance, step, found.query) if found and found.query else None
        if asked is None:
            return Outcome("unknown")
        known = asked.types.inputs.get("properties", {})
        given = {name: value for name, value in inputs.items() if name in known}
        try:
            outcome = self._called(instance, step, asked.name, given, None, refusals=NOT_THERE)
        except connectors.ConnectorRefused:
            return Outcome("unknown")
        return outcome if outcome.kind in {"done", "refused"} else Outcome("unknown")

    def undo(self, instance: Instance, step: Call, inputs: Mapping[str, Any], *, key: str) -> Outcome:
        """Does what the step's ``undo`` names."""
        return self._called(instance, step, step.undo.operation if step.undo else "", inputs, key)

    def _operation(self, instance: Instance, step: Call, name: str) -> queries.Operation | None:
        try:
            connector = queries.connector_called(step.connector, site_id=instance.site_id)
        except NotFound:
            return None
        return queries.operations(connector).get(name)

    def _called(
        self,
        instance: Instance,
        step: Call,
        operation: str,
        inputs: Mapping[str, Any],
        key: str | None,
        *,
        refusals: frozenset[int] | None = None,
    ) -> Outcome:
        """What came of a call; with ``refusals``, only these are a no and others are raised."""
        try:
            connector = queries.connector_called(step.connector, site_id=instance.site_id)
            answer = connectors.call(
                connector, operation, inputs, key=key, deadline=DEADLINE, site_id=instance.site_id
            )
        except connectors.ConnectorRefused as problem:
            if refusals is not None and problem.answered not in refusals:
                raise
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
                yield from _check(
                    booking.call(step, name), organisation_id, ("read",) if name == "slots" else ("keyed",)
                )


def _check(step: Call, organisation_id: UUID, needed: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Args:
    needed: what the operation has to be, where not every kind will do that the step may be otherwise.
    """
    needed = needed or NEEDS[step.once]
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
    if found.kind == "unkeyed" and needed == ("keyed",):
        words = filled(
            _(
                "“%(operation)s” does it again each time it is asked. To take or give back a time, an operation is "
                "needed that is done once for each key."
            ),
            operation=step.operation,
        )
        yield Finding("operation-kind", words, step.place)
    elif found.kind not in needed:
        words = filled(
            _("“%(operation)s” is %(kind)s; a step “%(step)s” needs one that is %(needed)s."),
            operation=step.operation,
            kind=found.kind,
            step=step.kind,
            needed=needed,
        )
        yield Finding("operation-kind", words, step.place)
    elif found.kind == "unkeyed" and not found.query:
        words = filled(
            _(
                "“%(operation)s” does it again each time and cannot be asked: when its answer is lost, a person looks."
            ),
            operation=step.operation,
        )
        yield Finding("cannot-be-asked", words, step.place, "doubt")
    yield from _names(step, "with", step.inputs, found.types.inputs)
    yield from _names(step, "gives", step.results, found.types.output)
    if step.undo:
        yield from _undo(step, step.undo, queries.operations(connector).get(step.undo.operation))


def _undo(step: Call, undo: Undo, found: queries.Operation | None) -> Iterator[Finding]:
    """What takes a step back has to be keyed: it is asked for until it is known to be done."""
    if found is None or found.kind != "keyed":
        words = filled(
            _(
                "“%(operation)s”, which should take “%(name)s” back, is no operation that is done once for each key."
            ),
            operation=undo.operation,
            name=step.id,
        )
        yield Finding("undo-kind", words, step.place)
        return
    yield from _names(step, "undo", undo.inputs, found.types.inputs, operation=undo.operation)


def _names(
    step: Call, part: str, named: Mapping[str, Any], schema: Mapping[str, Any], *, operation: str = ""
) -> Iterator[Finding]:
    operation = operation or step.operation
    known = schema.get("properties")
    if not isinstance(known, dict):
        return
    for name in named:
        if name not in known:
            words = filled(
                _("“%(operation)s” knows nothing called “%(name)s” (under “%(part)s”). It knows: %(known)s."),
                operation=operation,
                name=name,
                part=part,
                known=tuple(known),
            )
            yield Finding("unknown-part-of-operation", words, step.place)
    for name in schema.get("required", ()) if part != "gives" else ():
        if name not in named:
            words = filled(
                _("“%(operation)s” needs “%(name)s” under “with”."), operation=operation, name=name
            )
            yield Finding("part-of-operation-missing", words, step.place)
