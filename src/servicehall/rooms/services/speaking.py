"""What is said aloud of a step: its spoken text where the definition has one, else title, text, help and questions.

What somebody entered is said again only where it is to be checked, and a secret never is. Each part says whether it is
the definition's own words: only such may be kept as sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .answering import HIDDEN
from .instances import program_of
from .language.definition import Choose, Field, Form, Step, Words
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
    return [one for one in _parts(program, step, shown, language) if one.text.strip()]


def _parts(program: Program, step: Step, shown: Mapping[str, Any], language: str) -> Iterator[Said]:
    yield from _words(program, step, shown, language)
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


def _words(program: Program, step: Step, shown: Mapping[str, Any], language: str) -> Iterator[Said]:
    if shown.get("speak"):
        yield Said(shown["speak"], program.is_same_for_all(step.speak, language))
        return
    named: tuple[tuple[str, Words], ...] = (("title", step.title), ("text", step.text), ("help", step.help))
    for name, words in named:
        yield Said(shown.get(name, ""), program.is_same_for_all(words, language))


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
