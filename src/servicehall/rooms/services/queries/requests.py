"""Instances: by the code that their customer holds, or for staff; tasks that wait for a person."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection.fields import is_erased
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.services.instances import hashed, path_of, program_of
from servicehall.rooms.services.language.definition import Print
from servicehall.rooms.services.models import Instance, Task, Upload
from servicehall.rooms.services.path import FlowFault


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for the customer. A further one is a copy, and says so."""

    title: str
    text: str
    is_copy: bool


def instance_by_code(code: str) -> Instance:
    """The instance whose code somebody holds (one query).

    Raises:
        NotFound: nobody's code is that.
    """
    found = (
        Instance.objects.select_related("version")
        .defer("version__text")
        .filter(code_hash=hashed(code))
        .first()
    )
    if found is None:
        raise NotFound
    return found


def instance_seen(instance_id: UUID, *, actor: Actor) -> Instance:
    """An instance, for staff of its site.

    Raises:
        NotFound: there is none at a site of theirs.
    """
    found = Instance.objects.select_related("version").defer("version__text").filter(pk=instance_id).first()
    if found is None:
        raise NotFound
    allow(actor, "flow.help", found.site_id)
    return found


def file_of(instance: Instance, file_id: UUID) -> tuple[str, bytes]:
    """The media type and the contents of a file that was sent with an answer; whoever sees the request sees it.

    Raises:
        NotFound: the request has no such file, or it was forgotten.
    """
    row = Upload.objects.filter(pk=file_id, instance=instance).first()
    if row is None or is_erased(row.content) or not row.content:
        raise NotFound
    return row.media_type, base64.b64decode(row.content)


def slip_of(instance: Instance, step: str, *, language: str) -> Slip:
    """The slip of a step on the path, to be shown as a page.

    Raises:
        NotFound: there is none, or not yet.
    """
    program = program_of(instance)
    try:
        path = path_of(instance)
    except FlowFault:
        raise NotFound from None
    found = program.flow.step(step)
    here = path.step is not None and path.step.id == step
    if not isinstance(found, Print) or not (here or step in path.names):
        raise NotFound
    return Slip(
        program.say(found.title, path.values, language),
        program.say(found.slip, path.values, language),
        not here,
    )


def open_tasks(site_id: UUID, *, actor: Actor, limit: int = 50) -> list[Task]:
    """What waits for a person at a site, oldest first."""
    allow(actor, "flow.help", site_id)
    tasks = Task.objects.filter(site_id=site_id, done_at=None).select_related("instance__version")
    return list(tasks.defer("instance__version__text").order_by("made_at")[:limit])
