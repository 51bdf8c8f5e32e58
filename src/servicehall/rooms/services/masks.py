"""Personal answers as staff see them who did not enter them. Pure."""

from __future__ import annotations

from typing import Any

from servicehall.kernel.protection import masking

from . import answering, brought
from .checking.forms import personal
from .language.definition import Field
from .language.kinds import FILES
from .language.program import Program


def is_masked(field: Field, value: Any) -> bool:
    """Whether an answer is shown masked: what is written, sent as a file or signed."""
    return bool(personal(field) and value and (isinstance(value, str) or brought.is_brought(field)))


def told(program: Program, field: Field, value: Any, values: answering.Values, language: str) -> str:
    """The answer as it is read masked: of files how many there are, of a signature whether there is one."""
    if field.type in FILES:
        return answering.told(program, field, value, values, language)
    if field.type == "signature" and isinstance(value, dict):
        value = {**value, "name": _hidden("name", str(value.get("name", "")))}
        return answering.told(program, field, value, values, language)
    return _hidden(personal(field), answering.told(program, field, value, values, language))


def hint(program: Program, field: Field, value: Any, values: answering.Values, language: str) -> str:
    """What stands at the question in a form whose reader may not see the answer."""
    if isinstance(value, str):
        return _hidden(personal(field), value)
    return told(program, field, value, values, language)


def _hidden(kind: str, value: str) -> str:
    return masking.masked(kind if kind in masking.FORMS else "words", value) if value else ""
