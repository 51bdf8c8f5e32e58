"""A flow ready to run: its expressions checked and compiled, its texts taken apart.

Building one finds what is wrong with names and types; a program with faults is not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from servicehall.kernel.languages import FALLBACK

from . import texts
from .definition import (
    Book,
    Call,
    Choose,
    Code,
    Field,
    Flow,
    Form,
    Listed,
    Message,
    Option,
    Part,
    Pay,
    Print,
    Step,
    Words,
)
from .expressions import CannotEvaluate, Expression, Faulty, Names
from .findings import Finding
from .kinds import Kind
from .reading import ALL, read
from .telling import told

GIVEN: dict[str, Kind] = {
    "given.channel": Kind.TEXT,
    "given.language": Kind.TEXT,
    "given.date": Kind.TEXT,
    "given.site": Kind.TEXT,
    "given.level": Kind.TEXT,
    "given.variant": Kind.TEXT,
}
"""What is known when somebody begins: channel, language, the day (ISO 8601), the site's short name, how well the
customer is known (guest, contact, identity), the variant of the flow's experiment. It does not change on the way."""


def said_by(step: Step) -> Iterator[Words]:
    """What every kind of step can say, those of an experiment's variants included."""
    yield from (step.title, step.text, step.help, step.speak)
    for texts_of_variant in step.variants.values():
        yield from texts_of_variant.values()


