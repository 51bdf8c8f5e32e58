"""The hall's own records beside the log: figures of both, and every ticket that differs. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .visits import Visit


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a visit ended: waits and services in seconds, of who was served."""

    kind: str
    state: str
    wait: float
    service: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts, and seconds of who was served; None where nobody was."""

    tickets: int
    served: int
    abandoned: int
    wait_mean: float | None
    wait_p50: float | None
    wait_p90: float | None
    service_mean: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """The hall and the log, of all visits (kind "") or of one kind."""

    kind: str
    hall: Figures
    log: Figures


def _percentile(values: Sequence[float], share: float) -> float | None:
    """By nearest rank: a value that occurred."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def figures(outcomes: Iterable[Outcome]) -> Figures:
    """The figures of these visits."""
    every = list(outcomes)
    served = [one for one in every if one.state == "done"]
    waits = [one.wait for one in served]
    return Figures(
        len(every),
        len(served),
        sum(one.state == "cancelled" for one in every),
        _mean(waits),
        _percentile(waits, 0.5),
        _percentile(waits, 0.9),
        _mean([one.service for one in served]),
    )


def of_log(visit: Visit) -> Outcome:
    """What the log's own columns say of a visit."""
    state = "done" if visit.is_served else "cancelled"
    return Outcome(visit.kind, state, visit.wait_seconds, visit.service_seconds)


def of_hall(ticket: dict[str, Any]) -> Outcome:
    """What the hall recorded."""
    kind = ticket["service"]["slug"].upper()
    return Outcome(kind, ticket["state"], ticket["waited_seconds"], ticket["served_seconds"])


def rows(visits: Sequence[Visit], records: dict[str, dict[str, Any]]) -> list[Row]:
    """All visits, then each kind, the most frequent first."""
    logged = [of_log(visit) for visit in visits]
    held = [of_hall(ticket) for ticket in records.values()]
    kinds = sorted({one.kind for one in logged}, key=lambda k: (-sum(o.kind == k for o in logged), k))
    return [
        Row(
            kind,
            figures(one for one in held if kind in ("", one.kind)),
            figures(one for one in logged if kind in ("", one.kind)),
        )
        for kind in ("", *kinds)
    ]


_MOMENTS = (
    ("joined_at", "joined"),
    ("called_at", "called"),
    ("started_at", "started"),
    ("ended_at", "ended"),
)


def differences(
    visits: Iterable[Visit], records: dict[str, dict[str, Any]], counters: dict[str, str]
) -> list[str]:
    """Every ticket whose record is not the log's to the second, in words."""
    found = []
    for visit in visits:
        ticket = records.get(visit.ref)
        if ticket is None:
            found.append(f"{visit.ref}: the hall has no ticket")
            continue
        wrong = _differing(visit, ticket, counters)
        if wrong:
            found.append(f"{visit.ref} ({ticket['number']}): {'; '.join(wrong)}")
    return found


def _differing(visit: Visit, ticket: dict[str, Any], counters: dict[str, str]) -> list[str]:
    log, hall = of_log(visit), of_hall(ticket)
    wrong = []
    for name, expected, got in (
        ("kind", log.kind, hall.kind),
        ("state", log.state, hall.state),
        ("priority", f"p{visit.priority}", ticket["priority"]),
        ("counter", counters.get(visit.place), ticket["counter"]["id"] if ticket["counter"] else None),
    ):
        if expected != got:
            wrong.append(f"{name} {got} instead of {expected}")
    seconds = [("service", log.service, hall.service)]
    seconds += [("wait", log.wait, hall.wait)] if visit.is_served else []
    wrong += [
        f"{name} {got:g} s instead of {expected:g} s" for name, expected, got in seconds if expected != got
    ]
    for record, moment in _MOMENTS:
        logged = visit.left if moment == "ended" and visit.left else getattr(visit, moment)
        held = datetime.fromisoformat(ticket[record]) if ticket[record] else None
        if logged != held:
            wrong.append(f"{moment} {held} instead of {logged}")
    return wrong
