"""The engine of expressions does what the specification of CEL says: its own core tests, and the share that passes."""

from __future__ import annotations

import base64
import json
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from servicehall.rooms.services.language import expressions

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "cel-spec" / "simple-tests.json"
CORE = (
    "basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists", "logic", "macros", "parse",
    "plumbing", "string", "timestamps",
)  # fmt: skip
PASSED, RUN = 1049, 1053
"""Measured with cel-expr-python 0.1.3. Fewer is a step back; more is a reason to write the new number here."""

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.skipif(not VECTORS.exists(), reason="the specification's vectors are not at hand"),
]


@cache
def cases() -> list[tuple[str, dict[str, Any]]]:
    listed = json.loads(VECTORS.read_text(encoding="utf-8"))
    # "skip" marks the cases that need protocol buffers, containers of names or types as values.
    return [(name, case) for name in CORE for case in listed[name] if "skip" not in case]


def value_of(typed: dict[str, Any]) -> Any:
    """A value of the vectors in Python."""
    kind: str = typed["t"]
    value: Any = typed.get("v")
    match kind:
        case "int" | "uint":
            return int(value)
        case "double":
            return float(value)
        case "bytes":
            return base64.b64decode(value)
        case "list":
            return [value_of(one) for one in value]
        case "map":
            return {value_of(key): value_of(one) for key, one in value}
    return value


PRIMITIVES = {"INT64": "INT", "UINT64": "UINT", "DOUBLE": "DOUBLE", "BOOL": "BOOL", "STRING": "STRING", "BYTES": "BYTES"}  # fmt: skip


def declared(case: dict[str, Any]) -> dict[str, Any]:
    types = expressions._engine().Type
    found = dict.fromkeys(case.get("bindings", {}), types.DYN)
    for text in case.get("type_env", []):
        name = re.search(r'name: "([^"]+)"', text)
        primitive = re.search(r"\n  type \{\s*primitive: (\w+)", text)
        if name:
            found[name[1]] = getattr(types, PRIMITIVES[primitive[1]]) if primitive else types.DYN
    return found


def same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(found, float):
        return found == wanted or (math.isnan(found) and math.isnan(wanted))
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(same(a, b) for a, b in zip(found, wanted, strict=True))
    if isinstance(wanted, bytes):
        return isinstance(found, bytes | bytearray) and bytes(found) == wanted
    return type(found) is type(wanted) and bool(found == wanted)


def passes(case: dict[str, Any]) -> bool:
    engine = expressions._engine()
    failed = str(case["matcher"]) == "eval_error"
    try:
        environment = engine.NewEnv(variables=declared(case), container=case["container"])
        compiled = environment.compile(case["expr"], disable_check=case["disable_check"])
        result = compiled.eval(data={name: value_of(one) for name, one in case.get("bindings", {}).items()})
    except (RuntimeError, ValueError, OverflowError, TypeError):
        return failed
    if result.type() == engine.Type.ERROR:
        return failed
    return not failed and same(result.plain_value(), value_of(case["value"]) if "value" in case else True)


def test_the_core_of_the_specification_passes_at_its_measured_share() -> None:
    wrong = [
        (name, case["section"], case["name"], case["expr"]) for name, case in cases() if not passes(case)
    ]
    assert len(cases()) == RUN
    assert len(cases()) - len(wrong) == PASSED, wrong
    assert PASSED / RUN >= 0.99
