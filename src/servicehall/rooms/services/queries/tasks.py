"""Tasks that wait for a person, or were done: lists for staff, one task, all of some days for a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.people import queries as people
from servicehall.rooms.services import numbers
from servicehall.rooms.services.instances import path_of, program_of
from servicehall.rooms.services.language.definition import Field
from servicehall.rooms.services.models import Instance, Task
from servicehall.rooms.services.path import FlowFault
from servicehall.rooms.services.reviewing import tellable

from .requests import HELP

KINDS = Task.Kind.choices


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """Which tasks: ``done`` ones or those still open, of a kind, a group, made before a moment, with a number."""

    done: bool = False
    kind: str = ""
    group: str = ""
    before: datetime | None = None
    number: str = ""


def _rows() -> QuerySet[Task]:
    rows = Task.objects.select_related("instance__version", "site")
    return rows.defer("instance__version__text", "instance__answers")


def open_tasks(site_id: UUID, *, actor: Actor, limit: int = 50) -> list[Task]:
    """What waits for a person at a site, oldest first."""
    allow(actor, HELP, site_id)
    return list(_rows().filter(site_id=site_id, done_at=None).order_by("made_at")[:limit])


def open_task_count(site_id: UUID, *, actor: Actor) -> int:
    """How much waits for a person at a site (one query); none for who may not see it."""
    if not actor.may(HELP, site_id):
        return 0
    return Task.objects.filter(site_id=site_id, done_at=None).count()


def tasks(
    site_id: UUID, *, actor: Actor, filters: TaskFilters, after: UUID | None = None, limit: int = 50
) -> tuple[list[Task], UUID | None]:
    """A page of tasks and the id after which the next begins: open ones oldest first, done ones newest first."""
    allow(actor, HELP, site_id)
    rows = _rows().filter(site_id=site_id, done_at__isnull=not filters.done)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.group:
        rows = rows.filter(group=filters.group)
    if filters.before is not None:
        rows = rows.filter(made_at__lte=filters.before)
    if filters.number:
        typed = filters.number.strip().upper()[:20]
        rows = rows.filter(
            Q(number=typed)
            | Q(number=numbers.as_number(typed))
            | Q(instance__number=numbers.as_number(typed))
        )
    if after is not None:
        rows = _beyond(rows, after, newest_first=filters.done)
    order = ("-made_at", "-pk") if filters.done else ("made_at", "pk")
    found = list(rows.order_by(*order)[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None


def _beyond(rows: QuerySet[Task], after: UUID, *, newest_first: bool) -> QuerySet[Task]:
    made_at = Task.objects.filter(pk=after).values_list("made_at", flat=True).first()
    if made_at is None:
        return rows
    if newest_first:
        return rows.filter(Q(made_at__lt=made_at) | Q(made_at=made_at, pk__lt=after))
    return rows.filter(Q(made_at__gt=made_at) | Q(made_at=made_at, pk__gt=after))


def task_groups(site_id: UUID, *, actor: Actor) -> list[str]:
    """The groups that tasks of a site were for (one query)."""
    allow(actor, HELP, site_id)
    groups = Task.objects.filter(site_id=site_id).exclude(group="").order_by("group")
    return list(groups.values_list("group", flat=True).distinct()[:50])


def task_seen(task_id: UUID, *, actor: Actor) -> Task:
    """A task with its request, for staff of its site.

    Raises:
        NotFound: there is none at a site of theirs.
    """
    rows = Task.objects.select_related("instance__version", "site").defer("instance__version__text")
    found = rows.filter(pk=task_id).first()
    if found is None:
        raise NotFound
    allow(actor, HELP, found.site_id)
    return found


def tasks_of(instance: Instance, *, actor: Actor) -> list[Task]:
    """The tasks of a request, oldest first (one query)."""
    allow(actor, HELP, instance.site_id)
    return list(Task.objects.filter(instance=instance).order_by("made_at"))


@dataclass(frozen=True, slots=True)
class Unsure:
    """What a person may answer: ``once``: whether it was done; else only that it is asked again. And what it gives."""

    once: bool
    fields: list[Field]


def unsure_about(task: Task) -> Unsure | None:
    """What there is to say about the other system's step at which the request waits; None when it waits for something else."""
    instance = task.instance
    if instance.state != Instance.State.WAITING or task.done_at is not None:
        return None
    try:
        step = path_of(instance).ask
    except FlowFault:
        return None
    if step is None or step.id != task.step:
        return None
    return Unsure(step.once, tellable(step) if step.once else [])


def step_words(task: Task, language: str) -> str:
    """What the task's step is called; its short name when it has no title without holes."""
    program = program_of(task.instance)
    step = program.flow.step(task.step)
    if step is None or not step.title or any("${" in text for text in step.title.text.values()):
        return task.step
    return program.say(step.title, {}, language)


def task_rows(site_id: UUID, start: datetime, end: datetime, *, actor: Actor) -> Iterator[dict[str, Any]]:
    """The tasks made between two moments, for a file: nothing that was entered, nobody's name.

    Raises:
        NotAllowed: the actor may not take lists out.
    """
    allow(actor, HELP, site_id)
    allow(actor, "ops.export", site_id)
    return _told(Task.objects.filter(site_id=site_id, made_at__gte=start, made_at__lt=end))


def _told(rows: QuerySet[Task]) -> Iterator[dict[str, Any]]:
    listed = rows.select_related("instance__version__flow").defer(
        "instance__version__text", "instance__answers"
    )
    for one in listed.order_by("made_at").iterator(500):
        yield {
            "number": numbers.grouped(one.number),
            "kind": one.get_kind_display(),
            "group": one.group,
            "flow": one.instance.version.flow.slug,
            "step": one.step,
            "made_at": one.made_at,
            "done_at": one.done_at,
            "minutes": round((one.done_at - one.made_at).total_seconds() / 60) if one.done_at else None,
        }


def doers(tasks: list[Task]) -> dict[UUID, Any]:
    """The names of who did these tasks (one query, none for nobody)."""
    return people.names_of({one.done_by for one in tasks if one.done_by})
