"""Whether what was answered to a form fits, and in which form it is kept. Pure.

The same rules hold at every channel and each time the path is derived, so that an answer which an earlier answer
made impossible is asked again instead of being used.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Words
from servicehall.kernel.resident_numbers import is_resident_number

from . import brought
from .language import texts
from .language.definition import Choose, Field, Form, Listed, Option
from .language.expressions import CannotEvaluate
from .language.findings import filled
from .language.kinds import EMPTY
from .language.program import Program

Values = Mapping[str, Any]
NOT_OFFERED = _("Choose among what is offered.")
NOT_CONFIRMED = _("Please confirm, or go back and change it.")
MISSING = _("Please fill this in.")
HIDDEN = "••••"
"""How what nobody may see is written."""
LONGEST = 200
LONGEST_TEXT = 4_000


class Unfit(ValueError):
    """A value that is no answer to a question; ``words`` says why, for the place beside the field."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True, slots=True)
class Shown:
    """An option as it can be chosen now. ``item`` is the list's own, when it comes from a list."""

    value: str
    label: str
    detail: str = ""
    item: Any = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a form's answers: the values that fit, and what is wrong with the others."""

    values: dict[str, Any]
    wrong: dict[str, Words]


def options(program: Program, owner: Field | Choose, values: Values, language: str = "en") -> list[Shown]:
    """What can be chosen, with these values.

    Raises:
        CannotEvaluate: the list's expression has no result.
    """
    if owner.listed:
        return _of_list(program, owner.listed, values, language)
    return [
        Shown(one.value, program.say(one.label, values, language))
        for one in owner.options
        if _holds(program, one, values)
    ]


def offered(program: Program, owner: Field | Choose, values: Values) -> dict[str, Any]:
    """What can be chosen, by value, with the list's own item: as :func:`options`, without a word of it written.

    Raises:
        CannotEvaluate: the list's expression has no result.
    """
    if owner.listed:
        found: dict[str, Any] = {}
        for value, item in _items(program, owner.listed, values):
            found.setdefault(value, item)
        return found
    return {one.value: None for one in owner.options if _holds(program, one, values)}


def _holds(program: Program, one: Option, values: Values) -> bool:
    return program.holds(one.when, values)


def _of_list(program: Program, listed: Listed, values: Values, language: str) -> list[Shown]:
    found = []
    for value, record in _items(program, listed, values):
        inside = {**values, "item": record}
        label = program.say(listed.label, inside, language)
        detail = program.say(listed.detail, inside, language) if listed.detail else ""
        found.append(Shown(value, label, detail, record))
    return found


def _items(program: Program, listed: Listed, values: Values) -> Iterator[tuple[str, dict[str, Any]]]:
    items = program.evaluate(listed.items, values)
    for item in items if isinstance(items, list) else []:
        record = item if isinstance(item, dict) else {listed.value: item}
        yield str(record.get(listed.value, "")), record


def is_asked(program: Program, field: Field, form: Form, values: Values) -> bool:
    """Whether a question is asked, with these values and those of the form's own that are given."""
    names = {f"{form.id}.{one.id}": EMPTY.get(one.kind) for one in form.fields}
    try:
        return program.holds(field.when, {**names, **values})
    except CannotEvaluate:
        return False


def default(program: Program, field: Field, values: Values) -> Any:
    """What stands in a question before it is answered; nothing when that cannot be said."""
    if field.default is None:
        return None
    try:
        return program.evaluate(field.default, values)
    except CannotEvaluate:
        return None


def told(program: Program, field: Field, value: Any, values: Values, language: str) -> str:
    """An answer as people read it again."""
    if field.secret:
        return HIDDEN
    if brought.is_brought(field):
        return brought.told(field, value, language)
    if field.options or field.listed:
        labels = {one.value: one.label for one in options(program, field, values, language)}
        many = value if isinstance(value, list) else [value]
        value = [labels.get(str(one), str(one)) for one in many]
    form = {"money": "money", "date": "date", "time": "time", "number": "number"}.get(field.type, "")
    return texts.written(value, form, language=language, currency=program.flow.currency)


def check(program: Program, form: Form, given: Mapping[str, Any], values: Values) -> Checked:
    """Holds what was given against the form, question by question: a later one may depend on an earlier one."""
    found, wrong = dict(values), {}
    kept: dict[str, Any] = {}
    for field in form.fields:
        name = f"{form.id}.{field.id}"
        found[name] = EMPTY.get(field.kind)
        if not program.holds(field.when, found):
            continue
        try:
            value = read(program, field, given.get(field.id), found)
        except Unfit as problem:
            wrong[field.id] = problem.words
            continue
        except CannotEvaluate:
            wrong[field.id] = _("This cannot be answered now.")
            continue
        if value is not None:
            kept[field.id] = found[name] = value
    return Checked(kept, wrong)


def read(program: Program, field: Field, value: Any, values: Values) -> Any:
    """The answer in the form in which it is kept; None when nothing was answered to what may stay open.

    Raises:
        Unfit: it is no answer.
    """
    if isinstance(value, str):
        value = _tidied(value, lines=field.type == "long")
    elif any(_is_too_large(one) for one in (value if isinstance(value, list) else [value])):
        raise Unfit(_("This number is too large."))
    if value is None or value in ("", [], {}):
        if field.optional or field.type == "yes":
            return False if field.type == "yes" else None
        raise Unfit(MISSING)
    if field.options or field.listed:
        return _chosen(program, field, value, values)
    if brought.is_brought(field):
        try:
            return brought.read(field, value)
        except brought.Misfit as problem:
            raise Unfit(problem.words) from None
    found = _READERS[field.type](value)
    _bounds(field, found)
    if field.pattern and not re.fullmatch(field.pattern, str(found)):
        raise Unfit(
            program.say(field.pattern_says, values, _language()) or _("This is not written as it should be.")
        )
    return found


