"""Running requests of a flow's versions: which of them could go over to another one, and why the others could not."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from . import programs
from .instances import along, answers_of
from .language.program import Program
from .models import Flow, Instance, Version
from .path import Path
from .upgrading import Side, Verdict, verdict

RUNNING = (Instance.State.OPEN, Instance.State.WAITING)


def running(flow: Flow) -> QuerySet[Instance]:
    """The requests of a flow that have not ended, whatever their version."""
    return Instance.objects.filter(version__flow=flow, state__in=RUNNING)


def older(version: Version) -> QuerySet[Instance]:
    """Those that were begun by a version before this one."""
    return running(version.flow).filter(version__number__lt=version.number)


def taken_over(version: Version) -> QuerySet[Instance]:
    """Those that were taken over to this version and may be given back."""
    return running(version.flow).filter(version=version, came_from__isnull=False)


def verdict_on(instance: Instance, version_id: UUID) -> Verdict:
    """Whether the request can go over to a version of its flow."""
    if instance.state != Instance.State.OPEN:
        return Verdict("with-person", instance.step)
    if instance.intent_id is not None:
        return Verdict("under-way", instance.step)
    old, new = programs.of_version(instance.version_id), programs.of_version(version_id)
    answers = answers_of(instance)

    def by(program: Program) -> Path:
        return along(program, instance, answers)

    return verdict(
        Side(old, lambda: by(old)),
        Side(new, lambda: by(new)),
        channel=instance.channel,
        language=instance.given.get("language", "en"),
    )


def verdicts(
    rows: QuerySet[Instance], version_id: UUID | None, limit: int
) -> Iterator[tuple[Instance, Verdict]]:
    """The verdict on each; ``version_id`` None: on its going back to where it came from."""
    listed = rows.select_related("version").defer("version__text").order_by("pk")
    for one in listed[:limit]:
        target = version_id or one.came_from_id
        if target is not None:
            yield one, verdict_on(one, target)
