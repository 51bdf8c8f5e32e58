"""A site's queue setup in memory: read once, checked by its version on each use (one query)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from servicehall.kernel import clock, sql
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.natural_order import natural
from servicehall.rooms.hall import queries as hall

from .discipline import DISCIPLINES, ClassRule, Discipline
from .models import Counter, PriorityClass, QueueRules, Service

if TYPE_CHECKING:
    from servicehall.rooms.hall.opening import Schedule


@dataclass(frozen=True, slots=True)
class ClassSetup:
    """A priority class."""

    id: UUID
    key: str
    names: Text
    rule: Text
    is_public: bool
    order: ClassRule


@dataclass(frozen=True, slots=True)
class StageSetup:
    """A stage of a service."""

    id: UUID
    service: UUID
    position: int
    names: Text
    skills: frozenset[UUID]
    expected_minutes: float


@dataclass(frozen=True, slots=True)
class ServiceSetup:
    """A service with its stages in order and its classes."""

    id: UUID
    slug: str
    names: Text
    hint: Text
    icon: str
    series: UUID
    prefix: str
    width: int
    first: int
    stages: tuple[StageSetup, ...]
    classes: tuple[ClassSetup, ...]
    expected_minutes: float
    target_minutes: float
    max_waiting: int | None
    daily_limit: int | None
    closed_on: date | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class CounterSetup:
    """A counter and the stages that it serves."""

    id: UUID
    label: str
    names: Text
    zone: UUID
    stages: frozenset[UUID]
    is_active: bool


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything about a site's queue that changes only when somebody changes the setup."""

    site: UUID
    slug: str
    names: Text
    timezone: str
    day_ends: time
    is_rehearsal: bool
    schedule: Schedule
    rules: QueueRules
    discipline: Discipline
    classes: dict[UUID, ClassSetup]
    orders: dict[UUID, ClassRule]
    default_class: ClassSetup | None
    services: dict[UUID, ServiceSetup]
    stages: dict[UUID, StageSetup]
    counters: dict[UUID, CounterSetup]
    zones: dict[UUID, tuple[str, Text]]
    services_by_ref: dict[str, ServiceSetup]
    counters_by_ref: dict[str, CounterSetup]

    def day(self, moment: datetime) -> date:
        """The business day of a moment."""
        return clock.business_day(moment, self.timezone, self.day_ends)

    def service(self, ref: str | UUID) -> ServiceSetup:
        """A service by id or short name.

        Raises:
            NotFound: the site has no such service.
        """
        found = self.services_by_ref.get(str(ref))
        if found is None:
            raise NotFound
        return found

    def counter(self, ref: str | UUID) -> CounterSetup:
        """A counter by id or label.

        Raises:
            NotFound: the site has no such counter.
        """
        found = self.counters_by_ref.get(str(ref))
        if found is None:
            raise NotFound
        return found

    def counters_for(self, stage: UUID) -> list[CounterSetup]:
        """The counters in use whose list has the stage."""
        return [c for c in self.counters.values() if c.is_active and stage in c.stages]


_kept: dict[UUID, tuple[int, Configuration]] = {}
_lock = threading.Lock()


def of_site(site_id: UUID) -> Configuration:
    """The site's setup as of now.

    Raises:
        NotFound: there is no such site in use.
    """
    found = sql.row("SELECT setup_version FROM hall_site WHERE id = %s AND is_active", site_id)
    if found is None:
        raise NotFound
    kept = _kept.get(site_id)
    if kept is not None and kept[0] == found[0]:
        return kept[1]
    with _lock:
        fresh = _load(site_id)
        _kept[site_id] = (int(found[0]), fresh)
        return fresh


def last_known(site_id: UUID) -> Configuration:
    """The setup as an act of this process has just used it, without a look at its version.

    Raises:
        NotFound: there is no such site in use.
    """
    kept = _kept.get(site_id)
    return kept[1] if kept else of_site(site_id)


def forget() -> None:
    """Drop what is kept (tests use one process for many databases)."""
    _kept.clear()


def _service(row: Service, classes: dict[UUID, ClassSetup], default: ClassSetup | None) -> ServiceSetup:
    allowed = {c.pk for c in row.classes.all()}
    return ServiceSetup(
        row.pk,
        row.slug,
        row.names,
        row.hint,
        row.icon,
        row.series_id,
        row.series.prefix,
        row.series.width,
        row.series.first,
        tuple(
            StageSetup(
                s.pk,
                row.pk,
                s.position,
                s.names,
                frozenset(k.pk for k in s.skills.all()),
                s.expected_minutes or row.expected_minutes,
            )
            for s in sorted(row.stages.all(), key=lambda s: s.position)
        ),
        tuple(c for c in classes.values() if c.id in allowed or (default and c.id == default.id)),
        row.expected_minutes,
        row.target_minutes,
        row.max_waiting,
        row.daily_limit,
        row.closed_on,
        row.is_active,
    )


def _load(site_id: UUID) -> Configuration:
    site = hall.site(site_id)
    classes = {
        c.pk: ClassSetup(
            c.pk, c.key, c.names, c.rule, c.is_public, ClassRule(c.pk, c.key, c.rate, c.head_start, c.rank)
        )
        for c in PriorityClass.objects.filter(site=site).order_by("rank", "key")
    }
    default_id = PriorityClass.objects.filter(site=site, is_default=True).values_list("pk", flat=True).first()
    default = classes[default_id] if default_id else next(iter(classes.values()), None)
    rules = QueueRules.objects.filter(site=site).first() or QueueRules(site=site)
    services = {
        s.pk: _service(s, classes, default)
        for s in sorted(
            Service.objects.filter(site=site)
            .select_related("series")
            .prefetch_related("stages__skills", "classes"),
            key=lambda s: (s.position, natural(s.slug)),
        )
    }
    counters = {
        c.pk: CounterSetup(
            c.pk, c.label, c.names, c.zone_id, frozenset(s.pk for s in c.stages.all()), c.is_active
        )
        for c in Counter.objects.filter(site=site).prefetch_related("stages")
    }
    counters = dict(sorted(counters.items(), key=lambda item: natural(item[1].label)))
    return Configuration(
        site.pk,
        site.slug,
        site.names,
        site.timezone,
        site.day_ends,
        site.is_rehearsal,
        hall.schedule_of(site),
        rules,
        DISCIPLINES[rules.discipline],
        classes,
        {c.id: c.order for c in classes.values()},
        default,
        services,
        {s.id: s for service in services.values() for s in service.stages},
        counters,
        {z.pk: (z.slug, z.names) for z in hall.zones(site_id)},
        {ref: s for s in services.values() for ref in (str(s.id), s.slug)},
        {ref: c for c in counters.values() for ref in (str(c.id), c.label)},
    )


__all__ = [
    "ClassSetup",
    "Configuration",
    "CounterSetup",
    "ServiceSetup",
    "StageSetup",
    "forget",
    "last_known",
    "of_site",
]
