"""What a step would have done outside of the customer's screen, in words. In a rehearsal nothing of it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words
from servicehall.rooms.services.language import texts
from servicehall.rooms.services.language.definition import (
    Book,
    Call,
    Case,
    HandOver,
    Message,
    Pay,
    Print,
    Step,
    Ticket,
    is_once_only,
)
from servicehall.rooms.services.language.findings import filled
from servicehall.rooms.services.language.program import Program
from servicehall.rooms.services.path import Path


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that would have been done. ``once``: it could not have been taken back."""

    kind: str
    step: str
    words: Words
    once: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


def effect_of(program: Program, path: Path, step: Step, language: str) -> Effect | None:
    """What doing the step would mean; nothing for steps that only the customer sees."""
    found = _words(program, path, step, language)
    if found is None:
        return None
    words, facts = found
    if isinstance(step, Book):
        once = path.ask is not None and path.ask.once and is_once_only(step)
        return Effect(step.kind, step.id, words, once, facts)
    return Effect(step.kind, step.id, words, is_once_only(step), facts)


def _words(program: Program, path: Path, step: Step, language: str) -> tuple[Words, dict[str, Any]] | None:
    found: tuple[Words, dict[str, Any]] | None = None
    match step:
        case Book() if path.ask is not None:
            return _words(program, path, path.ask, language)
        case Call():
            asks = _("“%(connector)s” is asked for “%(operation)s”")
            does = _("“%(connector)s” does “%(operation)s”")
            words = does if step.once else asks
            found = (
                filled(words, connector=step.connector, operation=step.operation),
                dict(path.inputs),
            )
        case Pay():
            amount = texts.written(
                path.inputs.get("amount"), "money", language=language, currency=step.currency
            )
            facts = {"for": program.say(step.purpose, path.values, language)}
            found = (filled(_("The customer pays %(amount)s"), amount=amount), facts)
        case Ticket():
            found = (filled(_("A ticket is taken in the queue “%(service)s”"), service=step.service), {})
        case HandOver():
            found = (filled(_("A person goes on; queue “%(service)s”"), service=step.service or "–"), {})
        case Case():
            found = (filled(_("A task for the group “%(group)s” is made"), group=step.group), {})
        case Print():
            found = (_("A slip is printed"), {"slip": program.say(step.slip, path.values, language)})
        case Message():
            text = program.say(step.text, path.values, language)
            found = (filled(_("A text is sent to %(to)s"), to=path.inputs.get("to", "")), {"text": text})
    return found
