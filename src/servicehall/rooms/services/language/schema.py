"""The published JSON Schema of a definition (2020-12): what editors complete, and what is checked first."""

from __future__ import annotations

from typing import Any

from servicehall.kernel.languages import NAMES

from .definition import STEPS
from .kinds import FIELD_KINDS

SCHEMA_ID = "urn:servicehall:flow:1"
CHANNELS = ("kiosk", "phone", "desk")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = ("picture", "pdf")
PERSONAL = ("name", "phone", "email", "address", "id_number", "words")

_SLUG = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"}
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
_CODE = {"type": ["string", "integer", "number", "boolean"], "description": "An expression in CEL."}
_TEXT = {
    "description": "A text in every language; ${…} is an expression.",
    "oneOf": [
        {"type": "string", "minLength": 1, "maxLength": 4000},
        {
            "type": "object",
            "minProperties": 1,
            "properties": {tag: {"type": "string", "minLength": 1, "maxLength": 4000} for tag in NAMES},
            "additionalProperties": False,
        },
    ],
}
_KIND = {"enum": ["text", "whole", "number", "truth", "list", "record", "any"]}
_JUMPS = {
    "description": "Where it goes on: a step's name, or a list of {when, go}.",
    "oneOf": [
        _NAME,
        {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["go"],
                "properties": {"when": _CODE, "go": _NAME},
                "additionalProperties": False,
            },
        },
    ],
}
_OPTION = {
    "type": "object",
    "required": ["value", "label"],
    "properties": {
        "value": {"type": ["string", "integer"], "maxLength": 80},
        "label": {"$ref": "#/$defs/text"},
        "when": _CODE,
    },
    "additionalProperties": False,
}
_LISTED = {
    "from": {**_CODE, "description": "The list that is chosen from."},
    "value": {"type": "string", "description": "The property of an item that is stored.", "maxLength": 40},
    "label": {"$ref": "#/$defs/text"},
    "detail": {"$ref": "#/$defs/text"},
}
_OPTIONS = {"type": "array", "minItems": 1, "maxItems": 200, "items": {"$ref": "#/$defs/option"}}

_FIELD = {
    "type": "object",
    "required": ["id", "type", "label"],
    "properties": {
        "id": _NAME,
        "type": {"enum": list(FIELD_KINDS)},
        "label": {"$ref": "#/$defs/text"},
        "help": {"$ref": "#/$defs/text"},
        "speak": {"$ref": "#/$defs/text"},
        "optional": {"type": "boolean"},
        "when": _CODE,
        "default": _CODE,
        "options": _OPTIONS,
        "choices": {
            "type": "object",
            "required": ["from", "value", "label"],
            "properties": _LISTED,
            "additionalProperties": False,
        },
        "least": {"type": "number"},
        "most": {"type": "number"},
        "pattern": {"type": "string", "maxLength": 200},
        "pattern-says": {"$ref": "#/$defs/text"},
        "personal": {"enum": list(PERSONAL)},
        "secret": {"type": "boolean"},
        "kinds": {
            "description": "What a file may be; a photo is a picture.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": list(KINDS)},
        },
        "megabytes": {"description": "The size of one file.", "type": "integer", "minimum": 1, "maximum": 10},
    },
    "additionalProperties": False,
}
_SHARED: dict[str, Any] = {
    "title": {"$ref": "#/$defs/text"},
    "text": {"$ref": "#/$defs/text"},
    "help": {"$ref": "#/$defs/text"},
    "speak": {"$ref": "#/$defs/text"},
    "when": _CODE,
    "then": _JUMPS,
    "channels": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(CHANNELS)}},
    "variants": {
        "description": "Other texts of this step for variants of the experiment.",
        "type": "object",
        "propertyNames": _NAME,
        "additionalProperties": {
            "type": "object",
            "minProperties": 1,
            "properties": {name: {"$ref": "#/$defs/text"} for name in ("title", "text", "help", "speak")},
            "additionalProperties": False,
        },
    },
}
_CALL: dict[str, Any] = {
    "connector": _SLUG,
    "operation": {"type": "string", "maxLength": 80},
    "with": {"type": "object", "propertyNames": {"maxLength": 60}, "additionalProperties": _CODE},
    "gives": {"type": "object", "propertyNames": _NAME, "additionalProperties": _KIND},
    "failed": {**_NAME, "description": "The step that goes on when the other system says no."},
}
_UNDO = {
    "description": "What takes it back when the customer leaves, or when it ends otherwise than done.",
    "type": "object",
    "required": ["operation"],
    "properties": {"operation": _CALL["operation"], "with": _CALL["with"]},
    "additionalProperties": False,
}
_PART: dict[str, Any] = {
    "operation": _CALL["operation"],
    "with": _CALL["with"],
}


def _part(required: list[str], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["operation", *required],
        "properties": {**_PART, **more},
        "additionalProperties": False,
    }


