"""Reads an OpenAPI 3 document: which operations there are, what goes in and what comes out. Pure.

Inputs of an operation are one flat object: its parameters, and the properties of its body where that is a plain object
(else the body stands under ``body``). ``Idempotency-Key`` is no input: the key of the call goes there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .operations import CLASSES, Class, Operation, Schema, Types
from .schemas import UnfitSchema, alone

METHODS = ("get", "put", "post", "delete", "patch")
OURS = {
    "idempotency-key",
    "authorization",
    "content-type",
    "accept",
    "x-request-id",
    "host",
    "content-length",
}
"""Headers that the call itself sends."""
EXTENSION = "x-servicehall-class"
QUERY = "x-servicehall-query"
FILE: Schema = {
    "type": "object",
    "properties": {
        "media_type": {"type": "string"},
        "base64": {"type": "string", "contentEncoding": "base64"},
    },
    "required": ["media_type", "base64"],
}
"""What an answer that is no JSON becomes."""
_JSON = "application/json"


class UnfitDocument(ValueError):
    """A description that cannot be used; the message says where and why, in English."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of the request's address or head."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Route:
    """How an operation is asked for, and what its good answers are."""

    operation: Operation
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: tuple[str, ...] | None
    """The inputs that make the body's properties; None: it has no body; ("body",) with ``is_whole``: all of it."""
    is_whole: bool
    answers: dict[int, Schema | None]
    """By status; None: an answer without a body."""


def routes(document: Any) -> dict[str, Route]:
    """The operations of a document by their ``operationId``.

    Raises:
        UnfitDocument: it is no OpenAPI 3 document, or says something that cannot be used.
    """
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise UnfitDocument('This is not an OpenAPI 3 document: it has to begin with "openapi": "3.…"')
    try:
        found = _routes(document)
    except UnfitSchema as problem:
        raise UnfitDocument(str(problem)) from None
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        if isinstance(problem, UnfitDocument):
            raise
        raise UnfitDocument(f"The document is not formed as OpenAPI 3 says: {problem!r:.200}") from None
    if not found:
        raise UnfitDocument("The document has no operation with an operationId")
    for name, one in found.items():
        asked = found.get(one.operation.query)
        if one.operation.query and (asked is None or asked.operation.kind != "read"):
            raise UnfitDocument(f"{name}: {QUERY} names an operation that reads")
    return found


def _routes(document: dict[str, Any]) -> dict[str, Route]:
    found: dict[str, Route] = {}
    for path, item in document.get("paths", {}).items():
        if not path.startswith("/"):
            raise UnfitDocument(f"{path}: a path begins with /")
        for method in METHODS:
            described = item.get(method)
            name = described.get("operationId") if described else None
            if not name:
                continue
            if name in found:
                raise UnfitDocument(f"{name}: two operations have this operationId")
            found[name] = _route(document, path, method, item, described)
    return found


def _route(document: dict[str, Any], path: str, method: str, item: Any, described: Any) -> Route:
    name: str = described["operationId"]
    properties: dict[str, Any] = {}
    required: list[str] = []
    parameters = []
    for one in _parameters(document, item, described):
        if one["in"] == "header" and one["name"].lower() in OURS:
            continue
        if one["in"] not in {"path", "query", "header"}:
            raise UnfitDocument(f"{name}: parameters in {one['in']} are not sent")
        if one["name"] in properties:
            raise UnfitDocument(f"{name}: two inputs are named {one['name']}")
        properties[one["name"]] = one["schema"]
        if one.get("required") or one["in"] == "path":
            required.append(one["name"])
        parameters.append(Parameter(one["name"], one["in"]))
    body, is_whole = _take_body(document, name, described, properties, required)
    inputs = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    answers = _answers(document, name, described)
    shared = document.get("components", {}).get("schemas", {})
    types = Types(alone(inputs, shared, f"{name}, inputs"), _one_of(answers))
    title = str(described.get("summary", ""))[:200]
    query = str(described.get(QUERY, ""))
    operation = Operation(name, _class_of(name, method, described), types, title, query)
    return Route(operation, method.upper(), path, tuple(parameters), body, is_whole, answers)


def _class_of(name: str, method: str, described: Any) -> Class:
    said = described.get(EXTENSION)
    if said is None:
        return "read" if method == "get" else "unkeyed"
    for one in CLASSES:
        if said == one:
            return one
    raise UnfitDocument(f"{name}: {EXTENSION} is one of {', '.join(CLASSES)}")


def _parameters(document: dict[str, Any], item: Any, described: Any) -> Iterator[dict[str, Any]]:
    """Those of the operation; those of its path that it does not say itself."""
    own = [_looked_up(document, one) for one in described.get("parameters", ())]
    said = {(one["name"], one["in"]) for one in own}
    yield from own
    for one in (_looked_up(document, shared) for shared in item.get("parameters", ())):
        if (one["name"], one["in"]) not in said:
            yield one


def _looked_up(document: dict[str, Any], node: Any) -> dict[str, Any]:
    """What a reference inside of the document stands for."""
    for _hop in range(8):
        if "$ref" not in node:
            found: dict[str, Any] = node
            return found
        reference = node["$ref"]
        if not reference.startswith("#/"):
            raise UnfitDocument(f"{reference} leads out of the document")
        node = document
        for part in reference[2:].split("/"):
            node = node[part]
    raise UnfitDocument("References lead round in a circle")


def _take_body(
    document: dict[str, Any], name: str, described: Any, properties: dict[str, Any], required: list[str]
) -> tuple[tuple[str, ...] | None, bool]:
    """Adds the body's inputs; says which they are, and whether they are the whole body."""
    if "requestBody" not in described:
        return None, False
    body = _looked_up(document, described["requestBody"])
    if _JSON not in body["content"]:
        raise UnfitDocument(f"{name}: bodies are sent as {_JSON} only")
    schema = _looked_up(document, body["content"][_JSON]["schema"])
    if schema.get("type") != "object" or not schema.get("properties"):
        properties["body"] = body["content"][_JSON]["schema"]
        required += ["body"] if body.get("required") else []
        return ("body",), True
    if twice := sorted(set(schema["properties"]) & set(properties)):
        raise UnfitDocument(f"{name}: two inputs are named {twice[0]}")
    named: dict[str, Any] = schema["properties"]
    properties |= named
    required += schema.get("required", []) if body.get("required", True) else []
    return tuple(schema["properties"]), False


def _answers(document: dict[str, Any], name: str, described: Any) -> dict[int, Schema | None]:
    shared = document.get("components", {}).get("schemas", {})
    found: dict[int, Schema | None] = {}
    for status, said in described["responses"].items():
        if not (status.isdigit() and 200 <= int(status) < 300):
            continue
        content = _looked_up(document, said).get("content") or {}
        if _JSON in content:
            found[int(status)] = alone(content[_JSON].get("schema", {}), shared, f"{name}, {status}")
        else:
            found[int(status)] = FILE if content else None
    if not found:
        raise UnfitDocument(f"{name}: no good answer (200 to 299) is described")
    return found


def _one_of(answers: dict[int, Schema | None]) -> Schema:
    """What may come out: of one answer its schema, of several any of them."""
    schemas: list[Schema] = [
        schema if schema is not None else {"type": "null"} for schema in answers.values()
    ]
    if len(schemas) == 1:
        return schemas[0]
    parts: dict[str, Any] = {}
    for schema in schemas:
        parts.update(schema.get("$defs", {}))
    whole = [{key: value for key, value in schema.items() if key != "$defs"} for schema in schemas]
    return {"anyOf": whole, **({"$defs": parts} if parts else {})}
