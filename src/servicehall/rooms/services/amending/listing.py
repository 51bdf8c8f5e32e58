"""What of a definition can be changed without writing YAML: texts, options, prices, opening times. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from servicehall.kernel.languages import NAMES
from servicehall.rooms.services.language import source as yaml_source
from servicehall.rooms.services.language.definition import STEPS
from servicehall.rooms.services.language.schema import DAYS
from servicehall.rooms.services.language.source import Path
from servicehall.rooms.services.language.texts import Unclosed, is_wordless

OF_FLOW = ("name", "summary")
OF_STEP = ("title", "text", "help", "speak", "button", "for", "slip", "label", "detail", "empty")
OF_FIELD = ("label", "help", "speak", "pattern-says")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text of the definition, in its languages. ``shared``: it has no words, and is the same in all of them."""

    path: str
    part: str
    texts: Mapping[str, str]
    shared: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The languages in which it is not there."""
        return () if self.shared else tuple(tag for tag in NAMES if not self.texts.get(tag, "").strip())


@dataclass(frozen=True, slots=True)
class Choice:
    """An option that can be chosen, with its label."""

    path: str
    value: str
    label: Wording


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that belong together: of the service, of a step or of a question."""

    kind: str
    name: str
    said: tuple[Wording, ...]
    options: tuple[Choice, ...] = ()
    options_path: str = ""

    @property
    def missing(self) -> int:
        """How many texts are not there in some language."""
        return sum(len(one.missing) for one in (*self.said, *(option.label for option in self.options)))


@dataclass(frozen=True, slots=True)
class Hours:
    """A line of opening times."""

    days: tuple[str, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Amendable:
    """All that can be changed in forms."""

    groups: tuple[Group, ...]
    prices: Mapping[str, int]
    currency: str
    hours: tuple[Hours, ...]

    @property
    def missing(self) -> int:
        """How many texts are not there in some language."""
        return sum(one.missing for one in self.groups)

    def all_said(self) -> Iterator[Wording]:
        """Every text, with the labels of options."""
        for group in self.groups:
            yield from group.said
            yield from (option.label for option in group.options)


def amendable(text: str) -> Amendable:
    """What of a definition can be changed in forms; whatever is not written as it should be is left out.

    Raises:
        Unreadable: it is no YAML.
    """
    value = yaml_source.read(text).value
    top = value if isinstance(value, dict) else {}
    prices = top.get("prices")
    return Amendable(
        tuple(_groups(top)),
        {
            name: one
            for name, one in (prices if isinstance(prices, dict) else {}).items()
            if isinstance(one, int) and not isinstance(one, bool)
        },
        str(top.get("currency") or "CNY"),
        tuple(_hours(top.get("open"))),
    )


def _groups(top: Mapping[str, Any]) -> Iterator[Group]:
    yield Group("flow", str(top.get("flow") or ""), tuple(_said(top, (), OF_FLOW)))
    for path, step in _steps(top):
        kind = next((name for name in step if name in STEPS), "")
        if not kind:
            continue
        options = tuple(_options(step, path))
        found = Group(
            kind,
            str(step[kind]),
            tuple(_said(step, path, OF_STEP)),
            options,
            _named((*path, "options")) if options else "",
        )
        if found.said or options:
            yield found
        fields = step.get("fields")
        for number, one in enumerate(fields if isinstance(fields, list) else ()):
            if isinstance(one, dict):
                yield _of_field(one, (*path, "fields", number))


def _steps(top: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    used = top.get("parts")
    lists: list[tuple[Path, Any]] = [(("steps",), top.get("steps"))]
    lists += [(("parts", name), one) for name, one in (used.items() if isinstance(used, dict) else ())]
    for path, steps in lists:
        for number, step in enumerate(steps if isinstance(steps, list) else ()):
            if isinstance(step, dict):
                yield (*path, number), step


def _of_field(one: Mapping[str, Any], path: Path) -> Group:
    said = [*_said(one, path, OF_FIELD)]
    choices = one.get("choices")
    if isinstance(choices, dict):
        said += _said(choices, (*path, "choices"), ("label", "detail"))
    options = tuple(_options(one, path))
    return Group(
        "field",
        str(one.get("id") or ""),
        tuple(said),
        options,
        _named((*path, "options")) if options else "",
    )


def _said(held: Mapping[str, Any], path: Path, names: tuple[str, ...]) -> Iterator[Wording]:
    for name in names:
        found = held.get(name)
        if isinstance(found, str) and found:
            shared = _has_no_words(found)
            texts = dict.fromkeys(NAMES, found) if shared else {"": found}
            yield Wording(_named((*path, name)), name, texts, shared)
        elif isinstance(found, dict):
            texts = {tag: str(found[tag]) for tag in NAMES if isinstance(found.get(tag), str | int | float)}
            yield Wording(_named((*path, name)), name, texts)


def _has_no_words(text: str) -> bool:
    try:
        return is_wordless(text)
    except Unclosed:
        return False


def _options(held: Mapping[str, Any], path: Path) -> Iterator[Choice]:
    listed = held.get("options")
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, dict):
            where = (*path, "options", number)
            label = next(_said(one, where, ("label",)), Wording(_named((*where, "label")), "label", {}))
            yield Choice(_named(where), str(one.get("value", "")), label)


def _hours(listed: Any) -> Iterator[Hours]:
    for one in listed if isinstance(listed, list) else ():
        days = one.get("days") if isinstance(one, dict) else None
        if isinstance(days, list):
            yield Hours(
                tuple(day for day in DAYS if day in days),
                str(one.get("from") or ""),
                str(one.get("to") or ""),
            )


def _named(path: Path) -> str:
    return ".".join(str(one) for one in path)
