"""Questions and answers: options where there is a choice, purposes where it is personal, patterns that are patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words
from servicehall.rooms.services.language.definition import Choose, Field, Flow, Form
from servicehall.rooms.services.language.findings import Finding, filled
from servicehall.rooms.services.language.kinds import FILES
from servicehall.rooms.services.language.program import Program

MOST_FILES = 10
CHOOSING = frozenset({"choice", "choices"})
ALWAYS_PERSONAL = {
    "name": "name",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "id-number": "id_number",
    "signature": "name",
}
"""Types of questions whose answers are personal data whatever the flow calls them, and the purposes' names for them."""


def personal(field: Field) -> str:
    """The personal data that the answer is, as purposes name it; nothing when it is none."""
    return field.personal or ALWAYS_PERSONAL.get(field.type, "")


def personal_fields(flow: Flow) -> dict[str, list[Field]]:
    """The questions for personal data, by what they ask for."""
    found: dict[str, list[Field]] = {}
    for step in flow.steps:
        for field in step.fields if isinstance(step, Form) else ():
            if kind := personal(field):
                found.setdefault(kind, []).append(field)
    return found


def check(program: Program) -> Iterator[Finding]:
    """What is wrong with a flow's questions."""
    for step in program.flow.steps:
        if isinstance(step, Form):
            names = [field.id for field in step.fields]
            for number, field in enumerate(step.fields):
                if field.id in names[:number]:
                    yield _finding("field-twice", _("Another question here is called “%(name)s” too."), field)
                yield from _field(field, program.flow)
        elif isinstance(step, Choose) and bool(step.options) == bool(step.listed):
            words = filled(_("“%(name)s” needs either “options” or “from”."), name=step.id)
            yield Finding("nothing-to-choose", words, step.place)


def _finding(code: str, words: Words, field: Field) -> Finding:
    return Finding(code, filled(words, name=field.id), field.place)


def _field(field: Field, flow: Flow) -> Iterator[Finding]:
    has_options = bool(field.options) or field.listed is not None
    if field.type in CHOOSING and not has_options:
        yield _finding("nothing-to-choose", _("“%(name)s” needs “options” or “choices”."), field)
    if field.type not in CHOOSING and has_options:
        yield _finding(
            "options-unused", _("“%(name)s” has options; its type should be choice or choices."), field
        )
    if (field.kinds or field.megabytes != 10) and field.type not in FILES:
        yield _finding(
            "files-unused", _("“%(name)s” takes no files; “kinds” and “megabytes” are for those."), field
        )
    if field.type in FILES and max(field.least or 0, field.most or 0) > MOST_FILES:
        yield _finding("too-many-files", _("“%(name)s” asks for more than ten files."), field)
    if field.type == "photo" and field.kinds:
        yield _finding("files-unused", _("“%(name)s” is a photo, which is a picture always."), field)
    if field.least is not None and field.most is not None and field.least > field.most:
        yield _finding("bounds", _("“%(name)s”: the least is more than the most."), field)
    if field.pattern:
        yield from _pattern(field)
    if personal(field) and not flow.purposes:
        words = _("“%(name)s” asks for personal data. Say for which purposes, under “purposes”.")
        yield _finding("no-purpose", words, field)


_NESTED = re.compile(r"\([^()]*[+*][^()]*\)\s*[+*{]")


def _pattern(field: Field) -> Iterator[Finding]:
    try:
        re.compile(field.pattern)
    except re.error:
        yield _finding("pattern", _("The pattern of “%(name)s” is no regular expression."), field)
        return
    if _NESTED.search(field.pattern):
        yield _finding(
            "pattern-slow",
            _("The pattern of “%(name)s” repeats a repetition; that can take for ever."),
            field,
        )
    if not field.pattern_says:
        yield _finding(
            "pattern-silent", _("“%(name)s” has a pattern. Say under “pattern-says” what is meant."), field
        )
