"""Texts are there in every language, and speak of what can be said on every channel."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.languages import NAMES
from servicehall.rooms.services.language import texts
from servicehall.rooms.services.language.definition import (
    Book,
    Choose,
    Confirm,
    Form,
    Listed,
    Option,
    Pay,
    Print,
    Step,
    Words,
)
from servicehall.rooms.services.language.findings import Finding, filled
from servicehall.rooms.services.language.program import Program, said_by
from servicehall.rooms.services.language.reading import ALL


def words_of(step: Step) -> Iterator[Words]:
    """All texts of a step."""
    yield from said_by(step)
    if isinstance(step, Form):
        for field in step.fields:
            yield from (field.label, field.help, field.speak, field.pattern_says)
            yield from _options(field.options, field.listed)
    elif isinstance(step, Choose):
        yield step.empty
        yield from _options(step.options, step.listed)
    elif isinstance(step, Book):
        yield from (step.label, step.detail, step.empty)
    elif isinstance(step, Confirm):
        yield step.button
    elif isinstance(step, Pay):
        yield step.purpose
    elif isinstance(step, Print):
        yield step.slip


def _options(options: tuple[Option, ...], listed: Listed | None) -> Iterator[Words]:
    yield from (one.label for one in options)
    if listed:
        yield from (listed.label, listed.detail)


def check(program: Program) -> Iterator[Finding]:
    """Where a text lacks a language."""
    flow = program.flow
    for words in (flow.name, flow.summary, *(one for step in flow.steps for one in words_of(step))):
        if not words:
            continue
        if ALL in words.text:
            if not _is_wordless(words.text[ALL]):
                listed = tuple(NAMES)
                yield Finding(
                    "one-language",
                    filled(_("Write this text in each language: %(languages)s."), languages=listed),
                    words.place,
                )
            continue
        for tag, name in NAMES.items():
            if not words.text.get(tag, "").strip():
                yield Finding(
                    "language-missing",
                    filled(_("This text is missing in %(language)s."), language=name),
                    words.place,
                )


def _is_wordless(text: str) -> bool:
    try:
        return texts.is_wordless(text)
    except texts.Unclosed:
        return True
