"""Holds values against the schema, and says in plain words what does not fit."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words

from .findings import Finding, filled
from .schema import DEFINITIONS, top
from .source import Path, Source


@cache
def _validator(part: str) -> Any:
    schema = (
        top(steps_too=False)
        if part == "top"
        else {**DEFINITIONS[part], "$defs": top(steps_too=True)["$defs"]}
    )
    return jsonschema.Draft202012Validator(schema)


def misfits(source: Source, value: Any, part: str, path: Path = ()) -> list[Finding]:
    """Where ``value``, which stands at ``path``, does not fit the part of the schema."""
    found = [_finding(source, fault, path) for fault in _validator(part).iter_errors(value)]
    return sorted(found, key=lambda one: one.place)


def _finding(source: Source, fault: jsonschema.ValidationError, path: Path) -> Finding:
    where: Path = (*path, *fault.absolute_path)
    rule = str(fault.validator)
    if rule == "oneOf" and fault.context:
        # Of two forms that a value may have, the one that it was meant to have: the nearest.
        nearest = min(fault.context, key=lambda one: (one.validator == "type", -len(one.absolute_path)))
        if nearest.validator != "type":
            return _finding(source, nearest, path)
    if rule == "additionalProperties":
        known, held = fault.schema.get("properties", {}), fault.instance
        odd = next((name for name in held if name not in known), "")
        words = filled(
            _("“%(name)s” is not known here. Known are: %(known)s."), name=odd, known=", ".join(known)
        )
        return Finding("unknown-name", words, source.key((*where, odd)))
    if rule == "required":
        missing = next((name for name in fault.validator_value if name not in fault.instance), "")
        return Finding("missing", filled(_("“%(name)s” is missing here."), name=missing), source.key(where))
    return Finding(f"schema-{rule.lower()}", _words(rule, fault), source.place(where))


_SAYS: dict[str, Words] = {
    "enum": _("One of these is meant: %(fact)s."),
    "minItems": _("There is nothing in this list."),
    "maxItems": _("This list is longer than %(fact)s."),
    "uniqueItems": _("Something stands twice in this list."),
    "maxLength": _("This is longer than %(fact)s characters."),
    "minLength": _("This is shorter than %(fact)s characters."),
    "minimum": _("At least %(fact)s is meant."),
    "maximum": _("At most %(fact)s is meant."),
    "pattern": _("This is not written as it should be (%(fact)s)."),
    "minProperties": _("There is nothing here."),
    "oneOf": _("This is neither of the forms that are known here."),
}
_TYPES: dict[str, Words] = {
    "object": _("names with values"),
    "array": _("a list"),
    "string": _("a text"),
    "integer": _("a whole number"),
    "number": _("a number"),
    "boolean": _("true or false"),
}


def _words(rule: str, fault: jsonschema.ValidationError) -> Words:
    fact = fault.validator_value
    if rule == "type":
        kinds = [fact] if isinstance(fact, str) else list(fact)
        return filled(_("Here should be %(kind)s."), kind=_TYPES.get(kinds[0], kinds[0]))
    if rule == "enum":
        fact = ", ".join(str(one) for one in fact)
    return filled(_SAYS.get(rule, _("This does not fit here.")), fact=fact)
