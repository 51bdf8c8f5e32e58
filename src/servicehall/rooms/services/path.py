"""The path of a customer through a flow, derived from the definition and the answers each time. Pure.

Nothing remembers "where one is": the path is walked anew, so that going back, changing an answer, coming again after
a week or on another channel cannot leave anything behind. What was answered off the path is kept and not seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from servicehall.kernel.errors import Words

from . import answering, booking
from .booking import Booking
from .language.definition import (
    Book,
    Call,
    Choose,
    Confirm,
    End,
    Form,
    Message,
    Pay,
    Print,
    Review,
    Step,
    Survey,
    is_once_only,
)
from .language.expressions import CannotEvaluate
from .language.kinds import EMPTY
from .language.program import Program


class FlowFault(Exception):
    """The definition cannot go on with these answers: a person must look. ``step`` is where."""

    def __init__(self, step: str, problem: str) -> None:
        super().__init__(f"{step}: {problem}")
        self.step = step


@dataclass(frozen=True, slots=True)
class Answer:
    """What a step got: a customer's answer, or the outcome of what was done.

    ``basis`` is the digest of what it was asked with: an outcome on another basis is not the outcome of this.
    ``settled`` is for what is done once and cannot be taken back. ``is_draft``: it was typed and not sent, so it only
    stands in the form when that is asked.
    """

    value: Any
    basis: str = ""
    settled: bool = False
    is_draft: bool = False

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        draft = {"draft": True} if self.is_draft else {}
        return {"value": self.value, "basis": self.basis, "settled": self.settled, **draft}


@dataclass(frozen=True, slots=True)
class Visit:
    """A step on the path, as it was answered."""

    step: Step
    answer: Answer


@dataclass(frozen=True, slots=True)
class Path:
    """Where the answers lead.

    ``visits`` are the steps behind, ``step`` the one that waits (None: it is over), ``basis`` the digest of what that
    one is asked with, ``inputs`` what a machine is asked with, ``wrong`` what does not fit in answers given before.
    ``locked`` is how many of the visits cannot be changed any more. ``ask`` is what another system is asked for now,
    ``booking`` how far a time is that is being taken.
    """

    visits: tuple[Visit, ...]
    step: Step | None
    values: Mapping[str, Any]
    basis: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    wrong: Mapping[str, Words] = field(default_factory=dict)
    locked: int = 0
    end: End | None = None
    ask: Call | None = None
    booking: Booking | None = None

    @property
    def names(self) -> list[str]:
        """The steps behind, by name."""
        return [visit.step.id for visit in self.visits]

    def can_change(self, name: str) -> bool:
        """Whether a step behind can be gone back to."""
        names = self.names
        return (
            name in names
            and names.index(name) >= self.locked
            and self.visits[names.index(name)].step.by_customer
        )


def digest(value: Any) -> str:
    """A short digest of a JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def derive(program: Program, given: Mapping[str, Any], answers: Mapping[str, Answer]) -> Path:
    """The path that these answers lead along.

    Raises:
        FlowFault: an expression has no result with them, or the flow has no end there.
    """
    return _Walk(program, given, answers).path()


@lru_cache(maxsize=256)
def _start(program: Program) -> tuple[dict[str, int], dict[str, Any]]:
    """The steps' numbers, and what is known before anything was answered. A program never changes."""
    place = {step.id: number for number, step in enumerate(program.flow.steps)}
    known: dict[str, Any] = {f"price.{name}": price for name, price in program.flow.prices.items()}
    return place, known | {f"seen.{name}": False for name in place}