def _language() -> str:
    from servicehall.kernel.languages import current

    return current()


def _tidied(value: str, *, lines: bool) -> str:
    """Without control signs and spaces around; full-width digits and letters become plain ones."""
    if value.isascii() and value.isprintable():
        return value.strip()
    text = unicodedata.normalize("NFKC", value) if not lines else unicodedata.normalize("NFC", value)
    kept = "".join(char for char in text if char.isprintable() or (lines and char == "\n"))
    return kept.strip()


def _chosen(program: Program, field: Field, value: Any, values: Values) -> Any:
    known = offered(program, field, values).keys()
    if field.type == "choices":
        many = {value_of(one) for one in value} if isinstance(value, list) else {value_of(value)}
        if not many <= known:
            raise Unfit(NOT_OFFERED)
        return sorted(many)
    if value_of(value) not in known:
        raise Unfit(NOT_OFFERED)
    return str(value)


def value_of(value: Any) -> str:
    """The value of an option as it was sent; what cannot be one is none that is known."""
    return str(value) if isinstance(value, str | int) else ""


def _bounds(field: Field, value: Any) -> None:
    size: float
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        size = value
        few, many = _("At least %(bound)s."), _("At most %(bound)s.")
    else:
        size = len(value)
        few, many = _("At least %(bound)s characters."), _("At most %(bound)s characters.")
    if field.least is not None and size < field.least:
        raise Unfit(filled(few, bound=_number(field.least)))
    if field.most is not None and size > field.most:
        raise Unfit(filled(many, bound=_number(field.most)))


def _number(bound: float) -> str:
    return str(int(bound)) if float(bound).is_integer() else str(bound)


def _is_too_large(value: Any) -> bool:
    """A number that programs send and no expression could count with."""
    return isinstance(value, int | float) and not -(10**15) < value < 10**15


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Unfit(_("This should be a text."))
    text = str(value)
    if len(text) > LONGEST:
        raise Unfit(filled(_("At most %(bound)s characters."), bound=LONGEST))
    return text


def _long(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(_("This should be a text."))
    if len(value) > LONGEST_TEXT:
        raise Unfit(filled(_("At most %(bound)s characters."), bound=LONGEST_TEXT))
    return value


def _digits(value: Any) -> str:
    text = re.sub(r"[\s-]", "", _text(value))
    if not (text.isascii() and text.isdigit()):
        raise Unfit(_("Digits only, please."))
    return text


def _phone(value: Any) -> str:
    text = re.sub(r"[\s().-]", "", _text(value))
    if not re.fullmatch(r"\+?[0-9]{5,15}", text):
        raise Unfit(_("This is no phone number. Example: 138 0013 8000."))
    return text


def _email(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", text):
        raise Unfit(_("This is no e-mail address. Example: name@example.com."))
    return text


def _id_number(value: Any) -> str:
    """A resident identity number."""
    text = re.sub(r"\s", "", _text(value)).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise Unfit(_("An identity number has 18 digits; the last one may be X."))
    if not is_resident_number(text):
        raise Unfit(_("This is no valid identity number. Compare it with the card."))
    return text


def _date(value: Any) -> str:
    try:
        return dt.date.fromisoformat(_text(value)).isoformat()
    except ValueError:
        raise Unfit(_("This is no date. Example: 2026-05-20.")) from None


def _time(value: Any) -> str:
    try:
        return dt.time.fromisoformat(_text(value)).strftime("%H:%M")
    except ValueError:
        raise Unfit(_("This is no time. Example: 14:30.")) from None


def _whole(value: Any) -> int:
    text = re.sub(r"[\s,]", "", _text(value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not re.fullmatch(r"[-+]?[0-9]{1,15}", text):
        raise Unfit(_("A whole number, please."))
    return int(text)


def _money(value: Any) -> int:
    """An amount as people write it, in minor units of a currency with two decimals; a whole number is minor units already."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    text = re.sub(r"[\s,¥￥]", "", _text(value))
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", text):
        raise Unfit(_("An amount, please. Example: 12.50."))
    yuan, _dot, fen = text.partition(".")
    return int(yuan) * 100 + int(fen.ljust(2, "0") or 0)


def _decimal(value: Any) -> float:
    text = re.sub(r"[\s,]", "", _text(value))
    if not re.fullmatch(r"[-+]?[0-9]{1,15}(\.[0-9]{1,9})?", text):
        raise Unfit(_("A number, please."))
    return float(text)


def _yes(value: Any) -> bool:
    if value in (True, "true", "on", "yes", "1"):
        return True
    if value in (False, "false", "off", "no", "0"):
        return False
    raise Unfit(_("Yes or no, please."))


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "long": _long,
    "name": _text,
    "address": _text,
    "scan": _text,
    "phone": _phone,
    "email": _email,
    "id-number": _id_number,
    "digits": _digits,
    "date": _date,
    "time": _time,
    "whole": _whole,
    "money": _money,
    "number": _decimal,
    "yes": _yes,
    "choice": _text,
    "choices": lambda value: value,
}