class Program:
    """A flow with all that is needed to walk through it."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.findings: list[Finding] = []
        self.kinds: dict[str, Kind] = {**GIVEN, **{f"price.{name}": Kind.WHOLE for name in flow.prices}}
        for step in flow.steps:
            self.kinds[f"seen.{step.id}"] = Kind.TRUTH
            self.kinds |= {f"{step.id}.{name}": kind for name, kind in step.gives().items()}
        self._compiled: dict[Code, Expression] = {}
        self._values: dict[str, Expression] = {}
        self._compile_values()
        self.names = Names(self.kinds)
        self._items: dict[Code, Names] = {}
        for step in flow.steps:
            self._compile_step(step)
        for words in (flow.name, flow.summary):
            self._compile_words(words)

    # --- Building ------------------------------------------------------------------------------

    def _compile_values(self) -> None:
        """Each value may speak of answers and of the values above it."""
        for name, code in self.flow.values.items():
            expression = self._compile(code, Names(self.kinds))
            self.kinds[f"value.{name}"] = expression.kind if expression else Kind.ANY
            if expression:
                self._values[f"value.{name}"] = expression

    def _compile(self, code: Code | None, names: Names, *kinds: Kind) -> Expression | None:
        if code is None:
            return None
        if code in self._compiled:
            return self._compiled[code]
        try:
            expression = names.check(code.source, *kinds)
        except Faulty as fault:
            self.findings.append(told(fault, code, names.kinds))
            return None
        self._compiled[code] = expression
        return expression

    def _compile_words(self, words: Words, names: Names | None = None) -> None:
        for text in words.text.values():
            try:
                holes = [part for part in texts.parts(text) if isinstance(part, texts.Hole)]
            except texts.Unclosed as fault:
                self.findings.append(told(fault, Code(text, words.place), {}))
                continue
            for hole in holes:
                self._compile(Code(hole.source, words.place), names or self.names)

    def _compile_options(self, options: tuple[Option, ...]) -> None:
        for one in options:
            self._compile(one.when, self.names, Kind.TRUTH)
            self._compile_words(one.label)

    def _compile_listed(self, listed: Listed | None) -> None:
        if listed is None:
            return
        self._compile(listed.items, self.names, Kind.LIST)
        for words in (listed.label, listed.detail):
            self._compile_words(words, self._with_item())

    def _with_item(self) -> Names:
        """The names inside of a list's label: one item of it more."""
        key = Code("item")
        if key not in self._items:
            self._items[key] = Names({**self.kinds, "item": Kind.RECORD})
        return self._items[key]

    def _compile_step(self, step: Step) -> None:
        self._compile(step.when, self.names, Kind.TRUTH)
        for jump in step.then:
            self._compile(jump.when, self.names, Kind.TRUTH)
        for words in said_by(step):
            self._compile_words(words)
        for field in step.fields if isinstance(step, Form) else ():
            self._compile_field(field)
        self._compile_own(step)

    def _compile_field(self, field: Field) -> None:
        self._compile(field.when, self.names, Kind.TRUTH)
        self._compile(field.default, self.names)
        self._compile_options(field.options)
        self._compile_listed(field.listed)
        for words in (field.label, field.help, field.speak, field.pattern_says):
            self._compile_words(words)

    def _compile_own(self, step: Step) -> None:
        if isinstance(step, Choose):
            self._compile_options(step.options)
            self._compile_listed(step.listed)
            self._compile_words(step.empty)
        elif isinstance(step, Call):
            for code in (*step.inputs.values(), *(step.undo.inputs.values() if step.undo else ())):
                self._compile(code, self.names)
        elif isinstance(step, Book):
            self._compile_book(step)
        elif isinstance(step, Pay):
            self._compile(step.amount, self.names, Kind.WHOLE)
            self._compile_words(step.purpose)
        elif isinstance(step, Print):
            self._compile_words(step.slip)
        elif isinstance(step, Message):
            self._compile(step.to, self.names, Kind.TEXT)

    def _compile_book(self, step: Book) -> None:
        for part in parts_of(step):
            for code in part.inputs.values():
                self._compile(code, self.names)
        self._compile(step.free, self._with_item(), Kind.TRUTH)
        for words in (step.label, step.detail):
            self._compile_words(words, self._with_item())
        self._compile_words(step.empty)

    # --- Running -------------------------------------------------------------------------------

    def expression(self, code: Code) -> Expression:
        """The compiled form of an expression of this flow."""
        return self._compiled[code]

    def evaluate(self, code: Code, values: Mapping[str, Any]) -> Any:
        """What an expression of this flow gives with these values.

        Raises:
            CannotEvaluate: nothing.
        """
        expression = self._compiled[code]
        return expression.evaluate(self.with_values(expression, values))

    def with_values(self, expression: Expression, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values that an expression needs, computed ones included."""
        computed = [name for name in expression.needs if name.startswith("value.")]
        if not computed:
            return values
        found = dict(values)
        for name in computed:
            inner = self._values.get(name)
            if inner is None:
                continue
            try:
                found[name] = inner.evaluate(self.with_values(inner, values))
            except CannotEvaluate:
                continue  # absent, like an answer that was not given: `seen.x && value.y` still works
        return found

    def computed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The flow's computed values that have a result with these."""
        found: dict[str, Any] = {}
        for name, inner in self._values.items():
            with suppress(CannotEvaluate):
                found[name.removeprefix("value.")] = inner.evaluate(self.with_values(inner, values))
        return found

    def holds(self, code: Code | None, values: Mapping[str, Any]) -> bool:
        """Whether a condition holds; none always does."""
        return code is None or self.evaluate(code, values) is True

    def say(self, words: Words, values: Mapping[str, Any], language: str) -> str:
        """A text of this flow in a language, with its values."""
        found = texts.parts(_worded(words, language))
        if len(found) == 1 and isinstance(found[0], str):
            return found[0]
        return "".join(self._written(part, words, values, language) for part in found)

    @staticmethod
    def is_same_for_all(words: Words, language: str) -> bool:
        """Whether a text says nothing of what was answered or found."""
        return all(isinstance(part, str) for part in texts.parts(_worded(words, language)))

    def _written(self, part: str | texts.Hole, words: Words, values: Mapping[str, Any], language: str) -> str:
        if isinstance(part, str):
            return part
        try:
            value = self.evaluate(Code(part.source, words.place), values)
        except CannotEvaluate:
            return "–"
        return texts.written(value, part.filter, language=language, currency=self.flow.currency)

    def codes(self, step: Step) -> Iterator[tuple[Code, str]]:
        """The expressions of a step, each with the part of the step that it stands in."""
        if step.when:
            yield step.when, "when"
        for jump in step.then:
            if jump.when:
                yield jump.when, "then"
        for words in said_by(step):
            yield from self._codes_of_words(words)
        yield from self._own_codes(step)

    def _codes_of_words(self, *many: Words) -> Iterator[tuple[Code, str]]:
        for words in many:
            for text in words.text.values():
                yield from ((Code(hole.source, words.place), "text") for hole in texts.holes(text))

    def _own_codes(self, step: Step) -> Iterator[tuple[Code, str]]:
        if isinstance(step, Form):
            yield from ((one, "field") for field in step.fields for one in _codes_of(field))
        elif isinstance(step, Choose):
            yield from ((one.when, "options") for one in step.options if one.when)
            if step.listed:
                yield step.listed.items, "options"
        elif isinstance(step, Call):
            yield from ((one, "with") for one in step.inputs.values())
            yield from ((one, "undo") for one in (step.undo.inputs.values() if step.undo else ()))
        elif isinstance(step, Book):
            yield from ((one, "part") for part in parts_of(step) for one in part.inputs.values())
            yield from ((one, "part") for one in (step.free,) if one)
        elif isinstance(step, Pay):
            yield step.amount, "amount"
            yield from self._codes_of_words(step.purpose)
        elif isinstance(step, Print):
            yield from self._codes_of_words(step.slip)
        elif isinstance(step, Message):
            yield step.to, "to"


def _codes_of(field: Field) -> Iterator[Code]:
    yield from (one for one in (field.when, field.default) if one)
    yield from (one.when for one in field.options if one.when)
    if field.listed:
        yield field.listed.items


def parts_of(step: Book) -> tuple[Part, ...]:
    """The operations that a step asks for which takes a time."""
    return (step.slots, step.take, step.release) if step.release else (step.slots, step.take)


@lru_cache(maxsize=256)
def program(text: str) -> Program:
    """The program of a definition, kept for the next time.

    Raises:
        Unreadable: it has not the form of a definition.
    """
    return Program(read(text))


def _worded(words: Words, language: str) -> str:
    """A text as it is written in the definition, in a language or the next best."""
    text = words.text.get(ALL) or words.text.get(language)
    return text or next((words.text[one] for one in FALLBACK if one in words.text), "")