_WORD = {"type": "string", "minLength": 1, "maxLength": 40}
_BOOK: dict[str, Any] = {
    "connector": _SLUG,
    "ahead": {"description": "Days that are offered.", "type": "integer", "minimum": 1, "maximum": 31},
    "slots": _part(["list"], list={**_NAME, "description": "The name of the list in the answer."}),
    "value": {**_WORD, "description": "The property of a slot that it is known by."},
    "starts": {**_WORD, "description": "The property of a slot that says when it begins."},
    "free": {**_CODE, "description": "Whether a slot (item) can still be taken."},
    "label": {"$ref": "#/$defs/text"},
    "detail": {"$ref": "#/$defs/text"},
    "take": _part(["reference"], gives=_CALL["gives"], reference=_NAME),
    "release": _part([]),
    "hold": {
        "description": "Minutes until it is given back.",
        "type": "integer",
        "minimum": 5,
        "maximum": 1440,
    },
    "empty": {"$ref": "#/$defs/text"},
}
_OF_KIND: dict[str, tuple[dict[str, Any], list[str]]] = {
    "inform": ({}, ["title"]),
    "form": ({"fields": {"type": "array", "minItems": 1, "maxItems": 40, "items": {"$ref": "#/$defs/field"}}}, ["title", "fields"]),
    "choose": ({"options": _OPTIONS, **_LISTED, "empty": {"$ref": "#/$defs/text"}}, ["title"]),
    "review": ({}, ["title"]),
    "confirm": ({"button": {"$ref": "#/$defs/text"}}, ["title"]),
    "lookup": (_CALL, ["connector", "operation"]),
    "call": ({**_CALL, "undo": _UNDO}, ["connector", "operation"]),
    "pay": ({"amount": _CODE, "currency": {"enum": ["CNY", "USD", "EUR", "HKD"]}, "for": {"$ref": "#/$defs/text"}}, ["title", "amount", "for"]),
    "book": (_BOOK, ["title", "connector", "slots", "label", "take"]),
    "ticket": ({"service": _SLUG, "priority": _SLUG}, ["service"]),
    "case": ({"group": _SLUG}, ["title", "group"]),
    "print": ({"slip": {"$ref": "#/$defs/text"}}, ["title", "slip"]),
    "message": ({"to": _CODE}, ["text", "to"]),
    "handover": ({"service": _SLUG}, ["title", "service"]),
    "survey": ({}, ["title"]),
    "end": ({"outcome": {"enum": ["done", "refused", "abandoned"]}}, ["title"]),
}  # fmt: skip


def of_step(kind: str) -> dict[str, Any]:
    """The schema of one kind of step; the step's name stands under its kind (``form: account``)."""
    own, required = _OF_KIND[kind]
    return {
        "type": "object",
        "required": [kind, *required],
        "properties": {kind: _NAME, **_SHARED, **own},
        "additionalProperties": False,
    }


_USE = {
    "type": "object",
    "required": ["use"],
    "properties": {"use": _NAME},
    "additionalProperties": False,
}
_STEPS = {
    "type": "array",
    "minItems": 1,
    "maxItems": 200,
    "items": {"oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in (*STEPS, "use")]},
}
DEFINITIONS: dict[str, Any] = {
    "text": _TEXT,
    "option": _OPTION,
    "field": _FIELD,
    "use": _USE,
    **{kind: of_step(kind) for kind in STEPS},
}
_TOP: dict[str, Any] = {
    "flow": {**_SLUG, "description": "The service's short name."},
    "name": {"$ref": "#/$defs/text"},
    "summary": {"$ref": "#/$defs/text"},
    "category": _SLUG,
    "channels": {**_SHARED["channels"], "description": "Where customers and staff can use it."},
    "offline": {"enum": ["works", "queued", "refused"]},
    "versions": {"enum": ["pinned", "upgrade"]},
    "longer": {"type": "string", "minLength": 8, "description": "Why it takes more than five steps."},
    "purposes": {"type": "array", "uniqueItems": True, "items": _SLUG},
    "open": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["days", "from", "to"],
            "properties": {
                "days": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(DAYS)}},
                "from": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
                "to": {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"},
            },
            "additionalProperties": False,
        },
    },
    "currency": {"enum": ["CNY", "USD", "EUR", "HKD"]},
    "prices": {"type": "object", "propertyNames": _NAME, "additionalProperties": {"type": "integer", "minimum": 0}},
    "values": {"type": "object", "propertyNames": _NAME, "additionalProperties": _CODE},
    "keeps-days": {"type": "integer", "minimum": 0, "maximum": 3650},
    "experiment": {
        "description": "Variants that customers get by chance; expressions read given.variant.",
        "type": "object",
        "required": ["name", "variants"],
        "properties": {
            "name": _SLUG,
            "variants": {
                "type": "object",
                "description": "The share of each, as a whole number: 50 and 50, or 9 and 1.",
                "minProperties": 2,
                "maxProperties": 10,
                "propertyNames": _NAME,
                "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 10000},
            },
        },
        "additionalProperties": False,
    },
    "parts": {"type": "object", "propertyNames": _NAME, "additionalProperties": {"$ref": "#/$defs/steps"}},
    "steps": {"$ref": "#/$defs/steps"},
}  # fmt: skip


def top(*, steps_too: bool) -> dict[str, Any]:
    """The schema of a definition; without its steps when those are checked one by one, by their kind."""
    loose = {"type": "array", "minItems": 1, "maxItems": 200}
    parts = {"type": "object", "propertyNames": _NAME, "additionalProperties": loose}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Servicehall: the definition of a service",
        "type": "object",
        "required": ["flow", "name", "category", "channels", "steps"],
        "properties": _TOP if steps_too else {**_TOP, "steps": loose, "parts": parts},
        "additionalProperties": False,
        "$defs": {**DEFINITIONS, "steps": _STEPS},
    }
