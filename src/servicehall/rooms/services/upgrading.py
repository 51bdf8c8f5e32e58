"""Whether a request can go on by another version of its flow. Pure: answers and two programs in, a verdict out.

It can when deriving its path by the other program from the same answers leaves nothing behind: the same steps behind
it with the same answers, nothing done or said yes to that the other version would have done or said otherwise, and a
step of the customer's to go on with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from .language.definition import Book, Call, Confirm, Pay, Print, Review, Step, Survey, is_once_only
from .language.program import Program, parts_of
from .path import FlowFault, Path, Visit

Why = Literal[
    "",
    "with-person",
    "under-way",
    "other-channel",
    "fault",
    "lost-answer",
    "other-effect",
    "other-words",
    "no-step",
    "goes-on",
]
"""Why a request stays with its version; see ``phrases.py``."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request can go over; else why not, and at which step."""

    why: Why = ""
    step: str = ""
    path: Path | None = None

    @property
    def can(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class Side:
    """A program, and where the request would be by it."""

    program: Program
    path: Callable[[], Path]


def verdict(old: Side, new: Side, *, channel: str, language: str) -> Verdict:
    """Whether a request that is at ``old`` can go on by ``new``."""
    if channel not in new.program.flow.channels:
        return Verdict("other-channel")
    try:
        was = old.path()
    except FlowFault as fault:
        return Verdict("fault", fault.step)
    if was.step is None or not _waits(was.step) or _is_taken(was):
        return Verdict("under-way", was.step.id if was.step else "")
    try:
        now = new.path()
    except FlowFault as fault:
        return Verdict("fault", fault.step)
    return _behind(old.program, was, new.program, now, language) or _ahead(now)


def _waits(step: Step) -> bool:
    """Whether nothing happens at the step before somebody does something."""
    return step.by_customer or isinstance(step, Survey | Print)


def _is_taken(was: Path) -> bool:
    """Whether a time is being taken, or was and another one is looked for: the version that took it has to end that."""
    return (was.ask is not None and was.ask.once) or (
        was.booking is not None and was.booking.taken is not None
    )


def _ahead(now: Path) -> Verdict:
    if now.step is None:
        return Verdict("no-step", now.end.id if now.end else "")
    if not _waits(now.step):
        # A ticket, a task or a call would follow from nothing that the customer did.
        return Verdict("goes-on", now.step.id)
    return Verdict("", now.step.id, now)


def _behind(old: Program, was: Path, new: Program, now: Path, language: str) -> Verdict | None:
    """What of that which is behind would be lost or be otherwise."""
    for number, visit in enumerate(was.visits):
        name = visit.step.id
        if number >= len(now.visits) or now.visits[number].step.id != name:
            return Verdict("other-effect" if visit.answer.settled else "lost-answer", name)
        other = now.visits[number]
        if not _same_answer(visit, other):
            return Verdict("lost-answer", name)
        if not _same_deed((old, was, visit), (new, now, other)):
            return Verdict("other-effect", name)
        if isinstance(visit.step, Confirm | Review) and _words(old, was, visit.step, language) != _words(
            new, now, other.step, language
        ):
            return Verdict("other-words", name)
    if len(now.visits) > len(was.visits):
        # An answer from a way that the customer had left would count again.
        return Verdict("lost-answer", now.visits[len(was.visits)].step.id)
    return None


def _same_answer(visit: Visit, other: Visit) -> bool:
    if visit.step.by_customer or isinstance(visit.step, Survey):
        return bool(other.step.kind == visit.step.kind and other.answer.value == visit.answer.value)
    return True


_Done = tuple[Program, Path, Visit]
"""A step that was done, on its path, by its program."""


def _same_deed(one: _Done, same: _Done) -> bool:
    """What a machine did or found is what the other version would have asked for, and all that it would have got."""
    (old, was, visit), (new, now, other) = one, same
    step = visit.step
    if step.by_customer and not is_once_only(step) and not isinstance(step, Book):
        return True
    if type(step) is not type(other.step):
        return False
    held = other.answer.value if isinstance(other.answer.value, dict) else {}
    gives = set(other.step.gives()) - {"refused"}
    if isinstance(other.step, Book):
        held, gives = held.get("taken") or {}, set(other.step.take.results)
    if "refused" not in held and not gives <= set(held):
        return False
    return bool(_deed(old, step, was) == _deed(new, other.step, now))


def _deed(program: Program, step: Step, path: Path) -> Any:
    """What was asked for."""
    if isinstance(step, Call):
        inputs = {name: program.evaluate(code, path.values) for name, code in step.inputs.items()}
        return step.connector, step.operation, inputs
    if isinstance(step, Book):
        # What gives it back may be done by the other version, so that has to be the same too.
        parts = [part for part in parts_of(step) if part is not step.slots]
        inputs = {
            f"{n}.{name}": program.evaluate(code, path.values)
            for n, part in enumerate(parts)
            for name, code in part.inputs.items()
        }
        return step.connector, [part.operation for part in parts], inputs
    if isinstance(step, Pay):
        return step.currency, program.evaluate(step.amount, path.values)
    return step.id


def _words(program: Program, path: Path, step: Step, language: str) -> list[str]:
    """What was said yes to."""
    variant = path.values.get("given.variant", "")
    return [program.say(step.said(name, variant), path.values, language) for name in ("title", "text")]
