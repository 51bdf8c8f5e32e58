"""When each server was there and what they served, as far as the log tells. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .visits import NOBODY, Visit

AWAY = timedelta(minutes=15)
"""Nobody is idle for longer in this centre's day: a longer time between two services is a break."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A server at work without a break."""

    server: str
    since: datetime
    until: datetime


def stretches(visits: Iterable[Visit]) -> list[Stretch]:
    """The stretches of work of all known servers, in order of their beginnings."""
    spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for visit in visits:
        if visit.is_served and visit.server != NOBODY and visit.started and visit.ended:
            spans[visit.server].append((visit.started, visit.ended))
    found = []
    for server, times in spans.items():
        since, until = min(times)
        for start, end in sorted(times):
            if start - until > AWAY:
                found.append(Stretch(server, since, until))
                since, until = start, end
            until = max(until, end)
        found.append(Stretch(server, since, until))
    return sorted(found, key=lambda s: (s.since, s.server))


def kinds_served(visits: Iterable[Visit]) -> dict[str, frozenset[str]]:
    """The kinds of calls that each server took."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for visit in visits:
        if visit.is_served:
            kinds[visit.server].add(visit.kind)
    return {server: frozenset(found) for server, found in kinds.items()}


def mean_service(visits: Iterable[Visit]) -> dict[str, float]:
    """Seconds of service by kind, for customers who were not served in the log."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for visit in visits:
        if visit.is_served:
            sums[visit.kind][0] += visit.service_seconds
            sums[visit.kind][1] += 1
    return {kind: total / count for kind, (total, count) in sums.items()}


def server_of(place: str) -> str:
    """The server whose place that is."""
    return place.partition(" (")[0]


def username_of(site: str, place: str) -> str | None:
    """The user name of the server whose first place that is; None for second places and unknown servers."""
    return None if "(" in place or place == NOBODY else f"{site}-{place.lower()}"
