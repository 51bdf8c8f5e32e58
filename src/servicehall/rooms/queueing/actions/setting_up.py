"""Setting up a hall's queue from a program: a demo, a rehearsal, an import.

People use the back office; both end in the hall's ``save_setup``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.hall.events import SetupChanged
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


def change_counter_stages(
    *,
    site_id: UUID,
    counter_id: UUID,
    by: Actor,
    add: Iterable[UUID] = (),
    remove: Iterable[UUID] = (),
    at: datetime | None = None,
) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Let a counter serve more stages, or fewer; returns those really added and really removed.

    What it serves already is not added, and what it does not serve is not removed, so that whoever takes
    the change back takes back no more than it did.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there; the site has no such counter or stage.
    """
    allow(by, "setup.change", site_id)
    moment = at or clock.now()
    with transaction(site_id):
        counter = Counter.objects.filter(pk=counter_id, site_id=site_id).first()
        more, fewer = frozenset(add), frozenset(remove)
        if counter is None or Stage.objects.filter(pk__in=more, service__site_id=site_id).count() != len(
            more
        ):
            raise NotFound
        served = frozenset(counter.stages.values_list("pk", flat=True))
        added, removed = more - served, (fewer & served) - more
        if added or removed:
            counter.stages.add(*added)  # type: ignore[arg-type]  # ids serve as well as rows
            counter.stages.remove(*removed)  # type: ignore[arg-type]  # ids serve as well as rows
            hall.touch(site_id)
            fact = SetupChanged("queueing.counter", str(counter_id), "changed", ["stages"])
            record(fact, actor=by, at=moment)
        return added, removed
