"""What is different for customers between two definitions: steps, texts, prices, opening times. Pure.

Not here: line by line (that is a matter of texts, not of services).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from servicehall.kernel.errors import Words as Said
from servicehall.kernel.languages import NAMES, say
from servicehall.kernel.money import Money

from . import brought
from .language.definition import Book, Choose, Confirm, Field, Flow, Form, Option, Pay, Print, Step, Words
from .language.kinds import FILES
from .language.program import parts_of
from .language.reading import ALL
from .language.schema import DAYS

Act = Literal["added", "removed", "changed", "moved"]
KINDS: dict[str, Said] = {
    "step": _("Steps"),
    "question": _("Questions and options"),
    "price": _("Prices"),
    "time": _("Where and when"),
    "text": _("Texts"),
    "way": _("Conditions and what machines do"),
}
"""What changes are listed under, in this order."""
WHERE = {
    "channels": _("channels"),
    "open": _("opening times"),
    "keeps-days": _("days that answers are kept"),
    "purposes": _("purposes"),
    "category": _("category"),
}

TYPES: dict[str, Said] = {
    "text": pgettext_lazy("type of question", "text"),
    "long": pgettext_lazy("type of question", "long text"),
    "name": pgettext_lazy("type of question", "name"),
    "phone": pgettext_lazy("type of question", "phone number"),
    "email": pgettext_lazy("type of question", "e-mail address"),
    "address": pgettext_lazy("type of question", "address"),
    "id-number": pgettext_lazy("type of question", "identity number"),
    "digits": pgettext_lazy("type of question", "digits"),
    "scan": pgettext_lazy("type of question", "scanned code"),
    "date": pgettext_lazy("type of question", "date"),
    "time": pgettext_lazy("type of question", "time"),
    "whole": pgettext_lazy("type of question", "whole number"),
    "money": pgettext_lazy("type of question", "amount of money"),
    "number": pgettext_lazy("type of question", "number"),
    "yes": pgettext_lazy("type of question", "yes or no"),
    "choice": pgettext_lazy("type of question", "one of several"),
    "choices": pgettext_lazy("type of question", "several of them"),
    "photo": pgettext_lazy("type of question", "photos"),
    "file": pgettext_lazy("type of question", "files"),
    "signature": pgettext_lazy("type of question", "signature"),
}
"""What the types of questions are called."""
PARTS: dict[str, Said] = {
    "name": _("name"),
    "summary": _("summary"),
    "title": _("title"),
    "text": pgettext_lazy("of a step", "text"),
    "help": _("help"),
    "speak": _("spoken text"),
    "button": _("button"),
    "for": _("what it is paid for"),
    "slip": _("slip"),
    "empty": _("text when there is nothing to choose"),
    "label": pgettext_lazy("of a question", "label"),
    "detail": _("second line of what can be chosen"),
    "pattern-says": _("what is wrong with an answer"),
    "amount": _("amount"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: of which step, question or price (``where``), and what of it (``part``).

    ``language`` is that of a text. Before and after are as customers or the definition say it.
    """

    kind: str
    act: Act
    where: str
    before: str = ""
    after: str = ""
    language: str = ""
    part: Said | str = ""


def changes(old: Flow | None, new: Flow) -> list[Change]:
    """What is different in the new one; all of its steps when there is no old one."""
    if old is None:
        return [Change("step", "added", step.id, after=_title(step)) for step in new.steps]
    found = [*_steps(old, new), *_prices(old, new), *_facts(old, new)]
    found += _texts(
        "", {"name": old.name, "summary": old.summary}, {"name": new.name, "summary": new.summary}
    )
    for step in new.steps:
        if (before := old.step(step.id)) is not None and before.kind == step.kind:
            found += _of_step(before, step)
    order = list(KINDS)
    return sorted(found, key=lambda one: order.index(one.kind))


def _title(step: Step) -> str:
    return say(_spoken(step.title)) or step.kind


def _spoken(words: Words) -> dict[str, str]:
    """A text that is one for all languages stands under each of them."""
    if ALL in words.text:
        return dict.fromkeys(NAMES, words.text[ALL])
    return dict(words.text)


