"""Days of a small hall as its log would have them: two counters, some who give up, seniors before others."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel.events import record
from servicehall.kernel.ids import uuid7
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.queueing.events import TicketCalled, TicketCancelled, TicketFinished, TicketIssued
from tests.hall import MORNING, Hall

Fact = tuple[datetime, Any]
SECONDS = {"consult": 90.0, "loan": 240.0}
"""How long a service takes on the mean; of ten customers three come for the long one."""
MEAN = 0.7 * SECONDS["consult"] + 0.3 * SECONDS["loan"]


def a_day(
    hall: Hall,
    start: datetime,
    *,
    visits: int = 330,
    seed: int = 1,
    pace: float = 1.0,
) -> list[Fact]:
    """What happens on a day, in time. ``pace``: services take so many times as long as they usually do."""
    chance = random.Random(seed)
    counters = list(hall.counters.values())
    stages = {name: hall.services[name].stages.first() for name in SECONDS}
    free = [0.0] * len(counters)
    at, line, facts = 0.0, [], []

    def of(ticket: UUID, priority: str, name: str) -> dict[str, Any]:
        stage = stages[name]
        place = {"service": stage.service_id, "stage": stage.pk, "priority": priority}
        return {"ticket": ticket, "number": "A001", **place}

    def note(seconds: float, fact: Any) -> None:
        facts.append((start + timedelta(seconds=seconds), fact))

    for _n in range(visits):
        rush = 1.25 if chance.random() < 0.5 else 0.7
        at += chance.expovariate(rush * len(counters) / MEAN)
        name = "loan" if chance.random() < 0.3 else "consult"
        priority = "elderly" if chance.random() < 0.1 else "walk-in"
        ticket = uuid7()
        line.append((at, ticket, priority, at + chance.expovariate(1 / 1200), name))
        note(at, TicketIssued(**of(ticket, priority, name)))
    while line:
        which = min(range(len(counters)), key=free.__getitem__)
        here = [one for one in line if one[0] <= free[which]] or [line[0]]
        one = min(here, key=lambda w: w[0] - 600.0 * (w[2] == "elderly"))
        line.remove(one)
        joined, ticket, priority, patience, name = one
        called = max(free[which], joined + 2)
        if patience < called:
            note(
                patience,
                TicketCancelled(**of(ticket, priority, name), was="waiting", waited=0.0, counter=None),
            )
            continue
        free[which] = called + chance.expovariate(1 / (SECONDS[name] * pace))
        here_at = {
            **of(ticket, priority, name), "counter": counters[which].pk, "counter_label": counters[which].label,
            "zone": hall.zone.pk, "staff": None,
        }  # fmt: skip
        waited = called - joined
        note(called, TicketCalled(**here_at, waited=waited, target=600.0, call=1, picked="accumulating"))
        note(free[which], TicketFinished(**here_at, served=free[which] - called, outcome="served"))
    return sorted(facts, key=lambda fact: fact[0])


def write(hall: Hall, facts: list[Fact], *, between: Callable[[], object] | None = None) -> None:
    """Put facts into the hall's log, a hundred in a transaction; ``between``: what is done after each hundred."""
    for n in range(0, len(facts), 100):
        with transaction(hall.id):
            for at, fact in facts[n : n + 100]:
                record(fact, actor=SYSTEM, at=at, subject_id=fact.ticket)
        if between:
            between()


def live_through(hall: Hall, *, days: int = 4, before: datetime = MORNING, **rest: Any) -> None:
    """Days that the hall has had before a moment's day."""
    for n in range(days):
        write(hall, a_day(hall, before - timedelta(days=days - n), seed=n + 1, **rest))
