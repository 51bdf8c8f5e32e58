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
from servicehall.rooms.services.language.definition import Book, Call, Pay, Print
from servicehall.rooms.services.machines import Outcome, machine
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, FlowFault, Path
from servicehall.rooms.services.wishes import wish_of

from .booking import book
from .keeping_on import locked, note_done, settle, take_outcome
from .once import call_once
from .paying import offer_again
from .refusals import NothingToDo, Over
from .wishing import grant

LEASE = timedelta(seconds=60)
"""So long nobody else asks; longer than any call may take."""
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
    if found.state == Instance.State.OPEN:
        wish = wish_of(path, answers_of(found), revision=found.revision)
        if wish is not None and not wish.failed:
            grant(found.pk, wish, at=at or clock.now())
            return
    if isinstance(path.step, Pay) and not offer_again(found, at=at or clock.now()):
        return  # due again when the lease is over
    step = path.ask
    if step is None or found.state != Instance.State.OPEN:
        _rest(found)
        return
    nature = machine(step).nature(found, step) if step.once else None
    if nature is not None and nature.kind == "unkeyed" and isinstance(path.step, Book):
        # It was keyed when the flow was published: nothing is taken that could be taken twice.
        _keep(found.pk, step, path.basis, Outcome("fault"), at=at or clock.now())
        return
    if nature is not None and nature.kind == "unkeyed":
        call_once(found.pk, step, path.basis, nature, at=at or clock.now())
        return
    outcome = machine(step).ask(found, step, path.inputs, basis=path.basis)
    try:
        _keep(found.pk, step, path.basis, outcome, at=at or clock.now())
    except Over:
        return


def _rest(instance: Instance) -> None:
    """Nothing is to be done, as far as it was read; what came meanwhile has set another moment, which stays."""
    with transaction(instance.site_id):
        Instance.objects.filter(pk=instance.pk, works_at=instance.works_at).update(works_at=None)


def _keep(instance_id: UUID, step: Call, basis: str, outcome: Outcome, *, at: datetime) -> None:
    with locked(instance_id, SYSTEM) as instance:
        answers = answers_of(instance)
        now = path_of(instance, answers)
        if now.ask is None or now.ask.id != step.id or now.basis != basis:
            return  # answered by another, or asked differently by now: then it is due again by itself
        if instance.state != Instance.State.OPEN and not step.once:
            return  # a person has taken it in hand meanwhile, and nothing was changed over there
        if isinstance(now.step, Book) and outcome.kind in {"done", "refused"}:
            instance.revision += 1
            note_done(instance, step.id, outcome.kind, by=SYSTEM, at=at)
            answers[step.id] = book(instance, now.step, now, outcome, at=at)
            settle(instance, answers, by=SYSTEM, at=at)
            return
        take_outcome(instance, step, basis, outcome, at=at)


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
