"""The questions of a form as data, and what can be chosen: the part of a screen (screen.py) that asks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import answering, brought, masks
from .checking.forms import personal
from .language.definition import Choose, Field, Form
from .language.expressions import CannotEvaluate
from .language.kinds import FILES
from .language.program import Program
from .path import Path


def options(
    program: Program, owner: Field | Choose, values: Mapping[str, Any], language: str
) -> list[dict[str, str]]:
    """What can be chosen now; nothing while that cannot be said."""
    try:
        shown = answering.options(program, owner, values, language)
    except CannotEvaluate:
        return []
    return [{"value": one.value, "label": one.label, "detail": one.detail} for one in shown]


def fields(
    program: Program,
    form: Form,
    path: Path,
    language: str,
    *,
    given: Any,
    kept: Any = None,
    masked: bool = False,
) -> list[dict[str, Any]]:
    """The questions that are asked, each with what stands in it.

    Args:
        given: the answers that stand there: those kept, or others that were just sent.
        kept: the answers that are kept; ``masked`` hides those of them that are personal.
    """
    held = given if isinstance(given, dict) else {}
    before = kept if isinstance(kept, dict) else held
    known = {**path.values, **{f"{form.id}.{name}": value for name, value in held.items()}}
    found = []
    for field in form.fields:
        if not answering.is_asked(program, field, form, known):
            continue
        value = held.get(field.id)
        if value is None and field.default is not None:
            value = answering.default(program, field, known)
        one: dict[str, Any] = {
            "id": field.id,
            "type": field.type,
            "label": program.say(field.label, known, language),
            "required": not field.optional and field.type != "yes",
            "value": value,
        }
        if masked and field.type in FILES and personal(field):
            one["hides"] = True  # what is sent anew is not looked at either: a file does not say whose it is
        old = before.get(field.id)
        if masked and masks.is_masked(field, old) and value in (old, None, "", [], {}):
            told = masks.hint(program, field, old, known, language)
            one |= {"value": "", "masked": told, "required": False}
        for name, words in (("help", field.help), ("speak", field.speak)):
            if words:
                one[name] = program.say(words, known, language)
        if field.options or field.listed:
            one["options"] = options(program, field, known, language)
        one |= _bounds(field)
        if field.id in path.wrong:
            one["error"] = str(path.wrong[field.id])
        found.append(one)
    return found


def _bounds(field: Field) -> dict[str, Any]:
    """What an answer to a question may be, and whether it may be seen."""
    found: dict[str, Any] = {
        name: bound for name, bound in (("least", field.least), ("most", field.most)) if bound is not None
    }
    if field.secret:
        found["secret"] = True
    if field.type in FILES:
        found |= {"accept": brought.types(field), "megabytes": field.megabytes, "most": brought.most(field)}
    return found
