"""Predicted against actual: how good what customers were told was, by service and hour, and the models behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, FloatField, QuerySet, Sum, Value, When
from django.db.models.functions import Abs

from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.history import WaitModel, WaitQuote

from .records import allow_export

MODELS = 20
"""As many versions are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of waits that ended with a call. Seconds; ``bias``: predicted less actual; ``inside``: share in the range told."""

    count: int
    rmse: float
    mae: float
    bias: float
    inside: float
    expected: float
    """What was told on the mean, and between what: ``low``, ``high``."""
    low: float
    high: float
    actual: float
    learned: float
    """The share of them that a model told, not the formula."""


@dataclass(frozen=True, slots=True)
class Report:
    """Some days of a site. Hours are those of the day, on the site's clock."""

    total: Accuracy | None
    by_service: list[tuple[Text, Accuracy]]
    by_hour: list[tuple[int, Accuracy]]
    by_teller: list[tuple[int | None, Accuracy]]
    """By the model's version; None: the formula."""


_OFF = F("expected") - F("wait")
_SUMS = {
    "n": Count("pk"),
    "squares": Sum(_OFF * _OFF),
    "off": Sum(Abs(_OFF)),
    "signed": Sum(_OFF),
    "hits": Sum(
        Case(
            When(low__lte=F("wait"), high__gte=F("wait"), then=Value(1.0)),
            default=Value(0.0),
            output_field=FloatField(),
        )
    ),
    "told": Sum("expected"),
    "lows": Sum("low"),
    "highs": Sum("high"),
    "waits": Sum("wait"),
}


def _of(rows: Iterable[dict[str, float | None]]) -> Accuracy:
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        for name in _SUMS:
            sums[name] += float(row[name] or 0)
        sums["learned"] += float(row["n"] or 0) if row["version"] is not None else 0.0
    n = sums["n"]
    return Accuracy(
        int(n),
        sqrt(sums["squares"] / n),
        sums["off"] / n,
        sums["signed"] / n,
        sums["hits"] / n,
        sums["told"] / n,
        sums["lows"] / n,
        sums["highs"] / n,
        sums["waits"] / n,
        sums["learned"] / n,
    )


def _ended(site_id: UUID, first: date, last: date) -> QuerySet[WaitQuote]:
    return WaitQuote.objects.filter(site_id=site_id, day__range=(first, last), wait__isnull=False)


def wait_accuracy(site_id: UUID, first: date, last: date, *, actor: Actor) -> Report:
    """What was told of the waits that began on business days, against what came (one query).

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, "ops.see", site_id)
    setup = configuration.of_site(site_id)
    found = _ended(site_id, first, last).values("service_id", "hour", "version").annotate(**_SUMS)
    rows: list[Any] = list(found.order_by())
    services = {service.id: service.names for service in setup.services.values()}

    def parted(name: str) -> dict[object, Accuracy]:
        parts: dict[object, list[Any]] = defaultdict(list)
        for row in rows:
            parts[row[name]].append(row)
        return {key: _of(part) for key, part in parts.items()}

    hours, tellers, kinds = parted("hour"), parted("version"), parted("service_id")
    return Report(
        total=_of(rows) if rows else None,
        by_service=[(names, kinds[key]) for key, names in services.items() if key in kinds],
        by_hour=[(hour, hours[hour]) for hour in range(24) if hour in hours],
        by_teller=sorted(
            ((key if isinstance(key, int) else None, one) for key, one in tellers.items()),
            key=lambda pair: -(pair[0] or 0),
        ),
    )


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """A line of the file: a day, an hour and a service, and who told. No single visits."""

    day: date
    hour: int
    service: Text
    version: int | None
    accuracy: Accuracy


def accuracy_rows(site_id: UUID, first: date, last: date, *, actor: Actor) -> Iterator[AccuracyRow]:
    """The same by day, hour and service.

    Raises:
        NotAllowed, NotFound: the actor may not export that site's figures.
        BadInput: the last day is before the first, or more than 366 days after it.
    """
    allow_export(site_id, first, last, actor)
    setup = configuration.of_site(site_id)
    services = {service.id: service.names for service in setup.services.values()}
    keys = ("day", "hour", "service_id", "version")
    found = _ended(site_id, first, last).values(*keys).annotate(**_SUMS).order_by(*keys)
    return (
        AccuracyRow(row["day"], row["hour"], services.get(row["service_id"], {}), row["version"], _of([row]))
        for row in found.iterator(chunk_size=500)
    )


def wait_models(site_id: UUID, *, actor: Actor) -> list[WaitModel]:
    """What the site has learned, without the trees, the newest first.

    Raises:
        NotAllowed, NotFound: the actor does not watch that site.
    """
    allow(actor, "ops.see", site_id)
    return list(WaitModel.objects.filter(site_id=site_id).defer("text").order_by("-version")[:MODELS])
