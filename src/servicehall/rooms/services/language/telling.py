"""What the engine of expressions complains of, in plain words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words

from .definition import Code
from .expressions import Faulty, Unfitting
from .findings import Finding, Place, filled
from .kinds import Kind
from .texts import Unclosed

KIND_WORDS: dict[Kind, Words] = {
    Kind.TEXT: _("a text"),
    Kind.WHOLE: _("a whole number"),
    Kind.NUMBER: _("a number"),
    Kind.TRUTH: _("true or false"),
    Kind.LIST: _("a list"),
    Kind.RECORD: _("names with values"),
    Kind.ANY: _("anything"),
}
_OVERLOAD = re.compile(r"no matching overload for '([^']+)' applied to '\(?([^']*?)\)?'")
_TYPE_WORDS = {
    "string": Kind.TEXT,
    "int": Kind.WHOLE,
    "double": Kind.NUMBER,
    "bool": Kind.TRUTH,
}


def told(fault: Faulty | Unclosed, code: Code, known: Mapping[str, Kind]) -> Finding:
    """The finding for a fault in an expression."""
    if isinstance(fault, Unclosed):
        return Finding(
            "text-unclosed", _("The braces of an expression in this text are not closed."), code.place
        )
    place = Place(code.place.line, code.place.column + fault.column - 1)
    if isinstance(fault, Unfitting):
        words = filled(
            _("“%(source)s” gives %(given)s; here %(wanted)s is needed."),
            source=code.source,
            given=KIND_WORDS[fault.given],
            wanted=KIND_WORDS[fault.wanted[0]],
        )
        return Finding("expression-kind", words, place)
    if fault.name:
        return Finding("unknown-in-expression", _unknown(fault.name, known), place)
    if found := _OVERLOAD.search(fault.problem):
        operator = found[1].strip("_").replace("_", " ") or found[1]
        sorts = tuple(
            KIND_WORDS[_TYPE_WORDS[one]] if one in _TYPE_WORDS else one for one in found[2].split(", ")
        )
        words = filled(
            _("In “%(source)s”, “%(operator)s” does not go with: %(kinds)s."),
            source=code.source,
            operator=operator,
            kinds=sorts,
        )
        return Finding("expression-types", words, place)
    words = filled(
        _("“%(source)s” is no expression (at its character %(column)s)."),
        source=code.source,
        column=fault.column,
    )
    return Finding("expression", words, place)


def _unknown(name: str, known: Mapping[str, Kind]) -> Words:
    near = difflib.get_close_matches(name, [*known], n=1, cutoff=0.6)
    if near:
        return filled(
            _("There is nothing called “%(name)s” here. Is “%(near)s” meant?"), name=name, near=near[0]
        )
    return filled(_("There is nothing called “%(name)s” here."), name=name)
