"""Tasks for staff that come out of flows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services import programs
from servicehall.rooms.services.events import RequestNeedsPerson, TaskDone
from servicehall.rooms.services.instances import program_of
from servicehall.rooms.services.models import Instance, Task

HELP = "flow.help"


def add_task(instance: Instance, *, kind: str, step: str, by: Actor, at: datetime, group: str = "") -> Task:
    """A task about a step, once; one that was done is open again. In the open transaction."""
    number = instance.number or f"{at:%y%m%d}-{instance.pk.hex[-6:].upper()}"
    task, is_new = Task.objects.get_or_create(
        instance=instance,
        step=step,
        kind=kind,
        defaults={"site_id": instance.site_id, "group": group, "number": number, "made_at": at},
    )
    if task.done_at is not None:
        task.made_at, task.done_at, task.done_by, is_new = at, None, None, True
        task.save(update_fields=["made_at", "done_at", "done_by"])
    if is_new:
        fact = RequestNeedsPerson(
            instance=instance.pk,
            flow=program_of(instance).flow.slug,
            number=programs.number_of(instance.version_id),
            step=step,
            why=kind,
        )
        record(fact, actor=by, at=at, subject_id=instance.pk)
    return task


def is_waited_for(instance: Instance) -> bool:
    """Whether a person was asked to go on with it at this step, and has not."""
    if instance.state != Instance.State.WAITING:
        return False
    asked = Task.objects.filter(instance=instance, step=instance.step[:40], kind=Task.Kind.TAKEN_OVER)
    return asked.filter(done_at=None).exists()


def close_tasks(
    instance: Instance, kinds: Collection[str], *, by: Actor, at: datetime, step: str = ""
) -> None:
    """What these tasks (of one step, or of all) were for is over. In the open transaction."""
    found = Task.objects.filter(instance=instance, kind__in=kinds, done_at=None)
    for task in found.filter(step=step) if step else found:
        _close(task, by=by, at=at)


def _close(task: Task, *, by: Actor, at: datetime) -> None:
    task.done_at, task.done_by = at, by.id
    task.save(update_fields=["done_at", "done_by"])
    fact = TaskDone(task=task.pk, instance=task.instance_id)
    record(fact, actor=by, at=at, subject_id=task.instance_id)


def finish_task(*, task_id: UUID, by: Actor, at: datetime | None = None) -> Task:
    """A person has done it. A second time changes nothing.

    Raises:
        NotFound: there is no such task at a site of the actor's.
    """
    task = Task.objects.filter(pk=task_id).first()
    if task is None:
        raise NotFound
    allow(by, HELP, task.site_id)
    moment = at or clock.now()
    with transaction(task.site_id):
        task.refresh_from_db()
        if task.done_at is None:
            _close(task, by=by, at=moment)
    return task
