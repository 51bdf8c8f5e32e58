"""Texts with ``${expression}`` in them: taken apart, and put together again with values.

A filter after a bar says how a value is written: ``${pay.amount | money}``. Filters: money (minor units of the
flow’s currency), number, date, time, day and moment (of the hall’s own time, short), masked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal

from servicehall.kernel.money import Money
from servicehall.kernel.protection import masking

FILTERS = ("money", "number", "date", "time", "moment", "day", "masked")
_FILTER = re.compile(rf"(?<!\|)\|\s*({'|'.join(FILTERS)})\s*$")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_LOCALES = {"zh-Hans": "zh_Hans_CN", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Hole:
    """An expression in a text, how its value is written, and at which character of the text it begins."""

    source: str
    filter: str
    at: int


class Unclosed(ValueError):
    """A text with ``${`` and no ``}``; ``at`` is the character where it begins."""

    def __init__(self, at: int) -> None:
        super().__init__(str(at))
        self.at = at


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[str | Hole, ...]:
    """The text's words and holes, in order.

    Raises:
        Unclosed: a hole does not end.
    """
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[str | Hole]:
    done = 0
    while (start := text.find("${", done)) >= 0:
        if start > done:
            yield text[done:start]
        end = _end(text, start + 2)
        inner = text[start + 2 : end]
        found = _FILTER.search(inner)
        source = inner[: found.start()] if found else inner
        yield Hole(source.strip(), found[1] if found else "", start)
        done = end + 1
    if done < len(text):
        yield text[done:]


def _end(text: str, start: int) -> int:
    """Where the hole that begins at ``start`` ends: braces inside it are counted, those in quotes are not."""
    depth, at = 1, start
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
            continue
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
        at += 1
    raise Unclosed(start - 2)


def holes(text: str) -> list[Hole]:
    """The text's holes; none when it cannot be taken apart, which is told elsewhere."""
    try:
        return [part for part in parts(text) if isinstance(part, Hole)]
    except Unclosed:
        return []


def bare(text: str) -> str:
    """A text without values: a sign stands for each."""
    return "".join(part if isinstance(part, str) else "…" for part in parts(text))


def is_wordless(text: str) -> bool:
    """Whether nothing in a text is in any language: holes, digits and signs only."""
    return not any(char.isalpha() for part in parts(text) if isinstance(part, str) for char in part)


def written(value: Any, form: str, *, language: str, currency: str) -> str:
    """A value as people read it; what does not have the form that the filter expects is written as it is."""
    locale = _LOCALES.get(language, "en_GB")
    if value is None:
        return ""
    writer = _WRITERS.get(form)
    if writer is None:
        return _plain(value, locale)
    try:
        return writer(value, locale, currency)
    except (TypeError, ValueError):
        return str(value)


def _plain(value: Any, locale: str) -> str:
    if isinstance(value, bool):
        return (
            {True: "是", False: "否"}[value] if locale.startswith("zh") else {True: "yes", False: "no"}[value]
        )
    if isinstance(value, float):
        return str(format_decimal(value, locale=locale))
    if isinstance(value, list):
        return ("、" if locale.startswith("zh") else ", ").join(_plain(one, locale) for one in value)
    return str(value)


def _money(value: Any, locale: str, currency: str) -> str:
    return Money(int(value), currency).words(locale.replace("_", "-"))


def _date(value: Any, locale: str, _currency: str) -> str:
    return str(
        format_date(
            dt.date.fromisoformat(str(value)[:10]), "full" if len(str(value)) <= 10 else "long", locale=locale
        )
    )


def _time(value: Any, locale: str, _currency: str) -> str:
    text = str(value)
    if len(text) <= 8:
        return str(dt.time.fromisoformat(text).strftime("%H:%M"))
    return str(format_datetime(dt.datetime.fromisoformat(text), "short", locale=locale))


def _day(value: Any, locale: str, _currency: str) -> str:
    return str(format_skeleton("MMMEd", dt.date.fromisoformat(str(value)[:10]), locale=locale))


def _moment(value: Any, locale: str, currency: str) -> str:
    """A day and an hour of the hall's own time, as it was told: it is in no zone."""
    return f"{_day(value, locale, currency)} {dt.datetime.fromisoformat(str(value)):%H:%M}"


_WRITERS: dict[str, Callable[[Any, str, str], str]] = {
    "money": _money,
    "number": lambda value, locale, _currency: str(format_decimal(value, locale=locale)),
    "date": _date,
    "time": _time,
    "day": _day,
    "moment": _moment,
    "masked": lambda value, _locale, _currency: masking.masked("id_number", str(value)),
}
