"""Taking a time at another system, and giving it back when the customer does not keep it.

What is given back is meant in the ledger, in the transaction of the fact that it follows from; the worker calls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import effects
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import set_timer
from servicehall.rooms.services import booking
from servicehall.rooms.services.instances import answers_of, path_of, program_of
from servicehall.rooms.services.language.definition import Book
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, Path
from servicehall.rooms.services.releasing import RELEASE
from servicehall.rooms.services.timers import HOLD

LATER = timedelta(minutes=5)
"""After this time it is looked again whether a payment is still under way."""


def book(instance: Instance, step: Book, path: Path, outcome: Outcome, *, at: datetime) -> Answer:
    """The answer that the step has now that the other system has spoken."""
    program = program_of(instance)
    before = path.booking or booking.kept(step, None, path.values)
    after = booking.answered(step, before, outcome.kind, outcome.value, outcome.words)
    if after.taken is not None and before.taken is None and step.release is not None:
        key = f"{instance.pk}:{step.id}:{after.tries}"
        set_timer(HOLD, key, at + timedelta(minutes=step.hold), site_id=instance.site_id)
    return Answer(after.stored(), booking.basis(program, step, path.values), settled=after.taken is not None)


def chosen(instance: Instance, step: Book, answer: Any, path: Path, kept: Answer | None) -> Answer:
    """What the customer chose: a day to look at, or one of the slots that are offered on it.

    Raises:
        Unfit: it is not offered.
    """
    program, basis = program_of(instance), booking.basis(program_of(instance), step, path.values)
    held = booking.kept(step, kept and kept.value, path.values, fits=bool(kept and kept.basis == basis))
    given: Mapping[str, Any] = answer if isinstance(answer, dict) else {}
    day, slot = str(given.get("day") or held.day), str(given.get("slot") or "")
    after = booking.chosen(program, step, held, path.values, day=day, slot=slot)
    if held.taken is not None and after.taken is None:
        give_back(instance, step, held, at=instance.changed_at)
    return Answer(after.stored(), basis, settled=after.taken is not None)


def let_go(instance: Instance, answers: dict[str, Answer], path: Path, *, at: datetime) -> None:
    """Gives back what was taken for a step that the path has passed over, or has begun anew, since."""
    program = program_of(instance)
    order = [step.id for step in program.flow.steps]
    now = path.step or path.end
    if now is None:
        return
    for step in program.flow.steps:
        answer = answers.get(step.id)
        if not isinstance(step, Book) or answer is None or step.release is None:
            continue
        held = booking.kept(step, answer.value, path.values)
        is_kept = step.id in path.names and not (
            path.end and path.end.outcome != "done" and path.can_change(step.id)
        )
        is_looked_at = now.id == step.id and path.booking is not None and path.booking.taken is not None
        if held.taken is None or is_kept or is_looked_at or order.index(now.id) < order.index(step.id):
            continue
        give_back(instance, step, held, at=at)
        answers[step.id] = Answer(booking.lost(held, "").stored(), answer.basis)


def leave(instance: Instance, path: Path, *, at: datetime) -> None:
    """The customer gives up: what can be given back is."""
    for visit in path.visits:
        step = visit.step
        if isinstance(step, Book) and path.can_change(step.id):
            _give(instance, step, booking.kept(step, visit.answer.value, path.values), at=at)
    if isinstance(path.step, Book) and path.booking is not None:
        _give(instance, path.step, path.booking, at=at)


def _give(instance: Instance, step: Book, held: booking.Booking, *, at: datetime) -> None:
    if held.taken is not None:
        give_back(instance, step, held, at=at)


def give_back(instance: Instance, step: Book, held: booking.Booking, *, at: datetime) -> None:
    """Means the release of what was taken, where there is one; once for each time that something was."""
    if step.release is None:
        return
    program, values = program_of(instance), booking.own(step, held)
    inputs = {name: program.evaluate(code, values) for name, code in step.release.inputs.items()}
    request = {
        "connector": step.connector,
        "operation": step.release.operation,
        "inputs": json.dumps(inputs, sort_keys=True),
        "instance": str(instance.pk),
        "step": step.id,
    }
    effects.intend(
        RELEASE,
        f"{instance.pk}:{step.id}:{held.tries}",
        site_id=instance.site_id,
        subject_id=instance.pk,
        request=request,
        at=at,
    )


def time_is_over(key: str, *, at: datetime) -> None:
    """Nobody went on for so long that the time is given back; while somebody pays, it waits."""
    from .keeping_on import locked, settle
    from .refusals import Over

    pk, name, tries = key.split(":")
    try:
        with locked(UUID(pk), SYSTEM) as instance:
            answers, path = answers_of(instance), path_of(instance)
            step = program_of(instance).flow.step(name)
            answer = answers.get(name)
            if not isinstance(step, Book) or answer is None or instance.state != Instance.State.OPEN:
                return
            held = booking.kept(step, answer.value, path.values)
            if held.taken is None or str(held.tries) != tries:
                return
            is_here = path.step is not None and path.step.id == name
            if not is_here and not path.can_change(name):
                return
            if instance.intent_id is not None:
                set_timer(HOLD, key, at + LATER, site_id=instance.site_id)
                return
            give_back(instance, step, held, at=at)
            answers[name] = Answer(booking.lost(held, booking.LATE).stored(), answer.basis)
            instance.revision += 1
            settle(instance, answers, by=SYSTEM, at=at)
    except Over:
        return
