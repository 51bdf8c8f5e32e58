"""How the systems describe themselves: pieces of an OpenAPI 3.1 document, and what an operation of theirs is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]
Inputs = Mapping[str, Any]
Handler = Callable[[sqlite3.Connection, Inputs], Any]

TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
BOTH: Schema = {
    "type": "object",
    "properties": {"en": {"type": "string"}, "zh-Hans": {"type": "string"}},
    "required": ["en", "zh-Hans"],
}
"""A text in both languages."""
MINOR: Schema = {"type": "integer", "minimum": 0, "description": "in fen (1/100 yuan)"}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
COUNT: Schema = {"type": "integer", "minimum": 0}


class Refusal(Exception):
    """The system says no, with a code and words in both languages."""

    def __init__(self, code: str, en: str, zh: str, *, status: int = 409) -> None:
        super().__init__(code)
        self.code, self.words, self.status = code, {"en": en, "zh-Hans": zh}, status


@dataclass(frozen=True, slots=True)
class Contents:
    """An answer that is no JSON."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that a system does."""

    name: str
    method: str
    path: str
    summary: str
    handle: Handler
    answer: Schema | None = None
    """None: its contents are of ``media_type``."""
    kind: str = "read"
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    media_type: str = "application/json"
    path_schema: Schema = field(default_factory=lambda: TEXT)


def both(en: str, zh: str) -> dict[str, str]:
    """A text in both languages."""
    return {"en": en, "zh-Hans": zh}


def thing(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    """An object with these properties."""
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def body(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    """An object that has no others."""
    return {**thing(required, **optional), "additionalProperties": False}


def several(name: str, one: Schema) -> Schema:
    """A list of them under a name."""
    return thing({name: {"type": "array", "items": one}})


def document(operations: Mapping[str, Operation], tags: Mapping[str, str]) -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations.values():
        paths.setdefault(one.path, {})[one.method.lower()] = _described(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sample back office", "version": "1.0.0"},
        "tags": [{"name": name, "description": words} for name, words in tags.items()],
        "paths": paths,
        "components": {
            "schemas": {"Problem": thing({"code": TEXT, "title": TEXT, "detail": TEXT})},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearer": []}],
    }


def _described(one: Operation) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": one.path_schema}
        for part in one.path.split("/")
        if part.startswith("{")
    ]
    parameters += [
        {"name": name, "in": "query", "required": True, "schema": schema}
        for name, schema in one.query.items()
    ]
    if one.kind == "keyed":
        parameters.append(
            {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}}
        )
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.path.split("/")[1]],
        "x-servicehall-class": one.kind,
        "parameters": parameters,
        "responses": {
            "200": {"description": "done", "content": {one.media_type: {"schema": one.answer or {}}}},
            "default": {"description": "refused, or a fault", "content": problem},
        },
    }
    if one.body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": one.body}}}
    return found