class _Walk:
    def __init__(self, program: Program, given: Mapping[str, Any], answers: Mapping[str, Answer]) -> None:
        self.program, self.answers = program, answers
        self.steps = program.flow.steps
        self.place, known = _start(program)
        self.channel = given.get("channel", "")
        self.values: dict[str, Any] = {**known, **{f"given.{name}": value for name, value in given.items()}}
        self.visits: list[Visit] = []
        self.locked = 0

    def path(self) -> Path:
        number = 0
        while number < len(self.steps):
            step = self.steps[number]
            try:
                if not self._is_asked(step):
                    number += 1
                    continue
                if isinstance(step, End):
                    return self._stop(None, end=step)
                if stopped := self._visit(step):
                    return stopped
                number = self._next(step, number)
            except CannotEvaluate as problem:
                raise FlowFault(step.id, str(problem)) from None
        raise FlowFault(self.steps[-1].id, "no end")

    def _is_asked(self, step: Step) -> bool:
        if step.channels and self.channel not in step.channels:
            return False
        return self.program.holds(step.when, self.values)

    def _stop(self, step: Step | None, **facts: Any) -> Path:
        return Path(tuple(self.visits), step, self.values, locked=self.locked, **facts)

    def _visit(self, step: Step) -> Path | None:
        """Takes the step's answer along; the path that ends here when there is none that counts."""
        answer = self.answers.get(step.id)
        if isinstance(step, Book):
            return self._book(step, answer)
        if (step.by_customer and not isinstance(step, Pay)) or isinstance(step, Survey):
            return self._answered(step, answer)
        inputs = self._inputs(step)
        basis = digest([step.id, inputs])
        # What was done once is done, whatever is asked now; what was only looked up is looked up again.
        if answer is None or (answer.basis != basis and not answer.settled):
            if is_once_only(step) and not step.by_customer:
                # It may be under way at the other system: what led to it stays until its outcome is known.
                self.locked = len(self.visits)
            return self._stop(step, basis=basis, inputs=inputs, ask=step if isinstance(step, Call) else None)
        value = answer.value if isinstance(answer.value, dict) else {}
        self._take(
            step,
            answer,
            {f"{step.id}.{name}": value.get(name, EMPTY.get(kind)) for name, kind in step.gives().items()},
        )
        if answer.settled and is_once_only(step):
            self.locked = len(self.visits)
        return None

    def _answered(self, step: Step, answer: Answer | None) -> Path | None:
        """A customer's answer counts as long as it fits."""
        match step:
            case Form():
                return self._form(step, answer)
            case Choose():
                return self._choice(step, answer)
            case Review() | Confirm():
                basis = digest([[visit.step.id, visit.answer.value] for visit in self.visits])
                if answer is None or answer.basis != basis:
                    return self._stop(step, basis=basis)
                self._take(step, answer, {})
            case _:
                if answer is None:
                    return self._stop(step)
                score = answer.value if isinstance(step, Survey) else None
                self._take(step, answer, {f"{step.id}.score": score} if isinstance(step, Survey) else {})
        return None

    def _form(self, step: Form, answer: Answer | None) -> Path | None:
        if answer is None or answer.is_draft or not isinstance(answer.value, dict):
            return self._stop(step)
        checked = answering.check(self.program, step, answer.value, self.values)
        if checked.wrong:
            return self._stop(step, wrong=checked.wrong)
        found = {
            f"{step.id}.{one.id}": checked.values.get(one.id, EMPTY.get(one.kind)) for one in step.fields
        }
        self._take(step, Answer(checked.values), found)
        return None

    def _choice(self, step: Choose, answer: Answer | None) -> Path | None:
        offered = answering.offered(self.program, step, self.values)
        if answer is None or (chosen := str(answer.value)) not in offered:
            return self._stop(step)
        found: dict[str, Any] = {f"{step.id}.value": chosen}
        if step.listed:
            found[f"{step.id}.item"] = offered[chosen]
        self._take(step, answer, found)
        return None

    def _book(self, step: Book, answer: Answer | None) -> Path | None:
        """A time that was taken with other inputs is not the customer's wish any more."""
        basis = booking.basis(self.program, step, self.values)
        held = booking.kept(
            step, answer and answer.value, self.values, fits=bool(answer and answer.basis == basis)
        )
        own = booking.own(step, held)
        if answer is not None and held.is_done:
            self._take(step, answer, own)
            if is_once_only(step):
                self.locked = len(self.visits)
            return None
        ask = booking.asked(step, held)
        if ask is None:
            return self._stop(step, basis=basis, booking=held)
        if ask.once:
            self.locked = len(self.visits)
        inputs = {
            name: self.program.evaluate(code, {**self.values, **own}) for name, code in ask.inputs.items()
        }
        asked = booking.asked_with(step, held, basis)
        return self._stop(step, basis=asked, inputs=inputs, ask=ask, booking=held)

    def _take(self, step: Step, answer: Answer, found: Mapping[str, Any]) -> None:
        self.visits.append(Visit(step, answer))
        self.values[f"seen.{step.id}"] = True
        self.values.update(found)

    def _inputs(self, step: Step) -> dict[str, Any]:
        """What a machine's step is asked with."""
        match step:
            case Call():
                return {name: self.program.evaluate(code, self.values) for name, code in step.inputs.items()}
            case Pay():
                return {"amount": self.program.evaluate(step.amount, self.values), "currency": step.currency}
            case Message():
                return {"to": self.program.evaluate(step.to, self.values)}
            case Print():
                return {}
        return {}

    def _next(self, step: Step, number: int) -> int:
        answer = self.answers.get(step.id)
        if (
            isinstance(step, Call)
            and step.failed
            and answer
            and isinstance(answer.value, dict)
            and answer.value.get("refused")
        ):
            return self.place[step.failed]
        for jump in step.then:
            if self.program.holds(jump.when, self.values):
                return self.place[jump.go]
        return number + 1
