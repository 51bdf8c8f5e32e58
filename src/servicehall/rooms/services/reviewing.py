"""A request as staff and its customer look back at it: what was entered, which slips came of it, what can be written down.

Personal data is masked unless the reader entered it or unmasked it for a reason (actions/unmasking.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from . import screen
from .instances import path_of, program_of
from .language.definition import NOTHING, Call, Field, HandOver, Print, Ticket
from .language.findings import START
from .language.kinds import Kind
from .models import Instance
from .path import FlowFault, Path

_TYPES = {Kind.TEXT: "text", Kind.ANY: "text", Kind.WHOLE: "whole", Kind.NUMBER: "number"}


@dataclass(frozen=True, slots=True)
class Review:
    """What was entered and came of it. ``at`` names the step that waits, in words; ``is_masked``: something is hidden."""

    name: str
    answers: list[dict[str, Any]] = field(default_factory=list)
    papers: list[dict[str, str]] = field(default_factory=list)
    tickets: list[dict[str, str]] = field(default_factory=list)
    at: str = ""
    is_masked: bool = False


def sees_in_full(instance: Instance, reader: UUID | None) -> bool:
    """Whether somebody of staff reads what they entered themselves, while they have it in hand."""
    is_over = instance.state in {Instance.State.ENDED, Instance.State.LEFT}
    in_hand = instance.held_by is not None and instance.held_by == reader
    return instance.is_staffs_own and in_hand and not is_over


def review(instance: Instance, language: str, *, masked: bool) -> Review:
    """Everything that was entered; nothing after it was forgotten."""
    program = program_of(instance)
    name = program.say(program.flow.name, {}, language)
    try:
        path = path_of(instance)
    except FlowFault:
        return Review(name)
    answers = screen.summary(program, path, language, masked=masked)
    step = path.step or path.end
    at = program.say(step.title, path.values, language) if step else ""
    return Review(
        name,
        answers,
        papers(instance, path, language),
        _tickets(path),
        at,
        any(one.get("is_masked") for one in answers),
    )


def papers(instance: Instance, path: Path, language: str) -> list[dict[str, str]]:
    """The slips that were printed on the way, as they read."""
    program = program_of(instance)
    return [
        {
            "title": program.say(visit.step.title, path.values, language),
            "text": program.say(visit.step.slip, path.values, language),
        }
        for visit in path.visits
        if isinstance(visit.step, Print)
    ]


def _tickets(path: Path) -> list[dict[str, str]]:
    found = []
    for visit in path.visits:
        value: Mapping[str, Any] = visit.answer.value if isinstance(visit.answer.value, dict) else {}
        if isinstance(visit.step, Ticket | HandOver) and value.get("number"):
            found.append({"number": str(value["number"]), "code": str(value.get("code", ""))})
    return found


def tellable(step: Call) -> list[Field]:
    """Questions for those of a step's results that a person can write down; lists only the other system could tell."""
    return [
        Field(name, _TYPES[kind], START, NOTHING, optional=True)
        for name, kind in step.results.items()
        if kind in _TYPES
    ]
