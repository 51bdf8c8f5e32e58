"""What every act on an instance shares: take it in hand, find where its answers lead now, put it down again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.languages import say
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.people import queries as people
from servicehall.rooms.services import programs, store
from servicehall.rooms.services.events import RequestDoneStep, RequestEnded
from servicehall.rooms.services.instances import answers_of, keep_answers, path_of, program_of, variant
from servicehall.rooms.services.language.definition import Call, HandOver
from servicehall.rooms.services.machines import Outcome
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, FlowFault, Path
from servicehall.rooms.services.wishes import is_under_way

from . import booking, inside
from .refusals import (
    BeingDone,
    HeldByColleague,
    NotTaken,
    NotThisStep,
    Over,
    PaymentUnderWay,
    Stale,
    WithStaff,
)
from .tasks import add_task, close_tasks

RIGHT = "flow.use"
PAUSES = (2, 5, 15, 60, 300)
"""Seconds until a system that did not answer is asked again; after the last one a person looks."""


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
        WithStaff, HeldByColleague, NotTaken: somebody else goes on with it (asked for with the right to go on only).
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
        if right == RIGHT:
            ours(instance, by)
        if revision is not None and instance.revision != revision:
            raise Stale(revision=instance.revision)
        try:
            yield instance
        except FlowFault as fault:  # it is a person's task already
            raise NotThisStep(step=fault.step) from None


def ours(instance: Instance, by: Actor) -> None:
    """One end goes on: the customer's screens, or the member of staff who took it over. The hall itself always may.

    Raises:
        WithStaff, HeldByColleague, NotTaken: it is somebody else.
    """
    if by.kind == "system":
        return
    if instance.held_by is None:
        if by.kind == "staff":
            raise NotTaken
        return
    if instance.held_by == by.id:
        return
    if by.kind in {"staff", "token"}:
        raise HeldByColleague(say(people.names_of([instance.held_by]).get(instance.held_by)))
    raise WithStaff


def settle(instance: Instance, answers: dict[str, Answer], *, by: Actor, at: datetime) -> Path:
    """Saves the answers, and goes on with what is the hall's to do; says where they lead then.

    An end is an end, a fault becomes a task, and what another system is to be asked is put before the worker.
    """
    instance.changed_at = at
    instance.forget_at = at + timedelta(days=program_of(instance).flow.keeps_days)
    instance.works_at, instance.tries = None, 0
    was_waiting = instance.state == Instance.State.WAITING
    try:
        path, is_handed_over = _on(instance, answers, by=by, at=at)
        booking.let_go(instance, answers, path, at=at)
    except FlowFault as fault:
        keep_answers(instance, answers)
        instance.state, instance.step = Instance.State.WAITING, fault.step
        instance.save()
        add_task(instance, kind="fault", step=fault.step, by=by, at=at)
        return Path((), None, {})
    keep_answers(instance, answers)
    # From a hand-over on a person goes on; whoever of staff has it in hand is that person.
    waits = is_handed_over and instance.held_by is None and path.end is None
    instance.state = Instance.State.WAITING if waits else Instance.State.OPEN
    instance.step = path.step.id if path.step else (path.end.id if path.end else "")
    if path.ask is not None and not waits:
        instance.works_at = at
    if path.end is not None:
        instance.state, instance.outcome, instance.ended_at = Instance.State.ENDED, path.end.outcome, at
    store.write(instance)
    if was_waiting and not waits:
        close_tasks(instance, ("fault", "unsure"), by=by, at=at)
    if path.end is not None and instance.held_by is not None:
        close_tasks(instance, ("taken-over",), by=by, at=at)
    if path.end is not None:
        fact = RequestEnded(
            **about(instance), step=path.end.id, outcome=path.end.outcome, variant=variant(instance)
        )
        record(fact, actor=by, at=at, subject_id=instance.pk)
        if path.end.outcome != "done":
            from .undoing import take_back

            take_back(instance, at=at)
    return path


def _on(instance: Instance, answers: dict[str, Answer], *, by: Actor, at: datetime) -> tuple[Path, bool]:
    """The path, after everything on it that is done in our own tables was done; whether it was handed over there."""
    path, is_handed_over = path_of(instance, answers), False
    while path.step is not None and inside.is_inside(path.step):
        step = path.step
        value = inside.do(instance, step, by=by, at=at)
        is_handed_over = is_handed_over or isinstance(step, HandOver)
        answers[step.id] = Answer(value, path.basis, settled=True)
        note_done(instance, step.id, "done", by=by, at=at)
        path = path_of(instance, answers)
    return path, is_handed_over


def take_outcome(instance: Instance, step: Call, basis: str, outcome: Outcome, *, at: datetime) -> None:
    """What became of a call is the step's outcome; what brings no answer is asked again later, or a person looks."""
    if outcome.kind == "done" or (outcome.kind == "refused" and step.failed):
        answers = answers_of(instance)
        refused = {"refused": outcome.words or "refused"}
        instance.revision += 1
        note_done(instance, step.id, outcome.kind, by=SYSTEM, at=at)
        value = outcome.value if outcome.kind == "done" else refused
        answers[step.id] = Answer(value, basis, settled=outcome.kind == "done" and step.once)
        if instance.state == Instance.State.WAITING:
            close_tasks(instance, ("unsure",), step=step.id, by=SYSTEM, at=at)
        settle(instance, answers, by=SYSTEM, at=at)
        return
    note_done(instance, step.id, outcome.kind, by=SYSTEM, at=at)
    _hold_up(instance, step, outcome, at=at)


def _hold_up(instance: Instance, step: Call, outcome: Outcome, *, at: datetime) -> None:
    """Asked again later when that does no harm, else a person looks."""
    instance.works_at, instance.changed_at = None, at
    if outcome.kind == "unavailable" and instance.tries < len(PAUSES):
        instance.works_at = at + timedelta(seconds=PAUSES[instance.tries])
        instance.tries += 1
    else:
        instance.state = Instance.State.WAITING
        instance.revision += 1
        kind = "fault" if outcome.kind in {"refused", "fault"} else "unsure"
        add_task(instance, kind=kind, step=step.id, by=SYSTEM, at=at)
    instance.save(update_fields=["works_at", "tries", "state", "changed_at", "revision"])


def note_done(instance: Instance, step: str, outcome: str, *, by: Actor, at: datetime) -> None:
    """Records what became of a step that is not the customer's."""
    fact = RequestDoneStep(**about(instance), step=step, outcome=outcome, revision=instance.revision)
    record(fact, actor=by, at=at, subject_id=instance.pk)


def refuse_when_under_way(instance: Instance) -> None:
    """Money, or another system that does what cannot be taken back, may still decide how it goes on.

    Raises:
        PaymentUnderWay, BeingDone: see there.
    """
    if instance.intent_id is not None:
        raise PaymentUnderWay
    if instance.state != Instance.State.OPEN:
        return
    try:
        path = path_of(instance)
    except FlowFault:
        return
    if path.ask is not None and path.ask.once:
        raise BeingDone
    if is_under_way(path, answers_of(instance), revision=instance.revision):
        raise PaymentUnderWay
