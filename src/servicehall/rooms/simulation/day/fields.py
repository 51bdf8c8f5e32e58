"""The fields of a plan's document, one by one: what is there, or a finding at its place. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .findings import Finding, is_kept
from .plan import DAY
from .spreads import KINDS, Spread

LONGEST, LONGEST_NAME = 80, 500
MOST_MINUTES = 600.0
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)")


def as_time(minute: int) -> str:
    """A minute of the day as it is written: 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _written(value: Any) -> str:
    return str(value)[:40]


class Fields:
    """One table of the document, at its place; findings are collected in one list for all."""

    def __init__(self, value: Any, where: str, findings: list[Finding], known: Collection[str] = ()) -> None:
        self.where, self.findings = where, findings
        self.values: Mapping[str, Any] = {}
        if isinstance(value, Mapping):
            self.values = {str(key): one for key, one in value.items()}
        elif value is not None:
            self.find("not-a-table")
        for name in self.values:
            if known and name not in known:
                self.find("unknown-field", value=_written(name))

    def at(self, name: str) -> str:
        """The place of a field."""
        return f"{self.where}.{name}" if self.where else name

    def find(self, code: str, name: str = "", **facts: Any) -> None:
        """Note what is wrong."""
        self.findings.append(Finding(code, self.at(name) if name else self.where, facts))

    def table(self, name: str, known: Collection[str] = ()) -> Fields:
        """A table in this one; empty when it is not there."""
        return Fields(self.values.get(name), self.at(name), self.findings, known)

    def tables(self, name: str, known: Collection[str], most: int) -> Iterator[Fields]:
        """The tables of a list."""
        found = self.values.get(name) or []
        if not isinstance(found, list):
            self.find("not-a-list", name)
            return
        if len(found) > most:
            self.find("too-many", name, value=len(found), most=most)
            return
        for number, one in enumerate(found, 1):
            if not isinstance(one, Mapping):
                self.find("not-a-table", f"{name}.{number}")
                continue
            yield Fields(one, self.at(f"{name}.{number}"), self.findings, known)

    def named(self, name: str, most: int) -> dict[str, Any]:
        """What stands under names of the document's own (classes, services, counters)."""
        found = self.table(name).values
        if len(found) > most:
            self.find("too-many", name, value=len(found), most=most)
            return {}
        return {key: one for key, one in found.items() if self.is_name(name, key)}

    def is_name(self, name: str, key: str) -> bool:
        """Whether that can be a name; a finding when not."""
        if 1 <= len(key) <= LONGEST and is_kept(key):
            return True
        self.find("not-text", name, most=LONGEST)
        return False

    def text(self, name: str, default: str = "") -> str:
        """A short text."""
        value = self.values.get(name)
        if value is None:
            return default
        if not self.is_text(name, value):
            return default
        return str(value).strip()

    def is_text(self, name: str, value: Any, most: int = LONGEST) -> bool:
        """Whether that is a short text that can be kept, or a number in its place; a finding when not."""
        if isinstance(value, str | int) and len(str(value)) <= most and is_kept(str(value)):
            return True
        self.find("not-text", name, most=most)
        return False

    def translated(self, name: str) -> dict[str, str]:
        """A text in several languages, by their tags."""
        table, found = self.table(name), dict[str, str]()
        for code, words in table.values.items():
            if not isinstance(words, str):
                table.find("not-text", _written(code), most=LONGEST_NAME)
            elif table.is_name(_written(code), code) and table.is_text(code, words, LONGEST_NAME):
                found[code] = words
        return found

    def choice(self, name: str, known: Collection[str], default: str = "") -> str:
        """One of the known names."""
        value = self.text(name, default)
        if not value:
            self.find("missing", name)
        elif value not in known:
            self.unknown(name, value, known)
        return value

    def unknown(self, name: str, value: Any, known: Collection[str]) -> None:
        """A name that stands for nothing."""
        self.find("unknown-name", name, value=_written(value), known=", ".join(sorted(known)[:20]) or "–")

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """A number within bounds; infinite ones and no-numbers are none."""
        value = self.values.get(name)
        return default if value is None else self.checked(value, name, default, low, high)

    def checked(self, value: Any, name: str, default: float, low: float, high: float) -> float:
        """The value as a number within bounds, at a field's place."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.find("not-a-number", name, value=_written(value))
            return default
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if not low <= found <= high:
            self.find("out-of-range", name, value=_written(value), low=f"{low:g}", high=f"{high:g}")
            return default
        return found

    def whole(self, name: str, default: int | None, low: int, high: int) -> int | None:
        """A whole number within bounds."""
        value = self.values.get(name)
        if value is None:
            return default
        found = self.checked(value, name, float(low), low, high)
        if found != int(found):
            self.find("not-whole", name, value=_written(value))
        return int(found)

    def count(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number that always is there."""
        return self.whole(name, default, low, high) or 0

    def time(self, name: str) -> int:
        """A time of day, in minutes. (YAML reads 10:30 without quotes as 630, which is the same minute.)"""
        value = self.values.get(name)
        if value is None:
            self.find("missing", name)
            return 0
        match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
        minute = int(match[1]) * 60 + int(match[2]) if match else value
        if isinstance(minute, bool) or not isinstance(minute, int) or not 0 <= minute <= DAY:
            self.find("not-a-time", name, value=_written(value))
            return 0
        return minute

    def span(self, begins: str = "from", ends: str = "to") -> tuple[int, int]:
        """A beginning and a later end."""
        before = len(self.findings)
        first, last = self.time(begins), self.time(ends)
        if len(self.findings) == before and last <= first:
            self.find("ends-before", ends)
        return first, last

    def spread(self, name: str, default: Spread | None, kind: str) -> Spread | None:
        """How long something takes: a mean in minutes, or kind, mean and cv."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, Mapping):
            cv = 1.0 if kind == "exponential" else 0.6
            return Spread(kind, self.checked(value, name, 1.0, 0.01, MOST_MINUTES), cv)
        inner = self.table(name, ("kind", "mean", "cv"))
        if "mean" not in inner.values:
            inner.find("missing", "mean")
        return Spread(
            inner.choice("kind", KINDS, kind),
            inner.number("mean", 1.0, 0.01, MOST_MINUTES),
            inner.number("cv", 0.6, 0.0, 5.0),
        )

    def names(self, name: str, most: int = 200) -> list[str] | None:
        """A list of names; None when there is none."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) > most:
            self.find("not-a-list", name)
            return []
        return [str(one).strip() for one in value if self.is_text(name, one)]
