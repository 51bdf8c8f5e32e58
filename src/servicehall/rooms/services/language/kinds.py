"""Kinds of values: what a field's answer, a look-up's result or an expression is."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """A kind of value, as expressions know it."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    TRUTH = "truth"
    LIST = "list"
    RECORD = "record"
    ANY = "any"


FIELD_KINDS: dict[str, Kind] = {
    "text": Kind.TEXT,
    "long": Kind.TEXT,
    "name": Kind.TEXT,
    "phone": Kind.TEXT,
    "email": Kind.TEXT,
    "address": Kind.TEXT,
    "id-number": Kind.TEXT,
    "digits": Kind.TEXT,
    "scan": Kind.TEXT,
    "date": Kind.TEXT,
    "time": Kind.TEXT,
    "whole": Kind.WHOLE,
    "money": Kind.WHOLE,
    "number": Kind.NUMBER,
    "yes": Kind.TRUTH,
    "choice": Kind.TEXT,
    "choices": Kind.LIST,
    "photo": Kind.LIST,
    "file": Kind.LIST,
    "signature": Kind.RECORD,
}
"""What the answer to each type of field is. Dates and times are ISO 8601 texts, money is in minor units, files are
records of ``id``, ``type`` and ``size``, a signature is one with ``way`` (drawn or typed)."""

FILES = ("photo", "file")
TAKEN_ON: dict[str, tuple[str, ...]] = {"file": ("phone", "desk")}
"""The channels on which a type can be taken, where that is not every one: a kiosk has a camera, and no files of a
customer's."""

EMPTY: dict[Kind, object] = {Kind.TEXT: "", Kind.TRUTH: False, Kind.LIST: [], Kind.RECORD: {}}
"""What stands for an answer that was not given, where the kind has a natural nothing; a number has none (null)."""


def of_optional(kind: Kind) -> Kind:
    """The kind of a value that may be missing."""
    return kind if kind in EMPTY else Kind.ANY
