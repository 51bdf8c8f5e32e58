"""A step that takes a time at another system: how far it is, and what has to be asked for next. Pure.

What is kept of it is one answer: the day that is looked at, what was offered on it, the time that the customer
wishes, what was taken. It holds for what the operations were asked with (its basis): with another doctor or another
card it is begun anew, and what was taken is given back (actions/releasing.py).

A source of times is whoever answers the two operations; today that is a connector. The hall's own appointments will
be another machine (machines.py) behind the same two.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from .answering import NOT_OFFERED, Unfit
from .language.definition import Book, Call, Lookup, Part
from .language.expressions import CannotEvaluate
from .language.program import Program, parts_of

Values = Mapping[str, Any]
NO_LONGER = _("This time is no longer offered. Choose another one.")
MOST = 200
"""Slots of a day."""
FULL, LATE = "full", "late"
"""Why a time is no longer the customer's: somebody else has it; it was held for them long enough."""


@dataclass(frozen=True, slots=True)
class Booking:
    """How far it is.

    ``found`` are the slots of the day that is looked at, None before they were asked for, ``said`` what the other
    system had to say instead; ``wish`` is the slot that is to be taken, on its day ``at``; ``taken`` what came of it;
    ``tries`` tells one wish from the next, so that each has a key of its own; ``looking``: something was taken, and
    the customer looks for another.
    """

    day: str
    found: list[dict[str, Any]] | None = None
    said: str = ""
    wish: str = ""
    at: str = ""
    item: dict[str, Any] = field(default_factory=dict)
    taken: dict[str, Any] | None = None
    tries: int = 0
    lost: str = ""
    looking: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the flow can go on."""
        return self.taken is not None and not self.looking

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def days(step: Book, values: Values) -> list[str]:
    """The days that are offered, from the one on which the flow was begun."""
    first = dt.date.fromisoformat(str(values["given.date"]))
    return [(first + dt.timedelta(days=n)).isoformat() for n in range(step.ahead)]


def basis(program: Program, step: Book, values: Values) -> str:
    """The digest of what the operations are asked with, but for what the step itself finds."""
    needs: dict[str, Any] = {}
    for part in parts_of(step):
        for code in part.inputs.values():
            expression = program.expression(code)
            known = program.with_values(expression, values)
            needs |= {
                name: known.get(name) for name in expression.needs if not name.startswith(f"{step.id}.")
            }
    return _digest([step.id, needs])


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def kept(step: Book, value: Any, values: Values, *, fits: bool = True) -> Booking:
    """What an answer says; a beginning when it says nothing, or was for something else (``fits``).

    Tries are counted on: a key that was used for a time that was given back must not come again.
    """
    if not isinstance(value, dict) or "day" not in value:
        return Booking(days(step, values)[0])
    return Booking(**value) if fits else Booking(days(step, values)[0], tries=value.get("tries", 0))


def own(step: Book, held: Booking) -> dict[str, Any]:
    """The values of the step's own names."""
    taken, day = held.taken or {}, held.at if held.wish and not _is_looking(held) else held.day
    start = str(held.item.get(step.starts, ""))
    return {
        **{f"{step.id}.{name}": taken.get(name) for name in step.take.results},
        f"{step.id}.day": day,
        f"{step.id}.value": held.wish,
        f"{step.id}.item": held.item,
        f"{step.id}.start": start if "T" in start else f"{held.at}T{start}" if start else "",
        f"{step.id}.reference": str(taken.get(step.reference, "")),
    }


def _is_looking(held: Booking) -> bool:
    """Whether a day's slots are to be asked for."""
    return held.found is None and (held.looking or not held.wish)


def call(step: Book, name: str) -> Call:
    """One of the step's operations as a call of its own, which machines know."""
    part: Part | None = {"slots": step.slots, "take": step.take, "release": step.release}[name]
    if part is None:
        raise ValueError(name)
    kind = Lookup if name == "slots" else Call
    return kind(
        id=step.id,
        place=step.place,
        connector=step.connector,
        operation=part.operation,
        inputs=part.inputs,
        results=part.results,
        once=name != "slots",
    )


def asked(step: Book, held: Booking) -> Call | None:
    """What has to be asked for now; None when it is the customer's turn."""
    if _is_looking(held):
        return call(step, "slots")
    return call(step, "take") if held.wish and held.taken is None else None


def asked_with(step: Book, held: Booking, basis: str) -> str:
    """The digest of just this question: its answer is no answer to another one."""
    return _digest([step.id, basis, held.day, held.wish, held.tries])


def is_free(program: Program, step: Book, slot: Mapping[str, Any], values: Values) -> bool:
    """Whether a slot can be taken, as far as is known."""
    try:
        return program.holds(step.free, {**values, "item": slot})
    except CannotEvaluate:
        return False


def answered(step: Book, held: Booking, kind: str, value: Mapping[str, Any], words: str) -> Booking:
    """How far it is after the other system has answered: ``done`` or ``refused``."""
    if not _is_looking(held):
        if kind == "done":
            return replace(held, taken=dict(value), looking=False, lost="")
        # The words say whose fault it is; what is offered now is asked for anew.
        return replace(held, found=None, wish="", at="", item={}, tries=held.tries + 1, lost=FULL, said=words)
    found = value.get(step.offered) if kind == "done" else []
    listed = [one for one in found[:MOST] if isinstance(one, dict)] if isinstance(found, list) else []
    return replace(held, found=listed, said=held.said if held.lost else words)


def looked(held: Booking, day: str) -> Booking:
    """Another day is looked at. What was taken stays until something else is."""
    if held.taken is None:
        return Booking(day, tries=held.tries)
    return replace(held, day=day, found=None, looking=True, lost="", said="")


def wished(held: Booking, slot: Mapping[str, Any], name: str) -> Booking:
    """The customer chose a slot of the day that is looked at."""
    return Booking(held.day, held.found, "", name, held.day, dict(slot), None, held.tries + 1)


def lost(held: Booking, why: str) -> Booking:
    """What was taken is no longer held."""
    return Booking(held.day, tries=held.tries + 1, lost=why)


def chosen(program: Program, step: Book, held: Booking, values: Values, *, day: str, slot: str) -> Booking:
    """How far it is after the customer has chosen a day, or one of its slots.

    Raises:
        Unfit: it is not offered.
    """
    if day not in days(step, values):
        raise Unfit(NOT_OFFERED)
    if not slot:
        return looked(held, day)
    if held.taken is not None and slot == held.wish:
        return replace(held, looking=False)
    listed = held.found if day == held.day else None
    for one in listed or ():
        if str(one.get(step.value, "")) == slot and is_free(program, step, one, values):
            return wished(held, one, slot)
    raise Unfit(NO_LONGER)
