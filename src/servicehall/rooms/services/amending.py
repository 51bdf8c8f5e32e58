"""What people change in a definition without writing YAML: texts, options, prices, opening times. Pure.

The definition's text stays the one truth: a change is put into it where the old value stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words
from servicehall.kernel.languages import FALLBACK, NAMES

from .language import source as yaml_source
from .language.definition import STEPS
from .language.findings import filled
from .language.rewriting import (
    CannotRewrite,
    add_name,
    insert_item,
    remove_item,
    remove_name,
    set_value,
)
from .language.schema import DAYS
from .language.source import Path
from .language.texts import Unclosed, is_wordless, parts

OF_FLOW = ("name", "summary")
OF_STEP = ("title", "text", "help", "speak", "button", "for", "slip", "label", "detail", "empty")
OF_FIELD = ("label", "help", "speak", "pattern-says")
LONGEST = 4_000
MOST_OPTIONS = 200
HIGHEST_PRICE = 10**12
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


@dataclass(frozen=True, slots=True)
class Said:
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
    label: Said


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that belong together: of the service, of a step or of a question."""

    kind: str
    name: str
    said: tuple[Said, ...]
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


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to be changed: texts by place and language, options by the place of their list, prices, all hours."""

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    added: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    prices: Mapping[str, int] = field(default_factory=dict)
    hours: tuple[Hours, ...] | None = None


class Unamendable(ValueError):
    """What was filled in cannot be put into the definition; ``errors`` says why, by place."""

    def __init__(self, errors: Mapping[str, Words]) -> None:
        super().__init__(", ".join(errors))
        self.errors = dict(errors)


# --- What there is -------------------------------------------------------------------------------


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


def _said(held: Mapping[str, Any], path: Path, names: tuple[str, ...]) -> Iterator[Said]:
    for name in names:
        found = held.get(name)
        if isinstance(found, str) and found:
            shared = _has_no_words(found)
            texts = dict.fromkeys(NAMES, found) if shared else {"": found}
            yield Said(_named((*path, name)), name, texts, shared)
        elif isinstance(found, dict):
            texts = {tag: str(found[tag]) for tag in NAMES if isinstance(found.get(tag), str | int | float)}
            yield Said(_named((*path, name)), name, texts)


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
            label = next(_said(one, where, ("label",)), Said(_named((*where, "label")), "label", {}))
            yield Choice(_named(where), str(one.get("value", "")), label)


def _hours(listed: Any) -> Iterator[Hours]:
    for one in listed if isinstance(listed, list) else ():
        days = one.get("days") if isinstance(one, dict) else None
        if isinstance(days, list):
            yield Hours(
                tuple(day for day in DAYS if day in days), str(one.get("from") or ""), str(one.get("to") or "")
            )


def _named(path: Path) -> str:
    return ".".join(str(one) for one in path)


def _path(name: str) -> Path:
    return tuple(int(one) if one.isdigit() else one for one in name.split("."))


# --- What is changed -----------------------------------------------------------------------------


def amend(text: str, wanted: Amendment) -> str:
    """The definition with the changes in it; the same text when they change nothing.

    Raises:
        Unreadable: it is no YAML.
        Unamendable: something does not fit. Nothing is changed then.
    """
    now = amendable(text)
    errors: dict[str, Words] = {}
    known = {said.path: said for said in _all_said(now)}
    edits = dict(_text_edits(known, wanted, errors))
    _check_prices(now, wanted, errors)
    _check_options(now, wanted, errors)
    if wanted.hours is not None:
        _check_hours(wanted.hours, errors)
    if errors:
        raise Unamendable(errors)
    try:
        return _written(text, now, wanted, edits)
    except CannotRewrite as problem:
        words = _("This cannot be changed in a form; change it in the text.")
        raise Unamendable({str(problem): words}) from None


def _all_said(now: Amendable) -> Iterator[Said]:
    for group in now.groups:
        yield from group.said
        yield from (option.label for option in group.options)


def _text_edits(
    known: Mapping[str, Said], wanted: Amendment, errors: dict[str, Words]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    for path, given in wanted.texts.items():
        said = known.get(path)
        if said is None:
            errors[path] = _("The text is not there any more.")
            continue
        if any(path.startswith(f"{one}.") for one in wanted.removed):
            continue  # its option goes
        changed: dict[str, str] = {}
        for tag, words in given.items():
            old = said.texts.get(tag, "")
            new = _tidied(words, old)
            if tag in NAMES and new != old:
                if problem := _unfit(new):
                    errors[f"{path}:{tag}"] = problem
                changed[tag] = new
        if changed:
            yield path, changed


def _tidied(words: str, old: str) -> str:
    """As it was sent: lines as the definition has them. A browser leaves out the last line's end."""
    new = words.replace("\r\n", "\n").rstrip()
    return f"{new}\n" if new and old.endswith("\n") else new


