"""JSON Schema: making a part of a document stand alone, and checking values against it. Pure.

Only what stands in the document itself is referred to: a reference that leads elsewhere would be fetched by the
library from wherever somebody wrote.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry

from .operations import JSON, Schema

_SHARED = "#/components/schemas/"
_HERE = "#/$defs/"
_NOTHING_OUTSIDE: Registry[Any] = Registry()
_BY_NAME = {"properties", "patternProperties", "dependentSchemas"}
"""Whose names are the document's own and no words of JSON Schema."""
_VALUES = {"enum", "const", "default", "example", "examples", "required", "dependentRequired"}
MOST_ERRORS = 20


class UnfitSchema(ValueError):
    """A schema that cannot be used; the message says where and why, in English (it is about a technical document)."""


def alone(schema: Any, shared: dict[str, Any], where: str) -> Schema:
    """The schema with everything that it refers to inside of it, in the dialect of 2020-12.

    Args:
        shared: ``components.schemas`` of the document.
        where: for messages.

    Raises:
        UnfitSchema: it refers to what is not there, or is no schema.
    """
    wanted: dict[str, Schema] = {}
    found: Schema = _rewritten(schema, where)
    waiting = list(_names(found))
    while waiting:
        name = waiting.pop()
        if name in wanted:
            continue
        if name not in shared:
            raise UnfitSchema(f"{where}: {_SHARED}{name} is not in the document")
        wanted[name] = _rewritten(shared[name], f"{_SHARED}{name}")
        waiting += _names(wanted[name])
    if wanted:
        found = {**found, "$defs": wanted}
    check_schema(found, where)
    return found


def check_schema(schema: Any, where: str) -> None:
    """Raises:
    UnfitSchema: it is no JSON Schema, or refers to something outside of it.
    """
    if not isinstance(schema, dict):
        raise UnfitSchema(f"{where}: a schema is an object")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as problem:
        raise UnfitSchema(f"{where}: {problem.message[:200]}") from None
    known = schema.get("$defs", {})
    for reference in _references(schema):
        if not reference.startswith(_HERE) or reference.removeprefix(_HERE) not in known:
            raise UnfitSchema(f"{where}: {reference} leads out of the document")


def _rewritten(node: Any, where: str) -> Any:
    """OpenAPI 3.0's own words as JSON Schema's, and references to where the parts will stand."""
    if isinstance(node, list):
        return [_rewritten(one, where) for one in node]
    if not isinstance(node, dict):
        return copy.deepcopy(node)
    found = {name: _part(name, value, where) for name, value in node.items() if name != "nullable"}
    reference = found.get("$ref")
    if isinstance(reference, str):
        if not reference.startswith(_SHARED):
            raise UnfitSchema(f"{where}: {reference} is not a schema of this document")
        found["$ref"] = _HERE + reference.removeprefix(_SHARED)
    if node.get("nullable") is True:
        if isinstance(found.get("type"), str):
            found["type"] = [found["type"], "null"]
            if isinstance(found.get("enum"), list):
                found["enum"] = [*found["enum"], None]
        else:
            found = {"anyOf": [found, {"type": "null"}]}
    return found


def _part(name: str, value: Any, where: str) -> Any:
    if name in _BY_NAME and isinstance(value, dict):
        return {one: _rewritten(schema, where) for one, schema in value.items()}
    return copy.deepcopy(value) if name in _VALUES else _rewritten(value, where)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _references(one)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in {"$ref", "$dynamicRef"} and isinstance(value, str):
                yield value
            else:
                yield from _references(value)


def _names(node: Any) -> Iterator[str]:
    return (one.removeprefix(_HERE) for one in _references(node) if one.startswith(_HERE))


def errors(schema: Schema, value: JSON) -> dict[str, str]:
    """What does not fit, by the path in the value. The messages are about the schema and quote no value."""
    found: dict[str, str] = {}
    checker = Draft202012Validator(schema, registry=_NOTHING_OUTSIDE)
    for problem in checker.iter_errors(value):
        found.setdefault(_path(problem), _said(problem))
        if len(found) == MOST_ERRORS:
            break
    return found


def lie(schema: Schema, value: JSON) -> str:
    """The first thing in an answer that does not fit: where, and which rule; empty when all fits."""
    for path, rule in errors(schema, value).items():
        return f"{'answer' if path == '.' else path}: {rule}"
    return ""


def _path(problem: ValidationError) -> str:
    return ".".join(str(part) for part in problem.absolute_path) or "."


def _said(problem: ValidationError) -> str:
    """Which rule of the schema is broken. The library's own message would quote the value, which may be personal."""
    rule = str(problem.validator)
    if rule == "required":
        missing = [name for name in problem.validator_value if name not in problem.instance]
        return f"required: {', '.join(missing)}"
    if rule == "additionalProperties":
        return "a property that is not known"
    return f"{rule}: {json.dumps(problem.validator_value, ensure_ascii=False, default=str)[:120]}"
