"""Two texts side by side: lines that are the same, that went, that came, and within a changed line the words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

CONTEXT = 3
"""Lines around what changed that are shown."""
LONGEST = 400
"""Characters of a line that is compared word by word; longer ones are simply other lines."""
ALIKE = 0.5
"""Two lines with less in common than this are two lines, not a changed one."""
_WORDS = re.compile(r"[A-Za-z0-9_-]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; ``other``: the other side has it otherwise."""

    text: str
    other: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one text with its number; no number: on this side there is none."""

    number: int = 0
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """Two lines beside one another. ``kind``: same, changed, removed, added, or gap (``count`` lines left out)."""

    kind: str
    left: Line = Line()
    right: Line = Line()
    count: int = 0


def rows(left: str, right: str, *, context: int = CONTEXT) -> list[Row]:
    """What is different, with a few lines around it; nothing when the texts are the same."""
    one, two = left.splitlines(), right.splitlines()
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    groups = list(matcher.get_grouped_opcodes(context))
    found: list[Row] = []
    at = 0
    for group in groups:
        if (skipped := group[0][1] - at) > 0:
            found.append(Row("gap", count=skipped))
        for tag, i1, i2, j1, j2 in group:
            found += _rows(tag, one[i1:i2], two[j1:j2], i1 + 1, j1 + 1)
        at = group[-1][2]
    if groups and (rest := len(one) - at) > 0:
        found.append(Row("gap", count=rest))
    return found


def _rows(tag: str, left: list[str], right: list[str], i: int, j: int) -> Iterator[Row]:
    both = min(len(left), len(right))
    for n in range(both):
        if tag == "equal":
            yield Row("same", Line(i + n, (Piece(left[n]),)), Line(j + n, (Piece(right[n]),)))
        else:
            was, now = _pieces(left[n], right[n])
            yield Row("changed", Line(i + n, was), Line(j + n, now))
    for n in range(both, len(left)):
        yield Row("removed", Line(i + n, (Piece(left[n], other=True),)))
    for n in range(both, len(right)):
        yield Row("added", right=Line(j + n, (Piece(right[n], other=True),)))


def _pieces(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    one, two = _WORDS.findall(left[:LONGEST]), _WORDS.findall(right[:LONGEST])
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    if max(len(left), len(right)) > LONGEST or matcher.ratio() < ALIKE:
        return (Piece(left, other=True),), (Piece(right, other=True),)
    was: list[Piece] = []
    now: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if i2 > i1:
            was.append(Piece("".join(one[i1:i2]), other=tag != "equal"))
        if j2 > j1:
            now.append(Piece("".join(two[j1:j2]), other=tag != "equal"))
    return tuple(was), tuple(now)
