"""What was answered to a step becomes the answer that is kept, or is said not to fit. Pure.

The same for a request under way and for a rehearsal of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from servicehall.kernel.errors import Words

from . import answering
from .language.definition import Choose, Confirm, Form, Inform, Review, Step, Survey
from .language.program import Program
from .path import Answer


class Misfit(ValueError):
    """An answer that does not fit; ``errors`` says why, by question."""

    def __init__(self, errors: Mapping[str, Words]) -> None:
        super().__init__(", ".join(errors))
        self.errors = dict(errors)


class NotForCustomers(ValueError):
    """Nobody answers a step of this kind."""


def take(program: Program, step: Step, answer: Any, values: Mapping[str, Any], *, basis: str) -> Answer:
    """The answer in the form in which it is kept.

    Args:
        values: those at the step, without what comes after it.
        basis: the digest of what the step is asked with.

    Raises:
        Misfit, NotForCustomers: see there.
    """
    if isinstance(step, Form):
        given: Mapping[str, Any] = answer if isinstance(answer, dict) else {}
        checked = answering.check(program, step, given, values)
        if checked.wrong:
            raise Misfit(checked.wrong)
        return Answer(checked.values)
    if isinstance(step, Choose):
        chosen = answering.value_of(answer)
        if not chosen or chosen not in answering.offered(program, step, values):
            raise Misfit({step.id: answering.NOT_OFFERED})
        return Answer(chosen)
    return _simple(step, answer, basis)


def _simple(step: Step, answer: Any, basis: str) -> Answer:
    """The answer to a step without questions."""
    yes = True
    match step:
        case Review() | Confirm():
            if answer is not yes:
                raise Misfit({step.id: answering.NOT_CONFIRMED})
            return Answer(yes, basis=basis)
        case Survey():
            if answer is not None and (not isinstance(answer, int) or not 1 <= answer <= 5):
                raise Misfit({step.id: "1–5"})
            return Answer(answer)
        case Inform():
            return Answer(yes)
    raise NotForCustomers(step.id)
