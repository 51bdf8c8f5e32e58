"""Trying a definition out: played from a script, seen as a customer sees it, without a table being touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from servicehall.rooms.connectors import queries as connectors
from servicehall.rooms.payments import queries as payments
from servicehall.rooms.services.language import source as yaml_source
from servicehall.rooms.services.language.definition import Book, Call, End, Flow, Pay, Print, Step, Survey
from servicehall.rooms.services.language.findings import Unreadable
from servicehall.rooms.services.language.program import Program
from servicehall.rooms.services.language.program import program as compiled
from servicehall.rooms.services.rehearsing import (
    Rehearsal,
    Script,
    glimpse,
    hindrances,
    making_up,
    read_script,
    rehearse,
)

Ways = tuple[tuple[str, str], ...]


def playable(text: str) -> Program:
    """The program of a definition that can be tried out, whatever else keeps it from being published.

    Raises:
        Unreadable: it cannot be; the findings say why.
    """
    found = compiled(text)
    if faults := hindrances(found):
        raise Unreadable(faults)
    return found


def looked_at(organisation_id: UUID, text: str, script: Script, *, language: str) -> Rehearsal:
    """A rehearsal in which everything that the script leaves open is made up, as the organisation's systems describe it.

    Raises:
        Unreadable: the definition cannot be tried out.
    """
    found = playable(text)
    return rehearse(
        found,
        script,
        language=language,
        ways=ways_to_pay(organisation_id),
        made_up=True,
        schemas=schemas_of(organisation_id, found.flow),
    )


def glanced_at(
    organisation_id: UUID, text: str, name: str, *, channel: str, language: str, **given: str
) -> Mapping[str, Any]:
    """The screen of one step with made-up answers before it; nothing where the channel does not have it.

    Args:
        given: what else is given at the start, such as the day.

    Raises:
        Unreadable: the definition cannot be tried out.
    """
    found = playable(text)
    if channel not in found.flow.channels:
        return {}
    script = read_script("{}", found, channel=channel, language=language, **given)
    return glimpse(
        found,
        script,
        name,
        language=language,
        ways=ways_to_pay(organisation_id),
        schemas=schemas_of(organisation_id, found.flow),
    )


def seen_steps(text: str) -> list[Step]:
    """The steps that customers see and stay at, in the definition's order.

    Raises:
        Unreadable: the definition cannot be tried out.
    """
    return [
        step
        for step in playable(text).flow.steps
        if isinstance(step, Print | Survey | End) or step.by_customer
    ]


def made_up(organisation_id: UUID, program: Program, found: Rehearsal, *, language: str) -> Any:
    """An answer, or a result, for the step at which a rehearsal stopped."""
    step = found.steps[-1].step
    if isinstance(step, Pay):
        return "paid"
    if isinstance(step, Call) or (isinstance(step, Book) and found.stop.why in {"no-result", "unfit-result"}):
        return making_up.result_of(program, step, schemas_of(organisation_id, program.flow).get(step.id))
    if isinstance(step, Book):
        return next((one["value"] for one in found.steps[-1].screen.get("options", ())), "")
    return making_up.answer_to(program, step, found.values, language)


def ways_to_pay(organisation_id: UUID) -> Ways:
    """The ways to pay that a pay step of the organisation shows."""
    return tuple(payments.ways(organisation_id))


def schemas_of(organisation_id: UUID, flow: Flow) -> dict[str, Mapping[str, Any]]:
    """What the operations of a flow's steps give, by step, as far as the organisation's connectors say it."""
    steps = [step for step in flow.steps if isinstance(step, Call | Book)]
    known = {}
    for slug in {step.connector for step in steps}:
        connector = connectors.connector_of(organisation_id, slug)
        known[slug] = connectors.operations(connector) if connector else {}
    found: dict[str, Mapping[str, Any]] = {}
    for step in steps:
        there = known[step.connector]
        if isinstance(step, Book):
            parts = {"slots": step.slots.operation, "take": step.take.operation}
            found[step.id] = {part: there[one].types.output for part, one in parts.items() if one in there}
        elif step.operation in there:
            found[step.id] = there[step.operation].types.output
    return found


def read_value(text: str) -> Any:
    """A value as scripts write it: a word, a number, a list, names with values.

    Raises:
        Unreadable: it is no YAML.
    """
    return yaml_source.read(text).value
