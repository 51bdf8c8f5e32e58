"""How the variants of a flow's experiment do beside one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from servicehall.rooms.services import programs
from servicehall.rooms.services.experiments import variant_of
from servicehall.rooms.services.models import Flow, Instance

MOST = 50_000
"""Requests that are counted, the newest: a page takes no longer in a busy hall."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant: its share in a hundred, how many began, came to a good end, left, and how long the half took that ended."""

    name: str
    share: int
    begun: int
    ended: int
    left: int
    time: timedelta | None


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment with its variants."""

    name: str
    variants: tuple[Variant, ...]


def trial(flow: Flow) -> Trial | None:
    """The experiment of a flow's newest version, over all of its versions that have it; none when it has none."""
    known = [
        (pk, programs.of_version(pk).flow.experiment)
        for pk in flow.versions.order_by("-number").values_list("pk", flat=True)
    ]
    experiment = known[0][1] if known else None
    if experiment is None:
        return None
    of_version = {pk: one for pk, one in known if one is not None and one.name == experiment.name}
    rows = Instance.objects.filter(version__in=list(of_version)).order_by("-begun_at")
    found: dict[str, list[tuple[str, str, timedelta | None]]] = {name: [] for name in experiment.shares}
    for pk, version, state, outcome, begun, ended in rows.values_list(
        "pk", "version", "state", "outcome", "begun_at", "ended_at"
    )[:MOST]:
        name = variant_of(of_version[version], pk)
        found.setdefault(name, []).append((state, outcome, ended - begun if ended else None))
    whole = sum(experiment.shares.values()) or 1
    return Trial(
        experiment.name,
        tuple(
            _variant(name, round(100 * experiment.shares.get(name, 0) / whole), rows)
            for name, rows in found.items()
        ),
    )


def _half(took: list[timedelta]) -> timedelta | None:
    """Within which the half of them were through."""
    return timedelta(seconds=median(one.total_seconds() for one in took)) if took else None


def _variant(name: str, share: int, rows: list[tuple[str, str, timedelta | None]]) -> Variant:
    took = [time for _state, outcome, time in rows if outcome == "done" and time is not None]
    left = sum(state == Instance.State.LEFT for state, _outcome, _time in rows)
    return Variant(name, share, len(rows), len(took), left, _half(took))