def _unfit(words: str) -> Words:
    if not words.strip():
        return _("A text cannot be emptied here. Write another one.")
    if len(words) > LONGEST:
        return filled(_("At most %(bound)s characters."), bound=LONGEST)
    if any(not (char.isprintable() or char == "\n") for char in words):
        return _("There is a sign in it that cannot be shown.")
    try:
        parts(words)
    except Unclosed:
        return _("The braces of an expression in this text are not closed.")
    return ""


def _check_prices(now: Amendable, wanted: Amendment, errors: dict[str, Words]) -> None:
    for name, price in wanted.prices.items():
        if name not in now.prices:
            errors[f"prices.{name}"] = _("The price is not there any more.")
        elif not 0 <= price <= HIGHEST_PRICE:
            errors[f"prices.{name}"] = _("An amount, please. Example: 12.50.")


def _check_options(now: Amendable, wanted: Amendment, errors: dict[str, Words]) -> None:
    lists = {group.options_path: group for group in now.groups if group.options_path}
    places = {option.path for group in lists.values() for option in group.options}
    for path in wanted.removed:
        if path not in places:
            errors[path] = _("The option is not there any more.")
    for path, group in lists.items():
        gone = [one for one in group.options if one.path in wanted.removed]
        if len(gone) == len(group.options):
            errors[path] = _("One option has to stay.")
    for path, (value, label) in wanted.added.items():
        group_ = lists.get(path)
        if group_ is None:
            errors[path] = _("The option is not there any more.")
        elif not _VALUE.fullmatch(value):
            errors[f"{path}:value"] = _("A short name of letters, digits and hyphens, please.")
        elif value in {one.value for one in group_.options}:
            errors[f"{path}:value"] = _("Another option has this short name.")
        elif len(group_.options) >= MOST_OPTIONS:
            errors[path] = filled(_("This list is longer than %(fact)s."), fact=MOST_OPTIONS)
        for tag in NAMES:
            if problem := _unfit(label.get(tag, "")):
                written = label.get(tag, "").strip()
                errors[f"{path}:{tag}"] = problem if written else _("Write the new option in each language.")


def _check_hours(hours: tuple[Hours, ...], errors: dict[str, Words]) -> None:
    for number, one in enumerate(hours):
        if not one.days or not set(one.days) <= set(DAYS):
            errors[f"open.{number}"] = _("Choose one day at least.")
        elif not (_HOUR.fullmatch(one.start) and _HOUR.fullmatch(one.end)) or one.start == "24:00":
            errors[f"open.{number}"] = _("Write both times like 08:30.")
        elif one.start >= one.end:
            errors[f"open.{number}"] = _("It has to open before it closes.")


def _written(text: str, now: Amendable, wanted: Amendment, edits: Mapping[str, Mapping[str, str]]) -> str:
    known = {said.path: said for said in _all_said(now)}
    for path, changed in edits.items():
        text = _with_words(text, known[path], changed)
    for name, price in wanted.prices.items():
        if price != now.prices[name]:
            text = set_value(text, ("prices", name), price)
    # Before anything is put in or taken out, so that places stay what they were; of a list, the last first.
    for path, (value, label) in wanted.added.items():
        text = insert_item(text, _path(path), {"value": value, "label": {tag: label[tag].strip() for tag in FALLBACK}})
    for path in sorted(wanted.removed, key=_path_order, reverse=True):
        text = remove_item(text, _path(path))
    if wanted.hours is not None and wanted.hours != now.hours:
        text = _with_hours(text, now.hours, wanted.hours)
    return text


def _path_order(path: str) -> list[tuple[int, str]]:
    return [(one, "") if isinstance(one, int) else (-1, one) for one in _path(path)]


def _with_words(text: str, said: Said, changed: Mapping[str, str]) -> str:
    path = _path(said.path)
    if said.shared or "" in said.texts:
        # It stood there once for all languages; now each has its own.
        whole = {**(said.texts if said.shared else {}), **changed}
        return set_value(text, path, {tag: whole[tag] for tag in FALLBACK if tag in whole})
    for tag, words in changed.items():
        text = set_value(text, (*path, tag), words)
    return text


def _with_hours(text: str, old: tuple[Hours, ...], new: tuple[Hours, ...]) -> str:
    if not new:
        return remove_name(text, "open")
    if not old:
        return add_name(text, "open", [_line(one) for one in new], before="steps")
    for number, one in enumerate(new[: len(old)]):
        for name, value in _line(one).items():
            if _line(old[number])[name] != value:
                text = set_value(text, ("open", number, name), value)
    for one in new[len(old) :]:
        text = insert_item(text, ("open",), _line(one))
    for number in range(len(old) - 1, len(new) - 1, -1):
        text = remove_item(text, ("open", number))
    return text


def _line(hours: Hours) -> dict[str, Any]:
    return {"days": [*hours.days], "from": hours.start, "to": hours.end}
