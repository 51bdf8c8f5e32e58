"""What was answered, as it is read again: to be checked, by staff, after the end. Personal data masked where it has to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from servicehall.kernel.protection import masking

from . import answering, brought
from .checking.forms import personal
from .language import texts
from .language.definition import Book, Choose, Field, Form
from .language.expressions import CannotEvaluate
from .language.kinds import FILES
from .language.program import Program
from .path import Path


def listed(
    program: Program, owner: Field | Choose, values: Mapping[str, Any], language: str
) -> list[dict[str, str]]:
    try:
        shown = answering.options(program, owner, values, language)
    except CannotEvaluate:
        return []
    return [{"value": one.value, "label": one.label, "detail": one.detail} for one in shown]


def hidden(field: Field, value: str) -> str:
    """Personal data as staff see it who did not enter it."""
    kind = personal(field)
    return masking.masked(kind if kind in masking.FORMS else "words", value)


def summary(program: Program, path: Path, language: str, *, masked: bool = False) -> list[dict[str, Any]]:
    """What was answered so far, as it is shown before a yes, with the step where each can be changed."""
    found: list[dict[str, Any]] = []
    for visit in path.visits:
        change = visit.step.id if path.can_change(visit.step.id) else ""
        if isinstance(visit.step, Form):
            for field in visit.step.fields:
                value = path.values.get(f"{visit.step.id}.{field.id}")
                if value in (None, "", []):
                    continue
                label = program.say(field.label, path.values, language)
                said = answering.told(program, field, value, path.values, language)
                one: dict[str, Any] = {"label": label, "value": said, "change": change}
                if masked and personal(field) and not field.secret:
                    one |= {"value": hidden(field, said), "is_masked": True}
                elif field.type in FILES:
                    one["files"] = value
                elif field.type == "signature" and (lines := brought.drawn(value)):
                    one["signature"] = lines
                found.append(one)
        elif isinstance(visit.step, Choose):
            shown = listed(program, visit.step, path.values, language)
            said = next((one["label"] for one in shown if one["value"] == visit.answer.value), "")
            title = program.say(
                visit.step.said("title", path.values.get("given.variant", "")), path.values, language
            )
            found.append({"label": title, "value": said, "change": change})
        elif isinstance(visit.step, Book):
            start = path.values[f"{visit.step.id}.start"]
            said = texts.written(start, "moment", language=language, currency="")
            title = program.say(visit.step.title, path.values, language)
            found.append({"label": title, "value": said, "change": change})
    return found
