"""Expressions: CEL (Common Expression Language) by Google's engine. No other file knows which engine it is.

Names with dots are names of their own (``account.number``), so that the engine finds a dangling one and a wrong
type before anybody runs the flow. Conformance is measured in tests/rooms/services/test_conformance.py.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .kinds import Kind

LONGEST = 2_000
"""Characters of an expression."""


class Faulty(ValueError):
    """An expression that cannot be; ``column`` (from 1) says where, ``problem`` what, in the engine's words."""

    def __init__(self, problem: str, column: int = 1, name: str = "") -> None:
        super().__init__(problem)
        self.problem, self.column, self.name = problem, column, name


class Unfitting(Faulty):
    """An expression that gives another kind of value than is needed there."""

    def __init__(self, given: Kind, wanted: Iterable[Kind]) -> None:
        super().__init__("gives another kind")
        self.given, self.wanted = given, tuple(wanted)


class CannotEvaluate(Exception):
    """With these values there is no result: divided by zero, looked for what is not there."""


@cache
def _engine() -> Any:
    """The engine, loaded when it is first needed: it is 14 MB."""
    from cel_expr_python import cel

    return cel


@cache
def _types() -> dict[Kind, Any]:
    types = _engine().Type
    return {
        Kind.TEXT: types.STRING,
        Kind.WHOLE: types.INT,
        Kind.NUMBER: types.DOUBLE,
        Kind.TRUTH: types.BOOL,
        Kind.LIST: types.List(types.DYN),
        Kind.RECORD: types.Map(types.STRING, types.DYN),
        Kind.ANY: types.DYN,
    }


_KINDS = {
    "STRING": Kind.TEXT,
    "INT": Kind.WHOLE,
    "UINT": Kind.WHOLE,
    "DOUBLE": Kind.NUMBER,
    "BOOL": Kind.TRUTH,
    "LIST": Kind.LIST,
    "MAP": Kind.RECORD,
}
# Strings first: a name inside one is no name. Then names with their dots.
_TOKEN = re.compile(
    r"""[rRbB]{0,2}(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""|//[^\n]*|(?<![\w.)\]])(?P<name>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)"""
)
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_WHERE = re.compile(r"<input>:(\d+):(\d+): (.*)")


def names_in(source: str) -> list[str]:
    """The dotted names that occur outside of strings, in order."""
    return [
        re.sub(r"\s", "", found["name"]) for found in _TOKEN.finditer(source) if found["name"] is not None
    ]


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression: the names that it needs, the kind of its result."""

    source: str
    needs: frozenset[str]
    kind: Kind
    compiled: Any

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The result with these values; a name that is needed and absent is an error unless ``&&`` or ``||`` absorbs it.

        Raises:
            CannotEvaluate: there is no result.
        """
        engine = _engine()
        try:
            result = self.compiled.eval(data={name: values[name] for name in self.needs if name in values})
        except (RuntimeError, ValueError, TypeError, OverflowError) as problem:
            raise CannotEvaluate(str(problem)) from None
        if result.type() == engine.Type.ERROR or result.type() == engine.Type.UNKNOWN:
            raise CannotEvaluate(str(result.plain_value()))
        return _plain(result.plain_value())


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


class Names:
    """What expressions at one place may speak of: names and their kinds."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = dict(kinds)
        types = _types()
        # A name is a whole or a part of another's (`order` and `order.total`): the engine takes the longest.
        self._engine = _engine().NewEnv(variables={name: types[kind] for name, kind in self.kinds.items()})

    def _needed(self, source: str) -> Iterable[str]:
        for found in names_in(source):
            parts = found.split(".")
            for length in range(len(parts), 0, -1):
                if (name := ".".join(parts[:length])) in self.kinds:
                    yield name
                    break

    def check(self, source: str, *kinds: Kind) -> Expression:
        """The expression, when its names are known, its types fit and its result is one of ``kinds`` (default: any).

        Raises:
            Faulty: it does not.
        """
        if len(source) > LONGEST:
            raise Faulty(f"longer than {LONGEST} characters")
        try:
            compiled = self._engine.compile(source)
        except (RuntimeError, ValueError) as problem:
            raise _fault(str(problem)) from None
        returned = str(compiled.return_type().name()).split("<")[0]
        kind = _KINDS.get(returned, Kind.ANY)
        fits = kind is Kind.ANY or kind in kinds or (kind is Kind.WHOLE and Kind.NUMBER in kinds)
        if kinds and not fits:
            raise Unfitting(kind, kinds)
        return Expression(source, frozenset(self._needed(source)), kind, compiled)


def _fault(told: str) -> Faulty:
    """The engine's words, without its picture of the text."""
    where = _WHERE.search(told)
    problem = (where[3] if where else told).split(" [INVALID_ARGUMENT]")[0].split(" (in container")[0]
    unknown = _UNKNOWN.search(told)
    return Faulty(problem.strip(), int(where[2]) if where else 1, unknown[1] if unknown else "")