def _steps(old: Flow, new: Flow) -> Iterator[Change]:
    before, after = {one.id: one for one in old.steps}, {one.id: one for one in new.steps}
    for step in new.steps:
        if step.id not in before or before[step.id].kind != step.kind:
            yield Change("step", "added", step.id, after=_title(step))
    for step in old.steps:
        if step.id not in after or after[step.id].kind != step.kind:
            yield Change("step", "removed", step.id, before=_title(step))
    kept = [one.id for one in old.steps if one.id in after]
    now = [one.id for one in new.steps if one.id in before]
    for name in _moved(kept, now):
        yield Change("step", "moved", name, after=_title(after[name]))


def _moved(kept: list[str], now: list[str]) -> list[str]:
    """The fewest names that stand in another order: what is outside of the longest common order."""
    place = {name: number for number, name in enumerate(kept)}
    best: list[list[str]] = []
    for name in now:
        before = [run for run in best if place[run[-1]] < place[name]]
        so_far: list[str] = max(before, key=len) if before else []
        best.append([*so_far, name])
    longest = max(best, key=len) if best else []
    stay = set(longest)
    return [name for name in now if name not in stay]


def _prices(old: Flow, new: Flow) -> Iterator[Change]:
    for name in dict.fromkeys([*old.prices, *new.prices]):
        before, after = old.prices.get(name), new.prices.get(name)
        if (before, old.currency) != (after, new.currency):
            act: Act = "changed" if None not in {before, after} else "added" if before is None else "removed"
            yield Change("price", act, name, _money(before, old.currency), _money(after, new.currency))


def _money(amount: int | None, currency: str) -> str:
    return "" if amount is None else str(Money(amount, currency))


def _facts(old: Flow, new: Flow) -> Iterator[Change]:
    pairs: dict[str, tuple[Any, Any]] = {
        "channels": (", ".join(old.channels), ", ".join(new.channels)),
        "open": (_opening(old), _opening(new)),
        "keeps-days": (old.keeps_days, new.keeps_days),
        "purposes": (", ".join(old.purposes), ", ".join(new.purposes)),
        "category": (old.category, new.category),
    }
    for name, (before, after) in pairs.items():
        if before != after:
            yield Change("time", "changed", "", str(before), str(after), part=WHERE[name])


def _opening(flow: Flow) -> str:
    return "; ".join(
        f"{' '.join(DAYS[day] for day in one.days)} {one.start}–{one.end}" for one in flow.opening
    )


def _texts(where: str, old: dict[str, Words], new: dict[str, Words]) -> Iterator[Change]:
    for part in dict.fromkeys([*old, *new]):
        before, after = (_spoken(words.get(part, Words())) for words in (old, new))
        for language in NAMES:
            was, now = before.get(language, ""), after.get(language, "")
            if was != now:
                act: Act = "changed" if was and now else "added" if now else "removed"
                yield Change("text", act, where, was, now, language, PARTS.get(part, part))


def _of_step(old: Step, new: Step) -> Iterator[Change]:
    yield from _texts(new.id, _words(old), _words(new))
    if isinstance(old, Form) and isinstance(new, Form):
        yield from _fields(old, new)
    if isinstance(old, Choose) and isinstance(new, Choose):
        yield from _options(new.id, old.options, new.options)
    if isinstance(old, Pay) and isinstance(new, Pay) and old.amount.source != new.amount.source:
        yield Change("price", "changed", new.id, old.amount.source, new.amount.source, part=PARTS["amount"])
    if isinstance(old, Book) and isinstance(new, Book) and _offer(old) != _offer(new):
        yield Change("question", "changed", new.id, _offer(old), _offer(new))
    if _ways(old) != _ways(new):
        yield Change("way", "changed", new.id, after=_title(new))


def _offer(step: Book) -> str:
    """How far ahead times are offered, and how long one is held."""
    days = ngettext("offered for %(n)s day", "offered for %(n)s days", step.ahead) % {"n": step.ahead}
    held = ngettext("held for %(n)s minute", "held for %(n)s minutes", step.hold) % {"n": step.hold}
    return f"{days}, {held}" if step.release else days


