"""What every act on an instance shares: take it in hand, find where its answers lead now, put it down again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services.events import RequestEnded
from servicehall.rooms.services.instances import keep_answers, path_of, program_of
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, FlowFault, Path

from .refusals import Over, Stale
from .tasks import add_task


def about(instance: Instance, flow: str) -> dict[str, Any]:
    """What every fact about an instance says."""
    return {"instance": instance.pk, "flow": flow, "number": instance.version.number}


@contextmanager
def locked(instance_id: UUID, by: Actor, right: str, *, revision: int | None = None) -> Iterator[Instance]:
    """The instance, in its site's line, so that nobody else goes on with it meanwhile.

    Raises:
        NotFound: there is none at a site of the actor's.
        Over: it has ended.
        Stale: it has another revision.
    """
    site_id = Instance.objects.filter(pk=instance_id).values_list("site_id", flat=True).first()
    if site_id is None:
        raise NotFound
    allow(by, right, site_id)
    with transaction(site_id):
        instance = Instance.objects.select_related("version").defer("version__text").get(pk=instance_id)
        if instance.state in {Instance.State.ENDED, Instance.State.LEFT}:
            raise Over
        if revision is not None and instance.revision != revision:
            raise Stale(revision=instance.revision)
        yield instance


def settle(instance: Instance, answers: Mapping[str, Answer], moment: datetime, *, by: Actor) -> Path:
    """Saves the answers with the next revision; says where they lead. An end is an end, a fault becomes a task."""
    keep_answers(instance, answers)
    instance.revision += 1
    instance.changed_at = moment
    instance.forget_at = moment + timedelta(days=program_of(instance).flow.keeps_days)
    try:
        path = path_of(instance, answers)
    except FlowFault as fault:
        instance.state, instance.step = Instance.State.WAITING, fault.step
        instance.save()
        add_task(instance, kind="fault", step=fault.step, by=by, at=moment)
        return Path((), None, {})
    instance.state = Instance.State.OPEN
    instance.step = path.step.id if path.step else (path.end.id if path.end else "")
    if path.end is not None:
        instance.state, instance.outcome, instance.ended_at = Instance.State.ENDED, path.end.outcome, moment
    instance.save()
    if path.end is not None:
        fact = RequestEnded(
            **about(instance, program_of(instance).flow.slug), step=path.end.id, outcome=path.end.outcome
        )
        record(fact, actor=by, at=moment, subject_id=instance.pk)
    return path
