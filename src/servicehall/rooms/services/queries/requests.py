"""Instances: by the code that their customer holds, or for staff; tasks that wait for a person."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.services import store
from servicehall.rooms.services.instances import hashed
from servicehall.rooms.services.models import Instance, Task


def instance_by_code(code: str) -> Instance:
    """The instance whose code somebody holds (one query).

    Raises:
        NotFound: nobody's code is that.
    """
    found = store.by_code(hashed(code))
    if found is None:
        raise NotFound
    return found


def place_of_code(code: str) -> tuple[UUID, UUID]:
    """(instance, site) of the code that somebody holds (one query).

    Raises:
        NotFound: nobody's code is that.
    """
    found = store.place(hashed(code))
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


def open_tasks(site_id: UUID, *, actor: Actor, limit: int = 50) -> list[Task]:
    """What waits for a person at a site, oldest first."""
    allow(actor, "flow.help", site_id)
    tasks = Task.objects.filter(site_id=site_id, done_at=None).select_related("instance__version")
    return list(tasks.defer("instance__version__text").order_by("made_at")[:limit])
