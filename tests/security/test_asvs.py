"""docs/security.md against the standard's numbers and against our own tests."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
# The numbers of OWASP ASVS 5.0.0 by section: those of level 1, then those of level 2.
NUMBERS = {
    "1.1": ("", "1 2"), "1.2": ("1 2 3 4 5", "6 7 8 9"), "1.3": ("1 2", "3 4 5 6 7 8 9 10 11"), "1.4": ("", "1 2 3"),
    "1.5": ("1", "2"),
    "2.1": ("1", "2 3"), "2.2": ("1 2", "3"), "2.3": ("1", "2 3 4"), "2.4": ("", "1"),
    "3.2": ("1 2", ""), "3.3": ("1", "2 3 4"), "3.4": ("1 2", "3 4 5 6"), "3.5": ("1 2 3", "4 5"), "3.7": ("", "1 2"),
    "4.1": ("1", "2 3"), "4.2": ("", "1"), "4.3": ("", "1 2"), "4.4": ("1", "2 3 4"),
    "5.1": ("", "1"), "5.2": ("1 2", "3"), "5.3": ("1 2", ""), "5.4": ("", "1 2 3"),
    "6.1": ("1", "2 3"), "6.2": ("1 2 3 4 5 6 7 8", "9 10 11 12"), "6.3": ("1 2", "3 4"), "6.4": ("1 2", "3 4"),
    "6.5": ("", "1 2 3 4 5"), "6.6": ("", "1 2 3"), "6.8": ("", "1 2 3 4"),
    "7.1": ("", "1 2 3"), "7.2": ("1 2 3 4", ""), "7.3": ("", "1 2"), "7.4": ("1 2", "3 4 5"), "7.5": ("", "1 2"),
    "7.6": ("", "1 2"),
    "8.1": ("1", "2"), "8.2": ("1 2", "3"), "8.3": ("1", ""), "8.4": ("", "1"),
    "9.1": ("1 2 3", ""), "9.2": ("1", "2 3 4"),
    "10.1": ("", "1 2"), "10.2": ("", "1 2"), "10.3": ("", "1 2 3 4"), "10.4": ("1 2 3 4 5", "6 7 8 9 10 11"),
    "10.5": ("", "1 2 3 4 5"), "10.6": ("", "1 2"), "10.7": ("", "1 2 3"),
    "11.1": ("", "1 2"), "11.2": ("", "1 2 3"), "11.3": ("1 2", "3"), "11.4": ("1", "2 3 4"), "11.5": ("", "1"),
    "11.6": ("", "1"),
    "12.1": ("1", "2 3"), "12.2": ("1 2", ""), "12.3": ("", "1 2 3 4"),
    "13.1": ("", "1"), "13.2": ("", "1 2 3 4 5"), "13.3": ("", "1 2"), "13.4": ("1", "2 3 4 5"),
    "14.1": ("", "1 2"), "14.2": ("1", "2 3 4"), "14.3": ("1", "2 3"),
    "15.1": ("1", "2 3"), "15.2": ("1", "2 3"), "15.3": ("1", "2 3 4 5 6 7"),
    "16.1": ("", "1"), "16.2": ("", "1 2 3 4 5"), "16.3": ("", "1 2 3 4"), "16.4": ("", "1 2 3"), "16.5": ("", "1 2 3"),
    "17.1": ("", "1"), "17.2": ("", "1 2 3 4"), "17.3": ("", "1 2"),
}  # fmt: skip


def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall(PAGE.read_text("utf-8"))


@cache
def functions_of(name: str) -> frozenset[str]:
    """The tests of a file; empty when there is none."""
    path = ROOT / "tests" / name
    if not path.is_file():
        return frozenset()
    functions = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(f.name for f in functions if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_number_of_levels_1_and_2_has_one_row() -> None:
    expected = [
        (f"{section}.{number}", level)
        for section, levels in NUMBERS.items()
        for level, numbers in zip("12", levels, strict=True)
        for number in numbers.split()
    ]
    assert len(expected) == 253
    assert sum(level == "1" for _number, level in expected) == 70
    found = [(number, level) for number, level, _what, _proof in rows()]
    assert sorted(found) == sorted(expected)


def test_every_row_names_a_test_or_says_honestly_why_not() -> None:
    wrong = []
    for number, _level, _what, proof in rows():
        named = TEST.findall(proof)
        missing = [f"{name}::{test}" for name, test in named if test not in functions_of(name)]
        reason = re.match(r"not applicable\b.*: \w|not yet \(issue \d+\)|written (in|below)\b", proof)
        if missing or not (named or reason):
            wrong.append((number, missing or proof))
    assert wrong == []


def test_what_is_written_elsewhere_is_there() -> None:
    text = PAGE.read_text("utf-8")
    headings = set(re.findall(r"^## (.+)$", text, re.MULTILINE))
    asked = {quoted for _n, _l, _w, proof in rows() for quoted in re.findall(r"\"([^\"]+)\"", proof)}
    assert asked <= headings
    links = set(re.findall(r"\]\(([^)#:]+\.md)\)", text))
    assert not [link for link in links if not (PAGE.parent / link).is_file()]
