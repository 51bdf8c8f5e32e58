"""What is said aloud of a step: its spoken text where the definition has one, else title, text, help and questions.

What somebody entered is said again only where it is to be checked, and a secret never is. Each part says whether it is
the definition's own words: only such may be kept as sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from servicehall.kernel.languages import NAMES

from .answering import HIDDEN
from .instances import program_of, variant
from .language.definition import Choose, Field, Form, Step
from .language.program import Program
from .models import Instance


@dataclass(frozen=True, slots=True)
class Said:
    """A part of what is said. ``of_all``: the definition's own words, the same for everybody."""

    text: str
    of_all: bool


def spoken(instance: Instance, shown: Mapping[str, Any]) -> list[Said]:
    """What is said of a screen (of ``queries.screen``), in the order in which it is read."""
    program, language = program_of(instance), shown["language"]
    step = next((one for one in program.flow.steps if one.id == shown.get("step")), None)
    if step is None or shown["kind"] in {"waiting", "left"}:
        return []
    return [one for one in _parts(program, step, shown, language, variant(instance)) if one.text.strip()]


def said_to_all(program: Program) -> list[tuple[str, str]]:
    """What is said to everybody alike on the way through a flow at a kiosk: language and text, each once."""
    flow = program.flow
    drawn = ("", *(flow.experiment.shares if flow.experiment else ()))
    found = [
        (language, one.text)
        for language in NAMES
        for step in flow.steps
        if "kiosk" in (step.channels or flow.channels)
        for which in drawn
        for one in _parts(program, step, _unanswered(program, step, language, which), language, which)
        if one.of_all and one.text.strip()
    ]
    return list(dict.fromkeys(found))


def _unanswered(program: Program, step: Step, language: str, which: str) -> dict[str, Any]:
    """A step as a screen shows it when nothing was answered: only its own words count of it."""
    shown: dict[str, Any] = {
        name: program.say(step.said(name, which), {}, language) for name in ("title", "text", "help", "speak")
    }
    if isinstance(step, Form):
        shown["fields"] = [
            {
                "id": one.id,
                **{
                    name: program.say(getattr(one, name), {}, language) for name in ("label", "help", "speak")
                },
                "options": _named(program, one, language),
            }
            for one in step.fields
        ]
    elif isinstance(step, Choose):
        shown["options"] = _named(program, step, language)
    return shown


def _named(program: Program, owner: Field | Choose, language: str) -> list[dict[str, str]]:
    return [{"label": program.say(one.label, {}, language), "detail": ""} for one in owner.options]


def _parts(
    program: Program, step: Step, shown: Mapping[str, Any], language: str, which: str
) -> Iterator[Said]:
    yield from _words(program, step, shown, language, which)
    if isinstance(step, Form):
        known = {field.id: field for field in step.fields}
        for one in shown.get("fields", ()):
            yield from _question(program, known[one["id"]], one, language)
    elif isinstance(step, Choose):
        yield from _options(program, step, shown.get("options", ()), language)
    for one in shown.get("answers", ()):
        if one["value"] != HIDDEN:
            yield Said(f"{one['label']}: {one['value']}", of_all=False)
    for name in ("for", "amount_words", "slip"):
        yield Said(shown.get(name, ""), of_all=False)


def _words(
    program: Program, step: Step, shown: Mapping[str, Any], language: str, which: str
) -> Iterator[Said]:
    """A step's own words, as the variant of an experiment has them."""
    for name in ("speak",) if shown.get("speak") else ("title", "text", "help"):
        yield Said(shown.get(name, ""), program.is_same_for_all(step.said(name, which), language))


def _question(program: Program, field: Field, one: Mapping[str, Any], language: str) -> Iterator[Said]:
    if one.get("speak"):
        yield Said(one["speak"], program.is_same_for_all(field.speak, language))
        return
    yield Said(one["label"], program.is_same_for_all(field.label, language))
    yield Said(one.get("help", ""), program.is_same_for_all(field.help, language))
    yield from _options(program, field, one.get("options", ()), language)


def _options(program: Program, owner: Field | Choose, shown: Any, language: str) -> Iterator[Said]:
    """The options by name; those that another system listed are of this customer."""
    fixed = not owner.listed and all(program.is_same_for_all(one.label, language) for one in owner.options)
    for one in shown:
        yield Said(f"{one['label']}. {one['detail']}".removesuffix(". "), fixed)