def _words(step: Step) -> dict[str, Words]:
    found = {"title": step.title, "text": step.text, "help": step.help, "speak": step.speak}
    if isinstance(step, Confirm):
        found["button"] = step.button
    elif isinstance(step, Pay):
        found["for"] = step.purpose
    elif isinstance(step, Print):
        found["slip"] = step.slip
    elif isinstance(step, Choose):
        found["empty"] = step.empty
    elif isinstance(step, Book):
        found |= {"label": step.label, "detail": step.detail, "empty": step.empty}
    return found


def _fields(old: Form, new: Form) -> Iterator[Change]:
    before, after = {one.id: one for one in old.fields}, {one.id: one for one in new.fields}
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        where = f"{new.id} · {name}"
        if was is None or now is None:
            act: Act = "added" if was is None else "removed"
            yield Change("question", act, where, _label(was), _label(now))
            continue
        yield from _texts(where, _field_words(was), _field_words(now))
        yield from _options(where, was.options, now.options)
        if was.type != now.type:
            yield Change(
                "question",
                "changed",
                where,
                str(TYPES.get(was.type, was.type)),
                str(TYPES.get(now.type, now.type)),
            )
        if was.optional != now.optional:
            yield Change("question", "changed", where, _needed(was), _needed(now))
        if _limits(was) != _limits(now):
            yield Change("question", "changed", where, _limits(was), _limits(now))
        if _code(was.when) != _code(now.when) or _code(was.default) != _code(now.default):
            yield Change("way", "changed", where, after=_label(now))


def _label(field: Field | None) -> str:
    return (say(_spoken(field.label)) or field.id) if field else ""


def _needed(field: Field) -> str:
    return str(
        pgettext_lazy("question", "optional") if field.optional else pgettext_lazy("question", "needed")
    )


def _limits(field: Field) -> str:
    limits = [f"≥ {field.least:g}"] if field.least is not None else []
    limits += [f"≤ {field.most:g}"] if field.most is not None else []
    if field.type in FILES:
        limits += [*brought.kinds(field), f"≤ {field.megabytes} MB"]
    return ", ".join([*limits, *([field.pattern] if field.pattern else [])])


def _field_words(field: Field) -> dict[str, Words]:
    return {
        "label": field.label,
        "help": field.help,
        "speak": field.speak,
        "pattern-says": field.pattern_says,
    }


def _options(where: str, old: tuple[Option, ...], new: tuple[Option, ...]) -> Iterator[Change]:
    before, after = {one.value: one for one in old}, {one.value: one for one in new}
    for value in dict.fromkeys([*before, *after]):
        was, now = before.get(value), after.get(value)
        if was and now:
            yield from _texts(f"{where} · {value}", {"": was.label}, {"": now.label})
        else:
            act: Act = "removed" if was else "added"
            words = [say(_spoken(one.label)) if one else "" for one in (was, now)]
            yield Change("question", act, f"{where} · {value}", *words)


def _code(code: Any) -> str:
    return code.source if code else ""


def _ways(step: Step) -> Any:
    """What decides when the step comes, where it leads, and what a machine is asked: compared, never shown."""
    own = {
        name: getattr(step, name)
        for name in (
            "connector",
            "operation",
            "results",
            "once",
            "failed",
            "service",
            "priority",
            "group",
            "outcome",
            "currency",
            "offered",
            "value",
            "starts",
            "reference",
        )
        if hasattr(step, name)
    }
    inputs = {name: code.source for name, code in getattr(step, "inputs", {}).items()}
    if isinstance(step, Book):
        own["free"] = _code(step.free)
        own["parts"] = [(part.operation, part.results) for part in parts_of(step)]
        inputs = {
            f"{part.operation}.{name}": code.source
            for part in parts_of(step)
            for name, code in part.inputs.items()
        }
    listed = getattr(step, "listed", None)
    chosen = (listed.items.source, listed.value) if listed else ()
    jumps = [(one.go, _code(one.when)) for one in step.then]
    return (own, inputs, chosen, jumps, _code(step.when), step.channels, _code(getattr(step, "to", None)))
