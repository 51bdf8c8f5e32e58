"""Changes that people make in forms, put into a definition where the old values stand. Pure.

The definition's text stays the one truth: nothing else in it changes, and a change that does not fit changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words
from servicehall.kernel.languages import FALLBACK, NAMES
from servicehall.rooms.services.language.findings import filled
from servicehall.rooms.services.language.rewriting import (
    CannotRewrite,
    add_name,
    insert_item,
    remove_item,
    remove_name,
    set_value,
)
from servicehall.rooms.services.language.schema import DAYS
from servicehall.rooms.services.language.source import Path
from servicehall.rooms.services.language.texts import Unclosed, parts

from .listing import Amendable, Group, Hours, Wording, amendable

LONGEST = 4_000
MOST_OPTIONS = 200
HIGHEST_PRICE = 10**12
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_NOT_THERE = _("The option is not there any more.")


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


def _path(name: str) -> Path:
    return tuple(int(one) if one.isdigit() else one for one in name.split("."))


def amend(text: str, wanted: Amendment) -> str:
    """The definition with the changes in it; the same text when they change nothing.

    Raises:
        Unreadable: it is no YAML.
        Unamendable: something does not fit. Nothing is changed then.
    """
    now = amendable(text)
    errors: dict[str, Words] = {}
    known = {said.path: said for said in now.all_said()}
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


def _text_edits(
    known: Mapping[str, Wording], wanted: Amendment, errors: dict[str, Words]
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
            errors[path] = _NOT_THERE
    for path, group in lists.items():
        gone = [one for one in group.options if one.path in wanted.removed]
        if len(gone) == len(group.options):
            errors[path] = _("One option has to stay.")
    for path, (value, label) in wanted.added.items():
        if path not in lists:
            errors[path] = _NOT_THERE
            continue
        errors.update(_unfit_option(lists[path], value, label))


def _unfit_option(group: Group, value: str, label: Mapping[str, str]) -> Iterator[tuple[str, Words]]:
    """What keeps a new option from being put into its list."""
    where = group.options_path
    if not _VALUE.fullmatch(value):
        yield f"{where}:value", _("A short name of letters, digits and hyphens, please.")
    elif value in {one.value for one in group.options}:
        yield f"{where}:value", _("Another option has this short name.")
    elif len(group.options) >= MOST_OPTIONS:
        yield where, filled(_("This list is longer than %(fact)s."), fact=MOST_OPTIONS)
    for tag in NAMES:
        words = label.get(tag, "").strip()
        if problem := _unfit(words):
            yield f"{where}:{tag}", problem if words else _("Write the new option in each language.")


def _check_hours(hours: tuple[Hours, ...], errors: dict[str, Words]) -> None:
    for number, one in enumerate(hours):
        if not one.days or not set(one.days) <= set(DAYS):
            errors[f"open.{number}"] = _("Choose one day at least.")
        elif not (_HOUR.fullmatch(one.start) and _HOUR.fullmatch(one.end)) or one.start == "24:00":
            errors[f"open.{number}"] = _("Write both times like 08:30.")
        elif one.start >= one.end:
            errors[f"open.{number}"] = _("It has to open before it closes.")


def _written(text: str, now: Amendable, wanted: Amendment, edits: Mapping[str, Mapping[str, str]]) -> str:
    known = {said.path: said for said in now.all_said()}
    for path, changed in edits.items():
        text = _with_words(text, known[path], changed)
    for name, price in wanted.prices.items():
        if price != now.prices[name]:
            text = set_value(text, ("prices", name), price)
    # Before anything is put in or taken out, so that places stay what they were; of a list, the last first.
    for path, (value, label) in wanted.added.items():
        text = insert_item(
            text, _path(path), {"value": value, "label": {tag: label[tag].strip() for tag in FALLBACK}}
        )
    for path in sorted(wanted.removed, key=_path_order, reverse=True):
        text = remove_item(text, _path(path))
    if wanted.hours is not None and wanted.hours != now.hours:
        text = _with_hours(text, now.hours, wanted.hours)
    return text


def _path_order(path: str) -> list[tuple[int, str]]:
    return [(one, "") if isinstance(one, int) else (-1, one) for one in _path(path)]


def _with_words(text: str, said: Wording, changed: Mapping[str, str]) -> str:
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
