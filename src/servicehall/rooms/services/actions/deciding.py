"""Nobody knows whether another system did it; a member of staff has found out, and the flow goes on accordingly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.services import answering
from servicehall.rooms.services.instances import answers_of, path_of, program_of
from servicehall.rooms.services.language.definition import Book, Call
from servicehall.rooms.services.language.program import Program
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Instance, Task
from servicehall.rooms.services.path import Answer, FlowFault, Path
from servicehall.rooms.services.reviewing import tellable

from .booking import book
from .helping import not_a_colleagues
from .keeping_on import locked, note_done, settle
from .refusals import NothingUnsure, UnfitAnswers
from .tasks import HELP


@contextmanager
def _unsure(task_id: UUID, by: Actor) -> Iterator[tuple[Instance, Call, Path]]:
    """The request that a task is about, while it waits at just that step.

    Raises:
        NotFound: there is no such task at a site of the actor's.
        NothingUnsure: it does not wait there any more.
        HeldByColleague: another member of staff has it in hand.
    """
    task = Task.objects.filter(pk=task_id).only("instance_id", "step").first()
    if task is None:
        raise NotFound
    with locked(task.instance_id, by, HELP) as instance:
        not_a_colleagues(instance, by)
        try:
            path = path_of(instance)
        except FlowFault:
            raise NothingUnsure from None
        step = path.ask
        if instance.state != Instance.State.WAITING or step is None or step.id != task.step:
            raise NothingUnsure
        yield instance, step, path


def say_done(*, task_id: UUID, results: Mapping[str, str], by: Actor, at: datetime | None = None) -> Instance:
    """It was done; what the other system would have answered is what somebody found there.

    Raises:
        NotFound, NothingUnsure, HeldByColleague: see above.
        UnfitAnswers: a result that is no such value.
    """
    moment = at or clock.now()
    with _unsure(task_id, by) as (instance, step, path):
        if not step.once:
            raise NothingUnsure
        answers = answers_of(instance)
        found = _read(program_of(instance), step, results)
        if isinstance(path.step, Book):
            if not found.get(path.step.reference):  # without it the time could not be given back
                raise UnfitAnswers(errors={path.step.reference: str(answering.MISSING)})
            answers[step.id] = book(instance, path.step, path, Outcome("done", found), at=moment)
        else:
            answers[step.id] = Answer(found, path.basis, settled=True)
        instance.revision += 1
        note_done(instance, step.id, "done", by=by, at=moment)
        settle(instance, answers, by=by, at=moment)
    return instance


def _read(program: Program, step: Call, results: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in tellable(step):
        try:
            value = answering.read(program, field, results.get(field.id, ""), {})
        except answering.Unfit as problem:
            wrong[field.id] = str(problem.words)
            continue
        if value is not None:
            found[field.id] = value
    if wrong:
        raise UnfitAnswers(errors=wrong)
    return found


def say_not_done(*, task_id: UUID, by: Actor, at: datetime | None = None) -> Instance:
    """It was not done, so it is asked for again: with the same key, by which the other system would still notice it.

    Raises:
        NotFound, NothingUnsure, HeldByColleague: see above.
    """
    moment = at or clock.now()
    with _unsure(task_id, by) as (instance, step, _path):
        instance.revision += 1
        note_done(instance, step.id, "not-done", by=by, at=moment)
        settle(instance, answers_of(instance), by=by, at=moment)
    return instance
