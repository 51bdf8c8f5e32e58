"""What every act on an instance shares: take it in hand, find where its answers lead now, put it down again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services import programs, store
from servicehall.rooms.services.events import RequestDoneStep, RequestEnded
from servicehall.rooms.services.instances import keep_answers, path_of, program_of
from servicehall.rooms.services.language.definition import Call
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, FlowFault, Path

from . import inside
from .refusals import NotThisStep, Over, Stale
from .tasks import add_task

RIGHT = "flow.use"


def about(instance: Instance) -> dict[str, Any]:
    """What every fact about an instance says."""
    flow = program_of(instance).flow.slug
    return {"instance": instance.pk, "flow": flow, "number": programs.number_of(instance.version_id)}


@contextmanager
def locked(
    instance_id: UUID,
    by: Actor,
    right: str = RIGHT,
    *,
    revision: int | None = None,
    site_id: UUID | None = None,
) -> Iterator[Instance]:
    """The instance, in its site's line, so that nobody else goes on with it meanwhile.

    Args:
        site_id: its site, for who knows it: then it is not looked for.

    Raises:
        NotFound: there is none at a site of the actor's.
        Over: it has ended.
        Stale: it has another revision.
        NotThisStep: its definition cannot go on with its answers.
    """
    site_id = site_id or Instance.objects.filter(pk=instance_id).values_list("site_id", flat=True).first()
    if site_id is None:
        raise NotFound
    allow(by, right, site_id)
    with transaction(site_id):
        instance = store.read(instance_id, site_id)
        if instance is None:
            raise NotFound
        if instance.state in {Instance.State.ENDED, Instance.State.LEFT}:
            raise Over
        if revision is not None and instance.revision != revision:
            raise Stale(revision=instance.revision)
        try:
            yield instance
        except FlowFault as fault:  # it is a person's task already
            raise NotThisStep(step=fault.step) from None


def settle(instance: Instance, answers: dict[str, Answer], *, by: Actor, at: datetime) -> Path:
    """Saves the answers, and goes on with what is the hall's to do; says where they lead then.

    An end is an end, a fault becomes a task, and what another system is to be asked is put before the worker.
    """
    instance.changed_at = at
    instance.forget_at = at + timedelta(days=program_of(instance).flow.keeps_days)
    instance.works_at, instance.tries = None, 0
    try:
        path = _on(instance, answers, by=by, at=at)
    except FlowFault as fault:
        keep_answers(instance, answers)
        instance.state, instance.step = Instance.State.WAITING, fault.step
        instance.save()
        add_task(instance, kind="fault", step=fault.step, by=by, at=at)
        return Path((), None, {})
    keep_answers(instance, answers)
    instance.state = Instance.State.OPEN
    instance.step = path.step.id if path.step else (path.end.id if path.end else "")
    if isinstance(path.step, Call):
        instance.works_at = at
    if path.end is not None:
        instance.state, instance.outcome, instance.ended_at = Instance.State.ENDED, path.end.outcome, at
    store.write(instance)
    if path.end is not None:
        fact = RequestEnded(**about(instance), step=path.end.id, outcome=path.end.outcome)
        record(fact, actor=by, at=at, subject_id=instance.pk)
    return path


def _on(instance: Instance, answers: dict[str, Answer], *, by: Actor, at: datetime) -> Path:
    """The path, after everything on it that is done in our own tables was done."""
    path = path_of(instance, answers)
    while path.step is not None and inside.is_inside(path.step):
        step = path.step
        value = inside.do(instance, step, by=by, at=at)
        answers[step.id] = Answer(value, path.basis, settled=True)
        note_done(instance, step.id, "done", by=by, at=at)
        path = path_of(instance, answers)
    return path


def note_done(instance: Instance, step: str, outcome: str, *, by: Actor, at: datetime) -> None:
    """Records what became of a step that is not the customer's."""
    fact = RequestDoneStep(**about(instance), step=step, outcome=outcome, revision=instance.revision)
    record(fact, actor=by, at=at, subject_id=instance.pk)
