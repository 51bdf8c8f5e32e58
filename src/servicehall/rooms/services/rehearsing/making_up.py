"""Answers and results made up, so that a flow can be looked at before anybody filled anything in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from servicehall.rooms.services import answering, booking, brought
from servicehall.rooms.services.language.definition import Book, Call, Choose, Field, Form, Step
from servicehall.rooms.services.language.expressions import CannotEvaluate
from servicehall.rooms.services.language.kinds import EMPTY, FILES, Kind
from servicehall.rooms.services.language.program import Program
from servicehall.rooms.services.path import Path

from . import spoken_of

Schema = Mapping[str, Any]
_MONEY = ("amount", "price", "fee", "total", "deposit")
_DAY = "2026-12-01"
_TEXTS = {"en": "Sample", "zh-Hans": "示例"}
_ANSWERS: dict[str, dict[str, Any]] = {
    "en": {"text": "Sample", "long": "A sample of what customers write.", "name": "Chen Jing", "address": "18 Willow Lane"},
    "zh-Hans": {"text": "示例", "long": "客户填写的内容示例。", "name": "陈静", "address": "柳巷18号"},
}  # fmt: skip
_EVERYWHERE: dict[str, Any] = {
    "phone": "13800138000",
    "email": "name@example.com",
    "id-number": "11010519491231002X",
    "scan": "690123456789",
    "date": _DAY,
    "time": "14:30",
    "yes": True,
}


def answer_to(program: Program, step: Step, values: Mapping[str, Any], language: str) -> Any:
    """An answer that fits the step, as far as one can be thought of; None where it cannot."""
    if isinstance(step, Form):
        return _form(program, step, values, language)
    if isinstance(step, Choose):
        return _first(program, step, values)
    return True


def _first(program: Program, owner: Field | Choose, values: Mapping[str, Any]) -> str | None:
    try:
        return next((one.value for one in answering.options(program, owner, values)), None)
    except CannotEvaluate:
        return None


def _form(program: Program, form: Form, values: Mapping[str, Any], language: str) -> dict[str, Any]:
    known, found = dict(values), {}
    for field in form.fields:
        name = f"{form.id}.{field.id}"
        known[name] = EMPTY.get(field.kind)
        if not answering.is_asked(program, field, form, known):
            continue
        value = answering.default(program, field, known)
        if value in (None, ""):
            value = _field(program, field, known, language)
        if value is not None:
            found[field.id] = known[name] = value
    return found


def _field(program: Program, field: Field, values: Mapping[str, Any], language: str) -> Any:
    if field.options or field.listed:
        first = _first(program, field, values)
        return [first] if field.type == "choices" and first is not None else first
    if field.type in {"whole", "money", "number"}:
        usual = 12_800 if field.type == "money" else 1
        least = field.least if field.least is not None else usual
        chosen = max(least, min(usual, field.most if field.most is not None else usual))
        return chosen if field.type == "number" else int(chosen)
    if field.type == "digits":
        return "1234567890123456789"[: int(field.least or field.most or 6)].ljust(int(field.least or 0), "0")
    words = _ANSWERS.get(language, _ANSWERS["en"])
    if field.type in FILES:
        return [file(brought.types(field)[0], number) for number in range(int(field.least or 1))]
    if field.type == "signature":
        return signature(words["name"])
    text = words.get(field.type) or _EVERYWHERE.get(field.type) or words["text"]
    if isinstance(text, str) and field.most is not None and field.type in words:
        text = text[: int(field.most)]
    return text


def file(media_type: str, number: int = 0) -> dict[str, Any]:
    """A file as an answer names it; there is none behind it."""
    return {"id": f"sample-{number + 1}", "type": media_type, "size": 1_000}


def signature(name: str) -> dict[str, Any]:
    """A signature by a typed name."""
    return {"way": "typed", "name": name, "yes": True}


def result_of(program: Program, step: Step, schema: Schema | None = None) -> dict[str, Any]:
    """What a step that machines do may give, by the schema of its operation where one is known."""
    if isinstance(step, Call):
        return _results(program, step.id, step.results, schema)
    if isinstance(step, Book):
        known = schema or {}
        slots = _results(program, step.id, step.slots.results, known.get("slots")).get(step.offered)
        if "slots" not in known or not isinstance(slots, list):
            slots = [spoken_of.slot_of(program, step)]
        return {"slots": slots, "take": _results(program, step.id, step.take.results, known.get("take"))}
    samples = {"number": "A001", "code": "SAMPLE", "reference": "SAMPLE"}
    return {name: samples.get(name, _of_kind(kind, name)) for name, kind in step.gives().items()}


def _results(
    program: Program, step: str, results: Mapping[str, Kind], schema: Schema | None
) -> dict[str, Any]:
    shapes = (schema or {}).get("properties") or {}
    return {
        name: of_schema(shapes[name], name) if name in shapes else _spoken(program, f"{step}.{name}", kind)
        for name, kind in results.items()
    }


def _spoken(program: Program, name: str, kind: Kind) -> Any:
    """What no schema tells, by what the definition speaks of in it."""
    if kind not in {Kind.LIST, Kind.RECORD}:
        return _of_kind(kind, name)
    record = spoken_of.record_of(program, name)
    return record if kind is Kind.RECORD else [record] if record else []


def offered(program: Program, step: Book, values: Mapping[str, Any], schema: Schema | None) -> Path:
    """The place of a path at which times are offered."""
    listed = {step.offered: result_of(program, step, schema)["slots"]}
    held = booking.answered(step, booking.kept(step, None, values), "done", listed, "")
    return Path((), step, values, booking=held)


def _booked(program: Program, step: Book, values: Mapping[str, Any], schema: Schema | None) -> dict[str, Any]:
    held = offered(program, step, values, schema).booking or booking.kept(step, None, values)
    slot = (held.found or [{}])[0]
    taken = result_of(program, step, schema)["take"]
    after = booking.answered(
        step, booking.wished(held, slot, str(slot.get(step.value, "S1"))), "done", taken, ""
    )
    return {name.removeprefix(f"{step.id}."): value for name, value in booking.own(step, after).items()}


def gives_of(
    program: Program, step: Step, values: Mapping[str, Any], language: str, schema: Schema | None
) -> dict[str, Any]:
    """What later expressions may find of a step, whatever kind it is."""
    if isinstance(step, Form):
        return _form(program, step, values, language)
    if isinstance(step, Choose):
        try:
            shown = answering.options(program, step, values)
        except CannotEvaluate:
            shown = []
        return {"value": shown[0].value, "item": shown[0].item or {}} if shown else {"value": "", "item": {}}
    if isinstance(step, Book):
        return _booked(program, step, values, schema)
    return result_of(program, step, schema)


def _of_kind(kind: Kind, name: str) -> Any:
    number = 12_800 if any(word in name for word in _MONEY) else 1
    return {
        Kind.TEXT: "SAMPLE",
        Kind.WHOLE: number,
        Kind.NUMBER: float(number),
        Kind.TRUTH: True,
        Kind.LIST: [],
        Kind.RECORD: {},
    }.get(kind, "SAMPLE")


def of_schema(schema: Schema, name: str = "") -> Any:
    """A value that fits a JSON Schema, as far as schemas of operations go."""
    for given in ("const", "default", "example"):
        if given in schema:
            return schema[given]
    listed = schema.get("examples") or schema.get("enum")
    if listed:
        return listed[0]
    for branch in ("oneOf", "anyOf", "allOf"):
        if schema.get(branch):
            return of_schema(schema[branch][0], name)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object" or "properties" in schema:
        return {one: of_schema(inner, one) for one, inner in (schema.get("properties") or {}).items()}
    if kind == "array":
        return [
            of_schema(schema.get("items") or {}, name) for _one in range(max(1, schema.get("minItems", 1)))
        ]
    return _plain(schema, kind, name)


def _plain(schema: Schema, kind: Any, name: str) -> Any:
    if kind == "integer":
        return max(int(schema.get("minimum", 0)), _of_kind(Kind.WHOLE, name))
    if kind == "number":
        return max(float(schema.get("minimum", 0)), _of_kind(Kind.NUMBER, name))
    if kind == "boolean":
        return True
    if schema.get("format") == "date-time":
        return f"{_DAY}T10:00:00+08:00"
    if schema.get("format") == "date" or schema.get("pattern", "").count(r"\d") == 3:
        return _DAY
    if schema.get("format") == "time":
        return "10:00"
    return _TEXTS.get(name, "SAMPLE")
