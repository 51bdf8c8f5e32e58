"""Records of other systems made up from what a definition speaks of in them, where no schema says it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from servicehall.rooms.services.language import texts
from servicehall.rooms.services.language.definition import Book, Choose, Form, Listed, Words
from servicehall.rooms.services.language.program import Program

_MACRO = r"(?:filter|map|all|exists|exists_one)\(\s*(\w+)\s*,"
_PATH = r"((?:\.[A-Za-z_]\w*\b(?!\s*\()|\['[^']+'\])+)"
_PART = re.compile(r"\.(\w+)|\['([^']+)'\]")
_COMPARED = re.compile(r"\)?\s*(?:[<>]=?|==|!=|[-+*/])\s*\d")
_MONEY = ("amount", "price", "fee", "total", "deposit")
_TEXTS = {"en": "Sample", "zh-Hans": "示例"}


def record_of(program: Program, name: str) -> dict[str, Any]:
    """A record of the result called so (or of the list called so), with what the definition speaks of in it."""
    found: dict[str, Any] = {}
    everywhere = [code.source for step in program.flow.steps for code, _part in program.codes(step)]
    everywhere += [code.source for code in program.flow.values.values()]
    _speak(found, everywhere, name)
    for source in everywhere:
        for alias in re.findall(rf"\b{re.escape(name)}\.{_MACRO}", source):
            _speak(found, [source], alias)
    for owner, listed in _lists(program):
        if re.search(rf"\b{re.escape(name)}\b", listed.items.source):
            _speak(found, _holes(listed.label, listed.detail), "item")
            if owner:
                _speak(found, everywhere, f"{owner}.item")
            found.setdefault(listed.value, "SAMPLE")
    return found


def slot_of(program: Program, step: Book) -> dict[str, Any]:
    """A time that such a step may be offered."""
    found: dict[str, Any] = {}
    sources = _holes(step.label, step.detail, step.empty)
    _speak(found, [*sources, *([step.free.source] if step.free else [])], "item")
    everywhere = [code.source for one in program.flow.steps for code, _part in program.codes(one)]
    _speak(found, everywhere, f"{step.id}.item")
    return {**found, step.value: "S1", step.starts: "10:00"}


def _lists(program: Program) -> Iterator[tuple[str, Listed]]:
    for step in program.flow.steps:
        if isinstance(step, Choose) and step.listed:
            yield step.id, step.listed
        for field in step.fields if isinstance(step, Form) else ():
            if field.listed:
                yield "", field.listed


def _holes(*many: Words) -> list[str]:
    """The expressions in texts, each with how it is written."""
    return [
        f"{hole.source} | {hole.filter}"
        for words in many
        for text in words.text.values()
        for hole in texts.holes(text)
    ]


def _speak(record: dict[str, Any], sources: list[str], prefix: str) -> None:
    for source in sources:
        for found in re.finditer(rf"(int\(|double\()?(?<![\w.]){re.escape(prefix)}{_PATH}", source):
            is_number = bool(found[1]) or bool(_COMPARED.match(source[found.end() :])) or "| money" in source
            _put(record, [one or other for one, other in _PART.findall(found[2])], is_number=is_number)


def _put(record: dict[str, Any], path: list[str], *, is_number: bool) -> None:
    *above, last = path
    for name in above:
        inner = record.get(name)
        record[name] = record = inner if isinstance(inner, dict) else {}
    known = record.get(last)
    if known is None or (is_number and isinstance(known, str)):
        record[last] = _leaf(last, is_number=is_number)


def _leaf(name: str, *, is_number: bool) -> Any:
    if any(word in name for word in _MONEY):
        return 12_800
    return 1 if is_number else _TEXTS.get(name, "SAMPLE")
