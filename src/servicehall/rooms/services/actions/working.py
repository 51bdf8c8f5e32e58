"""What other systems are asked: by the worker, outside of any transaction, and kept when they have answered.

An instance says since when it waits for that (``works_at``). Whoever takes it sets the moment forward, so that
nobody else asks meanwhile, and so that it is asked again, with the same key, when the worker dies over it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services.instances import answers_of, path_of
from servicehall.rooms.services.language.definition import Book, Call, Print
from servicehall.rooms.services.machines import Outcome, machine
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, FlowFault, Path

from .booking import book
from .keeping_on import locked, note_done, settle
from .refusals import NothingToDo, Over
from .tasks import add_task

LEASE = timedelta(seconds=60)
"""So long nobody else asks; longer than any call may take."""
PAUSES = (2, 5, 15, 60, 300)
"""Seconds until a system that did not answer is asked again; after the last one a person looks."""
AT_ONCE = 8


def work_due(*, at: datetime | None = None, limit: int = 50) -> int:
    """Asks what is due, a few at a time; returns how many."""
    now = at or clock.now()
    due = Instance.objects.filter(works_at__lte=now).order_by("works_at")
    listed = list(due.values_list("pk", "site_id", "works_at")[:limit])
    taken = [pk for pk, site_id, works_at in listed if works_at and _take(pk, site_id, works_at, now)]
    if len(taken) > 1:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(_in_thread, taken))
    elif taken:
        work_on(taken[0], at=at)
    return len(taken)


def _take(pk: UUID, site_id: UUID, works_at: datetime, now: datetime) -> bool:
    """Whether it is ours: of two workers one changes the row."""
    with transaction(site_id):
        return bool(Instance.objects.filter(pk=pk, works_at=works_at).update(works_at=now + LEASE))


def _in_thread(pk: UUID) -> None:
    try:
        work_on(pk)
    finally:
        connection.close()


def work_on(instance_id: UUID, *, at: datetime | None = None) -> None:
    """Asks what one instance waits for, and keeps the answer."""
    found = Instance.objects.select_related("version").defer("version__text").get(pk=instance_id)
    try:
        path = path_of(found)
    except FlowFault:
        path = Path((), None, {})
    step = path.ask
    if step is None or found.state != Instance.State.OPEN:
        _rest(found)
        return
    outcome = machine(step).ask(found, step, path.inputs, basis=path.basis)
    try:
        _keep(found.pk, step, path.basis, outcome, at=at or clock.now())
    except Over:
        return


def _rest(instance: Instance) -> None:
    with transaction(instance.site_id):
        Instance.objects.filter(pk=instance.pk).update(works_at=None)


def _keep(instance_id: UUID, step: Call, basis: str, outcome: Outcome, *, at: datetime) -> None:
    with locked(instance_id, SYSTEM) as instance:
        answers = answers_of(instance)
        now = path_of(instance, answers)
        if now.ask is None or now.ask.id != step.id or now.basis != basis:
            return  # answered by another, or asked differently by now: then it is due again by itself
        if isinstance(now.step, Book) and outcome.kind in {"done", "refused"}:
            instance.revision += 1
            note_done(instance, step.id, outcome.kind, by=SYSTEM, at=at)
            answers[step.id] = book(instance, now.step, now, outcome, at=at)
            settle(instance, answers, by=SYSTEM, at=at)
            return
        if outcome.kind == "done" or (outcome.kind == "refused" and step.failed):
            refused = {"refused": outcome.words or "refused"}
            value = outcome.value if outcome.kind == "done" else refused
            instance.revision += 1
            note_done(instance, step.id, outcome.kind, by=SYSTEM, at=at)
            answers[step.id] = Answer(value, basis, settled=outcome.kind == "done" and step.once)
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


def note_printed(
    *, instance_id: UUID, step: str, by: Actor, at: datetime | None = None
) -> tuple[Instance, Path]:
    """The player gave the slip to the printer (or the customer does without). It is not printed twice.

    Raises:
        NothingToDo: no slip is waiting there.
    """
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        answers = answers_of(instance)
        path = path_of(instance, answers)
        if not isinstance(path.step, Print) or path.step.id != step:
            raise NothingToDo
        instance.revision += 1
        note_done(instance, step, "done", by=by, at=moment)
        answers[step] = Answer({"printed": True}, path.basis, settled=True)
        path = settle(instance, answers, by=by, at=moment)
    return instance, path
