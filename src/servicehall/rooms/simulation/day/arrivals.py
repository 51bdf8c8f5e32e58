"""Who comes on a simulated day, and how each of them is: drawn before the day begins, so that plans can be compared.

Every service draws from streams of its own, and what a customer is like is drawn when they are made, not when it is
needed: two plans with the same seed meet the same customers, whatever else they change ("common random numbers", Law,
Simulation Modeling and Analysis, 5th edition, section 11.2). Walk-ins are a Poisson process whose rate is constant
within an hour.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from servicehall.rooms.queueing.queries import rules

from .plan import Plan, ServicePlan

MINUTE = rules.MINUTE


class Visitor:
    """Somebody who comes: what they want and what they are like, and how far they have got."""

    __slots__ = (
        "at",
        "booked",
        "gone",
        "key",
        "left",
        "misses",
        "number",
        "patience",
        "postpones",
        "priority",
        "returns",
        "service",
        "since",
        "stage",
        "takes",
        "turn",
        "waited",
    )

    def __init__(self, number: int, service: int, priority: str, at: int) -> None:
        self.number, self.service, self.priority, self.at = number, service, priority, at
        self.booked: int | None = None
        self.takes: tuple[int, ...] = ()
        self.patience: int | None = None
        self.misses: tuple[bool, ...] = ()
        self.returns: tuple[int, ...] = ()
        self.postpones = False
        self.stage = 0
        self.key = self.since = self.waited = 0
        self.turn = 0
        self.left = 0
        self.gone = False


def _stream(*about: object) -> random.Random:
    return random.Random(":".join(map(str, about)))  # noqa: S311 - a day to be repeated, nothing to be guarded


ROUNDS = 3
"""A customer misses at most so many calls: who came back twice comes when called."""


def _micros(minutes: float) -> int:
    return round(minutes * MINUTE)


def _moments(service: ServicePlan, demand: float, chance: random.Random) -> Iterator[int]:
    for hour, expected in enumerate(service.arrivals):
        rate = expected * demand
        if rate <= 0:
            continue
        minute = chance.expovariate(rate / 60)
        while minute < 60:
            yield _micros(hour * 60 + minute)
            minute += chance.expovariate(rate / 60)


def _like(visitor: Visitor, service: ServicePlan, chance: random.Random) -> Visitor:
    visitor.takes = tuple(_micros(stage.minutes.draw(chance)) for stage in service.stages)
    patience = service.patience.draw(chance) if service.patience else None
    visitor.patience = None if patience is None else _micros(patience)
    misses, returns = [], []
    for _round in range(ROUNDS):
        misses.append(chance.random() < service.no_show)
        comes_back, after = chance.random() < service.returns, chance.expovariate(1.0)
        returns.append(_micros(after * service.return_minutes) if comes_back else -1)
    visitor.misses, visitor.returns = (*misses, False), tuple(returns)
    visitor.postpones = chance.random() < service.postpones
    return visitor


def visitors(plan: Plan, *, seed: int, day: int) -> list[Visitor]:
    """Everybody who comes on that day, by the moment (microseconds since midnight) at which they do."""
    found: list[Visitor] = []
    ordinary = plan.classes[0].key if plan.classes else ""
    for number, service in enumerate(plan.services):
        chance = _stream(seed, day, service.slug)
        people = _stream(seed, day, service.slug, "people")
        keys, shares = list(service.classes) or [ordinary], list(service.classes.values()) or [1.0]
        for at in _moments(service, plan.demand, chance):
            key = people.choices(keys, shares)[0]
            found.append(_like(Visitor(len(found), number, key, at), service, people))
    indexes = {service.slug: n for n, service in enumerate(plan.services)}
    chance = _stream(seed, day, "booked")
    merging = plan.merging
    for one in plan.appointments:
        comes = chance.random() < one.shows
        early = chance.gauss(merging.early_minutes, merging.early_spread)
        number = indexes[one.service]
        visitor = _like(
            Visitor(len(found), number, merging.priority or ordinary, _micros(max(0.0, one.at - early))),
            plan.services[number],
            chance,
        )
        visitor.booked = _micros(one.at)
        if comes:
            found.append(visitor)
    return sorted(found, key=lambda v: (v.at, v.number))
