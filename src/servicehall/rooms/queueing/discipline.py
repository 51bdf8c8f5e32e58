"""Which ticket is next: the named disciplines. Pure rules: no clock, no database.

Every discipline here orders the tickets of one class by their virtual arrival, so the next
ticket is always the head of some (stage, class) group, and only heads need be compared.

* ``accumulating``: score = rate × wait + head start; the highest score is next. A ticket's claim
  grows while it waits, so no class starves. Kleinrock (1964), "A delay dependent queue
  discipline"; Stanford, Taylor, Ziedins (2014), "Waiting time distributions in the accumulating
  priority queue", Queueing Systems 77. Rates in points a minute, head start in points.
* ``strict``: the lowest rank is next, then the earliest arrival.
* ``fifo``: the earliest arrival is next, whatever its class.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a discipline needs to know of a priority class."""

    id: UUID
    key: str
    rate: float
    head_start: float
    rank: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """The head of a group. ``order_key``: virtual arrival in microseconds since 1970."""

    stage: UUID
    priority: UUID
    order_key: int


@dataclass(frozen=True, slots=True)
class Discipline:
    """``score``: higher is called first. ``threshold``: arrivals of a class before it go ahead."""

    name: str
    score: Callable[[ClassRule, int, int], float]
    threshold: Callable[[ClassRule, int, ClassRule, int], float]


def _accumulated(rule: ClassRule, order_key: int, now: int) -> float:
    return rule.rate * (now - order_key) / MINUTE + rule.head_start


def _accumulated_before(own: ClassRule, order_key: int, other: ClassRule, now: int) -> float:
    if own.rate == other.rate and own.head_start == other.head_start:
        return order_key
    score = _accumulated(own, order_key, now)
    if other.rate == 0:
        return math.inf if other.head_start > score else -math.inf
    return now - (score - other.head_start) / other.rate * MINUTE


def _strict(rule: ClassRule, order_key: int, now: int) -> float:
    # A rank is worth more than any wait: 2^44 s exceed the age of the epoch.
    return -float(rule.rank) * 2.0**44 + (now - order_key) / 1_000_000


def _strict_before(own: ClassRule, order_key: int, other: ClassRule, now: int) -> float:
    if own.rank == other.rank:
        return order_key
    return math.inf if other.rank < own.rank else -math.inf


def _arrival(rule: ClassRule, order_key: int, now: int) -> float:
    return (now - order_key) / 1_000_000


def _arrival_before(own: ClassRule, order_key: int, other: ClassRule, now: int) -> float:
    return order_key


DISCIPLINES: Mapping[str, Discipline] = {
    d.name: d
    for d in (
        Discipline("accumulating", _accumulated, _accumulated_before),
        Discipline("strict", _strict, _strict_before),
        Discipline("fifo", _arrival, _arrival_before),
    )
}


def ranked(
    discipline: Discipline, rules: Mapping[UUID, ClassRule], candidates: Iterable[Candidate], now: int
) -> list[tuple[float, Candidate]]:
    """The candidates with their scores, the next one first; equal scores by arrival."""
    scored = [(discipline.score(rules[c.priority], c.order_key, now), c) for c in candidates]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].order_key))


def thresholds(
    discipline: Discipline, rules: Mapping[UUID, ClassRule], priority: UUID, order_key: int, now: int
) -> dict[UUID, int]:
    """For each class, the arrival before which its tickets stand ahead of the given ticket."""
    found: dict[UUID, int] = {}
    for rule in rules.values():
        limit = discipline.threshold(rules[priority], order_key, rule, now)
        found[rule.id] = (
            int(max(-(2**62), min(2**62, limit)))
            if not math.isinf(limit)
            else (2**62 if limit > 0 else -(2**62))
        )
    return found


def key_for_score(
    discipline: Discipline, own: ClassRule, target: ClassRule, target_key: int, now: int
) -> int:
    """The arrival that puts a ticket of class ``own`` just behind the given one."""
    if discipline.name == "accumulating":
        if own.rate == 0:
            return target_key + 1
        score = _accumulated(target, target_key, now)
        return math.ceil(now - (score - own.head_start) / own.rate * MINUTE) + 1
    return target_key + 1
