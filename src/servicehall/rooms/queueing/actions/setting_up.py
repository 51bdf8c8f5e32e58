"""Setting up a hall's queue from a program: a demo, a rehearsal, an import.

People use the back office; both end in the hall's ``save_setup``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.queueing.models import Counter, PriorityClass, QueueRules, Series, Service, Stage


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stage to be made: names, minutes (None: the service's), ids of required skills."""

    names: Text
    minutes: float | None = None
    skills: tuple[UUID, ...] = ()


def add_class(*, site_id: UUID, key: str, names: Text, by: Actor, **fields: Any) -> PriorityClass:
    """Add a priority class; ``fields`` as in the table (rate, head_start, rank, is_default, is_public, rule)."""
    row = PriorityClass(site_id=site_id, key=key, names=names, **fields)
    hall.save_setup(row, by=by)
    return row


def set_rules(*, site_id: UUID, by: Actor, **fields: Any) -> QueueRules:
    """Set the site's queue rules; ``fields`` as in the table."""
    row = QueueRules.objects.filter(site_id=site_id).first() or QueueRules(site_id=site_id)
    for name, value in fields.items():
        setattr(row, name, value)
    hall.save_setup(row, by=by)
    return row


def add_service(
    *,
    site_id: UUID,
    slug: str,
    prefix: str,
    names: Text,
    by: Actor,
    stages: Sequence[StagePlan] = (),
    classes: Iterable[PriorityClass] = (),
    **fields: Any,
) -> Service:
    """Add a service with its number series (shared when the prefix is there), stages and classes.

    Without ``stages`` it has one, named like the service.
    """
    series = Series.objects.filter(site_id=site_id, prefix=prefix).first()
    if series is None:
        series = Series(site_id=site_id, prefix=prefix)
        hall.save_setup(series, by=by)
    row = Service(site_id=site_id, slug=slug, names=names, series=series, **fields)
    hall.save_setup(row, by=by)
    row.classes.set(classes)
    for position, plan in enumerate(stages or [StagePlan(names)], 1):
        stage = Stage(service=row, position=position, names=plan.names, expected_minutes=plan.minutes)
        hall.save_setup(stage, by=by)
        stage.skills.add(*plan.skills)  # type: ignore[arg-type]  # ids serve as well as rows
    hall.touch(site_id)
    return row


def add_counter(
    *, site_id: UUID, zone_id: UUID, label: str, names: Text, stages: Iterable[Stage], by: Actor
) -> Counter:
    """Add a counter that serves these stages."""
    row = Counter(site_id=site_id, zone_id=zone_id, label=label, names=names)
    hall.save_setup(row, by=by)
    row.stages.set(stages)
    hall.touch(site_id)
    return row
